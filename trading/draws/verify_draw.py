"""Verify a draw from its evidence. Exit 0: the result follows; 1: it does not; 2: evidence is missing, or usage."""

import argparse
import hashlib
import hmac
import json
import re
import sys
from base64 import standard_b64decode as decoded
from bisect import bisect_left
from datetime import datetime
from importlib import import_module, util
from pathlib import Path
from typing import Any

plain: Any = next((import_module(one).sha256 for one in ("_sha2", "_sha256") if util.find_spec(one)), hashlib.sha256)
bls: Any = import_module("py_arkworks_bls12381") if util.find_spec("py_arkworks_bls12381") else None  # optional
FILES = {"keys.json", "commit.json", "list.tsv", "exclusions.tsv", "sources.json", "beacon.json", "ranking.txt"}
FILES |= {"result.json", "checkpoint", "cutoff.checkpoint", "consistency", "README.txt"}
LINE = rb"([0-9A-Za-z._:-]{1,64})\t[0-9A-Z]{1,16}(?:,[0-9A-Z]{1,16})*\t(?:[1-9][0-9]{0,2}|1000)\t[0-9A-Za-z._:-]{1,64}"
TICKET, SUPERVISING = b"ggzy-draw/1/ticket\0", ("site_supervisor", "sector_regulator", "discipline")
LABEL = {"commit": "who", "drand": "round", "physical": "digits", "cwl-ssq": "issue", "nist": "time"}
QUICKNET, GENESIS = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1692803367
KEY = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d10"
KEY += "64510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
P, ORDER, SAFE = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, range(1 - 2**53, 2**53)
D, ROOT, SEED = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), b"ggzy-draw/1/seed\1"
BASE = 15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P
EXCLUDED, DST = rb"([0-9A-Za-z._:-]{1,64})\tE0[1-9]\t[0-9a-f]{64}", b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
MAY = {"expert": {"S01": "expert", "S02": "clock", "S03": 0}, "": {"S01": "bidder", "S02": 0, "S03": 0, "S04": "clock"}}
VOID = {"draw.voided", *SUPERVISING, "equipment", "list_error", "witness_left", "reveals_missing", "legal_order"}


class Verdict(Exception):
    """An exit code with its reason: 1 the result does not follow, 2 evidence is missing."""


def need(fact: object, why: str, code: int = 1) -> None:
    if not fact:
        raise Verdict(code, why)


def sized(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def parse(raw: bytes, what: str) -> Any:
    value = json.loads(raw, parse_float=str, parse_constant=str, parse_int=lambda text: SAFE[SAFE.index(int(text))])
    form = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    need(form.encode() == raw, f"{what} is not canonical JSON")
    return value


def fold(path: list[bytes], index: int, last: int, old: bytes, new: bytes) -> tuple[bytes, bytes]:
    for other in path:  # RFC 9162, 2.1.3.2 and 2.1.4.2
        need(last, "a proof is too long")
        if index & 1 or index == last:
            old, new = (hashlib.sha256(b"\1" + other + one).digest() for one in (old, new))
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            new = hashlib.sha256(b"\1" + new + other).digest()
        index, last = index >> 1, last >> 1
    need(last == 0, "a proof is too short")
    return old, new


def plus(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    t, x, y = D * p[0] * q[0] * p[1] * q[1], p[0] * q[1] + q[0] * p[1], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + t, -1, P) % P, y * pow(1 - t, -1, P) % P


def signed(key: bytes, message: bytes, seal: bytes) -> bool:  # Ed25519, RFC 8032, 5.1.7
    sign, y = divmod(int.from_bytes(key, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    x = next((x for x in (root, root * ROOT % P) if (x * x - square) % P == 0), P)
    need(len(key) == 32 and y < P and x < P, "a key is malformed")
    minus, total = (P - x if x & 1 == sign else x, y), (0, 1)
    choice, digest = (total, BASE, minus, plus(BASE, minus)), hashlib.sha512(seal[:32] + key + message).digest()
    s, k = int.from_bytes(seal[32:], "little"), int.from_bytes(digest, "little") % ORDER
    for bit in range(252, -1, -1):
        total = plus(plus(total, total), choice[s >> bit & 1 | (k >> bit & 1) << 1])
    return len(seal) == 64 and s < ORDER and (total[1] | (total[0] & 1) << 255).to_bytes(32, "little") == seal[:32]


def listed(path: Path) -> dict[str, bytes]:
    need((path / "manifest.json").is_file(), "manifest.json is missing", 2)
    manifest = parse((path / "manifest.json").read_bytes(), "manifest.json")
    need(manifest["v"] == "ggzy-draw-evidence/1" and len(manifest) == 2, "unknown manifest")
    names = {one.relative_to(path).as_posix() for one in path.rglob("*") if not one.is_dir()}
    for name in (there := sorted(names - {"manifest.json"})):
        need(hashlib.sha256((path / name).read_bytes()).hexdigest() == manifest["files"].get(name), f"{name} differs")
    need(not (missing := {*manifest["files"], *FILES} - set(there)), f"missing: {', '.join(sorted(missing))}", 2)
    return {n: manifest["files"][n].encode() if n == "ranking.txt" else (path / n).read_bytes() for n in there}


class Evidence:
    def __init__(self, folder: Path, keys: Path | None) -> None:
        self.files = listed(folder)
        self.keys = json.loads(self.files["keys.json"])
        need(not keys or json.loads(keys.read_bytes()) == self.keys, "keys.json is not the pinned one")
        self.commit, self.beacon = (parse(self.files[f"{n}.json"], n) for n in ("commit", "beacon"))
        self.suite = self.commit["suite"]
        need(self.commit["v"] == "ggzy-draw/1" and self.suite in ("sha256", "sm3"), "another protocol, or suite")
        need(self.suite in hashlib.algorithms_available, f"this Python has no {self.suite}", 2)
        self.make: Any = plain if self.suite == "sha256" else lambda data: hashlib.new(self.suite, data)
        self.sealed = self.tagged("commit", self.files["commit.json"])
        self.late, self.final = self.opened("cutoff.checkpoint"), self.opened("checkpoint")
        self.events = self.history(self.entries())

    def tagged(self, name: str, *parts: bytes) -> str:
        return str(self.make(f"ggzy-draw/1/{name}\0".encode() + b"".join(map(sized, parts))).hexdigest())

    def opened(self, name: str) -> tuple[int, bytes, int]:
        text, _, tail = self.files[name].decode().partition("\n\n")
        origin, size, root = text.split("\n")
        lines = (line.removeprefix("— ").rsplit(" ", 1) for line in tail.split("\n")[:-1])
        seals = {(by, (raw := decoded(seal))[:4]): raw[4:] for by, seal in lines}
        times: dict[str, list[int]] = {"log": [], "witnesses": []}
        for role, key in ((one, key) for one in times for key in self.keys[one]):
            by, public = key.split("+", 2)[0], decoded(key.split("+", 2)[2])
            if seal := seals.get((by, hashlib.sha256(f"{by}\n".encode() + public).digest()[:4])):
                times[role].append(int.from_bytes(seal[:-64], "big"))
                head = f"cosignature/v1\ntime {times[role][-1]}\n" if role == "witnesses" else ""
                need(signed(public[1:], f"{head}{text}\n".encode(), seal[-64:]), f"{by} did not sign {name}")
        seen, quorum = sorted(times["witnesses"]), self.keys["quorum"]
        need(times["log"] and origin == self.keys["origin"] and len(seen) >= quorum >= 1, f"{name} lacks signatures")
        return int(size), decoded(root), seen[quorum - 1]

    def entries(self) -> list[Any]:
        (old, old_root, _), (size, root, _), found = self.late, self.final, [(-1, None)]
        path = [old_root] * (not old & (old - 1)) + [decoded(line) for line in self.files["consistency"].split()]
        shift = (old & -old).bit_length() - 1
        ends = fold(path[1:], (old - 1) >> shift, (size - 1) >> shift, path[0], path[0])
        need(ends == (old_root, root), "the last checkpoint does not extend the cut-off's")
        for name in sorted(name for name in self.files if re.fullmatch(r"events/\d+\.json", name)):
            head, _, note = self.files[f"{name[:-5]}.tlog-proof"].partition(b"\n\n")
            _, index, *lines = head.decode().split("\n")
            found.append((int(index.removeprefix("index ")), parse(self.files[name], name)))
            salt, _, shut = self.files.get(f"{name[:-5]}.sealed", b"").partition(b"\n")  # what the ledger has of it
            c = hashlib.sha256(b"ptlog sealed v1\n" + bytes.fromhex(salt.decode()) + self.files[name]).hexdigest()
            need(not shut or (o := parse(shut, name))["type"] + o["data"]["c"] == "sealed.entry" + c, f"{name} differs")
            leaf = hashlib.sha256(b"\0" + (shut or self.files[name])).digest()
            top = fold([decoded(line) for line in lines], found[-1][0], size - 1, leaf, leaf)[1]
            right = note == self.files["checkpoint"] and found[-1][0] > found[-2][0]
            need(right and top == root, f"{name} is not proved to be in the ledger")
        return found[1:]

    def history(self, found: list[Any]) -> dict[str, list[Any]]:
        stem, seq = self.commit["draw_id"].rsplit("/", 1)[0], self.commit["seq"]
        voided = [e for _, e in found if {e["type"], e["actor"]["role"], e["data"].get("cause")} <= VOID]
        there = [e for _, e in found if e["type"] == "draw.committed" and not e["subject"]["id"].startswith(f"{stem}/")]
        ids, hashes = [e["subject"]["id"] for e in voided], [e["data"]["commit_hash"] for e in there + voided]
        need(ids == [f"{stem}/{n}" for n in range(1, min(seq, len(ids) + 2))], "the earlier draws are not all void")
        need(self.commit.get("prev", "") == next(filter(None, hashes[::-1]), ""), "it does not follow the draw before")
        own = [(e["type"][5:], i, e) for i, e in found if e["subject"] == {"type": "draw", "id": f"{stem}/{seq}"}]
        return {kind: [(i, e) for one, i, e in own if one == kind] for kind, *_ in own}

    def material(self) -> bytes:
        [(fixed, entry)] = self.events["committed"]
        end = min([self.late[0], *(index for index, _ in self.events.get("closed", []))])
        shut = end < self.late[0] or self.commit["sources"][-1]["kind"] != "physical"
        need({"record": self.commit, "commit_hash": self.sealed}.items() <= entry["data"].items(), "another record")
        need(fixed < end and shut, "the cut-off's checkpoint holds no commit record, or not the close")
        made = {e["data"]["who"]: e["data"]["c"] for i, e in self.events["contributed"] if i < fixed}
        told = [e["data"] for i, e in self.events.get("revealed", []) if fixed < i < end]
        values, rows, parts = {one["who"]: one["value"] for one in told}, [], b""
        for source in self.commit["sources"]:
            label, who = f"{source['kind']}:{source[LABEL[source['kind']]]}", source.get("who")
            value = bytes.fromhex(values.get(who, "") if who else self.beacon["value"])
            c = self.tagged("contrib", self.commit["draw_id"].encode(), (who or "").encode(), value)
            need(not who or made.pop(who, "") == source["c"] == (c if value else source["c"]), f"{who} said otherwise")
            rows.append({"label": label, "status": int(value != b""), "value": value.hex()})
            parts += sized(label.encode()) + bytes([value != b""]) + sized(value)
        need(not made and rows == json.loads(self.files["sources.json"]), "the sources differ")
        need(len({*values.values()}) == len(told) >= self.commit["min_reveals"], "too few reveals, or one twice")
        return parts

    def last_entropy(self) -> None:
        source, value = self.commit["sources"][-1], bytes.fromhex(self.beacon["value"])
        index, first = self.events.get("dice_entered", self.events.get("beacon_taken", []))[0]
        need(index >= self.late[0], "the beacon was entered before the cut-off")
        need(self.beacon.items() <= (self.drawn["data"] | source).items(), "beacon.json is not that of the ledger")
        when = datetime.fromisoformat(first["at"]).timestamp()
        if source["kind"] == "physical":
            one, two = (entry for _, entry in self.events["dice_entered"][-2:])
            dice, twice = two["data"]["digits"].encode(), one["data"]["attempt"] == two["data"]["attempt"]
            need(value == dice and re.fullmatch(rb"[0-9]{%d}" % source["digits"], dice), "the dice differ")
            need(twice and one["actor"]["id"] != two["actor"]["id"], "the dice were not read by two people")
            need(self.drawn["actor"]["role"] in SUPERVISING, "no supervisor confirmed the dice")
            need(len({*self.beacon["hands"]}) >= 3, "fewer than three hands rolled the dice")
        if source["kind"] == "drand":
            when, seal = GENESIS + source["round"] * 3 - 33, bytes.fromhex(self.beacon["signature"])
            need(source["chain"] == QUICKNET and hashlib.sha256(seal).digest() == value, "drand's value differs")
            if bls:
                message = hashlib.sha256(source["round"].to_bytes(8, "big")).digest()
                points = [bls.G1Point.from_compressed_bytes(seal), -bls.G1Point.hash_to_curve(message, DST)]
                key = bls.G2Point.from_compressed_bytes(bytes.fromhex(KEY))
                need(bls.GT.pairing_check(points, [bls.G2Point(), key]), "drand did not sign this round")
            sys.stdout.write(f"ok  drand's round {source['round']}, BLS {'' if bls else 'not '}checked\n")
        need(self.late[2] <= when, "the cut-off was witnessed too late")

    def lines(self, name: str, form: bytes, facts: dict[str, Any]) -> list[bytes]:
        sha, lines = hashlib.new(self.suite, raw := self.files.pop(name)).hexdigest(), raw.split(b"\n")
        once = re.fullmatch(rb"(?:%b\n(?!\1\t))*+" % form, raw)  # no line begins with the id of the one before
        right = lines.pop() == b"" and once and len(lines) == facts["n"] and sorted(lines) == lines
        need(right, f"{name} is malformed or out of order")
        strata = (line.split(b"\t")[1].split(b",") for line in lines if b"," in line)
        need(all(one == sorted({*one}) for one in strata), f"{name}: strata are not sorted and unique")
        level = [self.make(b"\0" + line).digest() for line in lines] or [self.make(b"").digest()]
        while len(level) > 1:
            odd, walk = level[len(level) & ~1 :], iter(level)
            level = [self.make(b"\1" + one + two).digest() for one, two in zip(walk, walk, strict=False)] + odd
        need(level[0].hex() == facts["root"] and facts.get("sha", sha) == sha, f"{name} is not the committed one")
        return lines

    def ranked(self, seed: bytes, lines: list[bytes]) -> list[bytes]:
        inner, outer = (self.make(bytes(byte ^ pad for byte in seed.ljust(64, b"\0"))) for pad in (54, 92))
        inner.update(TICKET + bytes(4))
        buckets: list[list[bytes]] = [[] for _ in range(256)]
        for line in lines:
            ident, _, weight, _ = line.split(b"\t")
            one, two = inner.copy(), outer.copy()
            one.update(ident)
            two.update(one.digest())
            slip = two.digest() + ident + b"\n"
            for turn in () if weight == b"1" else range(1, int(weight)):
                slip = min(slip, hmac.digest(seed, TICKET + turn.to_bytes(4, "big") + ident, self.suite) + slip[32:])
            buckets[slip[0]].append(slip)
        found = hashlib.sha256()
        for bucket in buckets:
            bucket.sort()
            found.update(b"".join([slip[32:] for slip in bucket]))
        need(found.hexdigest() == self.files["ranking.txt"].decode(), "the ranking differs")  # its hash stands for it
        return [slip for bucket in buckets for slip in bucket]

    def seats(self, order: list[bytes], lines: list[bytes], out: set[str]) -> dict[str, Any]:
        taken, groups, seated, spare, events = set(out), dict[str, int](), [], [], []
        for quota in self.commit["plan"]:
            name, missing = quota["st"], quota["k"]
            rows = (lines[bisect_left(lines, one[32:-1] + b"\t")].decode().split("\t") for one in order)
            walk = (row for row in rows if row[0] not in taken and name in row[1].split(","))
            while missing and (row := next(walk, None)):
                held = groups.get(row[3], 0)
                if broken := [cap["by"] for cap in self.commit["caps"] if held >= cap["max"]]:
                    events.append({"event": f"CAP_{broken[0]}", "id": row[0], "stratum": name})
                    continue
                seated.append([row[0], name])
                taken.add(row[0])
                groups[row[3]], missing = held + (row[3] != "-"), missing - 1
            spare += [[row[0], name] for _, row in zip(range(quota["alt"]), walk, strict=False)]
            events += [{"event": "short", "missing": missing, "stratum": name}] if missing else []
        return {"seated": seated, "alternates": spare, "walk_events": events}

    def verify(self) -> str:
        lines = self.lines("list.tsv", LINE, self.commit["list"])
        gone = {line.split(b"\t")[0] for line in self.lines("exclusions.tsv", EXCLUDED, self.commit["excl"])}
        need(not gone or gone.isdisjoint(line.split(b"\t")[0] for line in lines), "one is listed and excluded")
        [(_, self.drawn)] = self.events.get("dice_confirmed", []) + self.events.get("beacon_taken", [])
        seed = hmac.digest(hmac.digest(bytes.fromhex(self.sealed), self.material(), self.suite), SEED, self.suite)
        self.last_entropy()
        order, out, may = self.ranked(seed, lines), set[str](), MAY.get(self.commit["purpose"], MAY[""])
        facts: dict[str, Any] = {"commit_hash": self.sealed, "seed": seed.hex()}
        for turn, (_, entry) in enumerate([(0, self.drawn), *self.events.get("skipped", [])]):
            right = not turn or entry["data"]["skipped"] in dict(facts["seated"])
            alone = not turn or entry["actor"]["role"] in (*SUPERVISING, may[entry["data"]["code"]])
            need(right and alone, "a wrongful skip")
            out.add(entry["data"].get("skipped", ""))
            facts |= self.seats(order, lines, out)
            need(facts.items() <= entry["data"].items(), "the ledger tells another result")
        facts |= {"draw_id": self.commit["draw_id"], "rehearsal": self.drawn["data"].get("rehearsal", False)}
        need(facts.items() <= (told := parse(self.files["result.json"], "result.json")).items(), "result.json differs")
        need(told["witness"] == "demonstration" or "/demonstration-witness+" not in str(self.keys), "not independent")
        for o in (shown := parse(self.files.get("openings.json", b"[]"), "openings.json")):
            own = json.dumps(o["attrs"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            leaf = self.tagged("expert-leaf", bytes.fromhex(o["salt"]), o["expert_id"].encode(), own)
            need(leaf == o["id"], f"what opens {o['id']} is not of that leaf")
        need(not shown or {"", *(o["id"] for o in shown)} == out | {*dict(facts["seated"])}, "not the drawn are opened")
        sys.stdout.write(f"ok  {len(lines)} ranked: {facts}\n")
        return f"{'REHEARSAL (演练), ' * facts['rehearsal']}witness: {told['witness']}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify_draw.py", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keys", type=Path, help="keys.json, kept by yourself")
    try:
        code, why = 0, f"the result follows; {Evidence(**vars(parser.parse_args(arguments))).verify()}"
    except Verdict as verdict:
        code, why = verdict.args
    except (OSError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        code, why = 1 + isinstance(error, OSError), f"malformed evidence: {error!r}"
    sys.stdout.write(f"{('VERIFIED', 'FALSE', 'INCOMPLETE')[code]}  {why}\n")
    return int(code)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
