"""A draw on paper: everything a draw leaves behind, made from plain values, with a ledger of its own and no database.

For the tests of the verifiers, which change it in every way, and for the bench, which makes it large.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from trading.draws import beacon, candidates, evidence, leaves, record, selector, sources, wire
from trading.draws.candidates import Candidate
from trading.ledger import leaf, merkle, notes

ORIGIN = "paper.example/audit/1"
LOG = notes.SigningKey(ORIGIN, notes.ED25519, bytes(range(32)))
WITNESS = notes.SigningKey("paper.example/witness", notes.COSIGNATURE, bytes(range(1, 33)))
LOT = "JY-2026-0001-01"
STEM = f"{LOT}/enterprise"
KEY = bytes(range(64, 96))
LIBRARY = {"root": "ab" * 32, "n": 14, "at": "2026-03-01"}
EARLIER, EARLIER_HASH = "JY-2025-0009-01/enterprise/1", "cd" * 32  # of the lot that this one replaces
SSQ = {"kind": "cwl-ssq", "issue": "2026134"}
DICE = "07315820946471103928"
PHYSICAL = {"kind": "physical", "digits": 20}
DRAND = {"kind": "drand", "chain": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", "round": 1000}
ROUND_1000 = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
ROUND_1000_TIME = 1692803367 + 999 * 3
START = ROUND_1000_TIME - 600
WHO = ("operator", "supervisor", "bidder:DEMO0001")
ROLES = {"u:1": "centre_staff", "u:2": "owner", "u:3": "site_supervisor"}
HANDS = ["0001-001", "0001-002", "0001-003"]


@dataclass
class Ledger:
    """A log of a few entries, with cosigned checkpoints wherever somebody asked for one."""

    leaves: list[bytes] = field(default_factory=list)
    sealing: bool = False
    secret: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)  # by place: what was sealed, and its salt

    def write(self, kind: str, draw_id: str, at: int, data: dict[str, Any], by: str = "u:1") -> None:
        number = len(self.leaves)
        entry = {
            "v": 1,
            "log": ORIGIN,
            "id": str(leaf.uuid7(at * 1000, number.to_bytes(10, "big"))),
            "at": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "type": kind,
            "actor": {"id": by, "role": ROLES[by], "auth": "pw"},
            "subject": {"type": "draw", "id": draw_id},
            "tender": "JY-2026-0001-01",
            "data": data,
        }
        self.leaves.append(self.seal(entry) if self.sealing else leaf.encode(entry))

    def seal(self, entry: dict[str, Any]) -> bytes:
        """Return the entry that commits to one of a committee."""
        number = len(self.leaves)
        inner, salt = leaf.encode(entry), hashlib.sha256(f"salt {number}".encode()).digest()
        self.secret[number] = inner, salt
        c = hashlib.sha256(leaf.SEALED_DOMAIN + salt + inner).hexdigest()
        outer = {"type": leaf.SEALED_TYPE, "actor": leaf.NOBODY, "subject": leaf.NOTHING, "tender": None}
        return leaf.encode({**entry, **outer, "data": {"c": c}})

    def inner(self, index: int) -> bytes:
        return self.secret.get(index, (self.leaves[index], b""))[0]

    def stranger(self, count: int) -> None:
        """Let other business happen."""
        for _ in range(count):
            self.write("notice.published", f"n{len(self.leaves)}", START, {})

    def note(self, size: int, time: int) -> str:
        root = merkle.root([merkle.leaf_hash(one) for one in self.leaves[:size]])
        text = notes.Checkpoint(ORIGIN, size, root).text()
        return notes.compose(text, [LOG.sign(text), WITNESS.sign(text, time)])

    def view(self, cut_off: tuple[int, int], names: Sequence[str]) -> evidence.LedgerView:
        """Return the proofs of the entries about `names`, for a cut-off at (size, Unix time)."""
        size = len(self.leaves)
        tiles = merkle.append({}, 0, [merkle.leaf_hash(one) for one in self.leaves])

        def read(level: int, number: int) -> bytes:
            return tiles[level, number]

        own = [index for index in range(size) if leaf.decode(self.inner(index))["subject"]["id"] in names]
        entries = [
            evidence.LedgerEntry(i, self.leaves[i], merkle.inclusion(read, i, size), *self.secret.get(i, ()))
            for i in own
        ]
        consistency = merkle.consistency(read, cut_off[0], size)
        return evidence.LedgerView(entries, self.note(*cut_off), self.note(size, START + 3600), consistency, keys())


def keys() -> str:
    members = {"origin": ORIGIN, "log": [LOG.verifying.text()], "witnesses": [WITNESS.verifying.text()], "quorum": 1}
    return wire.canonical(members).decode()


@dataclass
class Paper:
    """What varies between the draws on paper."""

    suite: str = "sha256"
    listed: Sequence[Candidate] = tuple(Candidate(f"DEMO{number:04d}", ("ALL",)) for number in range(12))
    plan: Sequence[dict[str, Any]] = ({"st": "ALL", "k": 1, "alt": 2},)
    caps: Sequence[dict[str, Any]] = ()
    beacon: dict[str, Any] = field(default_factory=lambda: dict(PHYSICAL))
    absent: Sequence[str] = ()
    skips: int = 0
    seq: int = 1
    rehearsal: bool = False
    exclusions: bytes = b""
    replaced: bool = False
    purpose: str = "enterprise"
    opened: bool = False
    skipper: str = "u:3"
    skip_code: str = "S01"

    @property
    def stem(self) -> str:
        return f"{LOT}/{self.purpose}"

    @property
    def draw_id(self) -> str:
        return f"{self.stem}/{self.seq}"


def expert(number: int) -> tuple[str, dict[str, Any]]:
    """Return the number and the attributes of an expert of the paper's library."""
    return f"E{number:04d}", {"region": "410900", "strata": ["A"]}


def opening(number: int) -> dict[str, Any]:
    """Return what opens an expert's leaf."""
    ident, attrs = expert(number)
    salt = leaves.salt("sha256", KEY, ident)
    return {"id": leaves.leaf("sha256", salt, ident, attrs), "salt": salt.hex(), "expert_id": ident, "attrs": attrs}


def committee(**facts: Any) -> Paper:
    """Return the draw of a committee: its entries sealed, its list salted leaves."""
    listed = [leaves.candidate("sha256", KEY, *expert(number)) for number in range(12)]
    plan = [{"st": "A", "k": 3, "alt": 6}]
    return Paper(**{"listed": tuple(listed), "plan": plan, "purpose": leaves.PURPOSE, **facts})


def secret(who: str) -> bytes:
    return hashlib.sha256(who.encode()).digest()


def record_of(paper: Paper, raw: bytes) -> dict[str, Any]:
    made = [
        {"kind": "commit", "who": who, "c": sources.commitment(paper.suite, paper.draw_id, who, secret(who)).hex()}
        for who in WHO
    ]
    given = {
        "v": wire.PROTOCOL,
        "suite": paper.suite,
        "draw_id": paper.draw_id,
        "purpose": paper.purpose,
        "seq": paper.seq,
        "rule": {"id": "固定价比选-v1", "sha": "ab" * 32},
        "list": candidates.parse_list(raw, paper.suite).facts(),
        "excl": candidates.exclusion_facts(paper.exclusions, paper.suite),
        "plan": list(paper.plan),
        "caps": list(paper.caps),
        "sources": [*made, paper.beacon],
        "min_reveals": 2,
    }
    before = f"{paper.seq - 1:064d}" if paper.seq > 1 else EARLIER_HASH
    if paper.purpose == leaves.PURPOSE:
        given |= {"kd": leaves.key_digest(paper.suite, KEY).hex(), "library": LIBRARY}
    return {**given, "prev": before} if paper.seq > 1 or paper.replaced else given


def evidence_of(paper: Paper) -> evidence.Evidence:
    """Return the evidence of the draw, from its first act to its last."""
    raw = candidates.write_list(paper.listed)
    commit = record.check_commit(record_of(paper, raw))
    ledger, at = Ledger(), START
    flag = {"rehearsal": True} if paper.rehearsal else {}
    ledger.stranger(5)
    ledger.sealing = paper.purpose == leaves.PURPOSE
    if paper.replaced:
        ledger.write("draw.committed", EARLIER, at, {"commit_hash": EARLIER_HASH, **flag})
    for seq in range(1, paper.seq):
        voided = {"cause": "equipment", "commit_hash": f"{seq:064d}", **flag}
        ledger.write("draw.voided", f"{paper.stem}/{seq}", at, voided, "u:3")
    for source in commit.record["sources"][:-1]:
        ledger.write("draw.contributed", paper.draw_id, at, {"who": source["who"], "c": source["c"], **flag})
    ledger.write(
        "draw.committed", paper.draw_id, at, {"commit_hash": commit.hash.hex(), "record": commit.record, **flag}
    )
    given = sources_of(paper)
    for one in given[:-1]:
        if one.present:
            who = one.label.removeprefix("commit:")
            ledger.write("draw.revealed", paper.draw_id, at, {"who": who, "value": one.value.hex(), **flag})
    ledger.write("draw.closed", paper.draw_id, at, {"present": [], "absent": list(paper.absent), **flag})
    cut_off = (len(ledger.leaves), START + 60)
    ledger.stranger(3)
    outcome = concluded(paper, commit, ledger, START + 600)
    ledger.stranger(2)
    names = [EARLIER, *(f"{paper.stem}/{seq}" for seq in range(1, paper.seq + 1))]
    return evidence.Evidence(
        commit=wire.canonical(commit.record),
        list_file=raw,
        exclusions=paper.exclusions,
        sources=given,
        outcome=outcome,
        ledger=ledger.view(cut_off, names),
        rehearsal=paper.rehearsal,
        demonstration=True,
        openings=shown_of(ledger) if paper.opened else (),
    )


def shown_of(ledger: Ledger) -> list[dict[str, Any]]:
    """Return what opens the leaves of everybody seated or passed over, by the ledger's last word."""
    told = [leaf.decode(ledger.inner(index))["data"] for index in range(len(ledger.leaves))]
    ids = {one["skipped"] for one in told if "skipped" in one}
    ids |= {ident for ident, _stratum in next(one["seated"] for one in reversed(told) if "seated" in one)}
    return [one for number in range(12) if (one := opening(number))["id"] in ids]


def sources_of(paper: Paper) -> list[sources.Source]:
    told = [
        sources.Source(f"commit:{who}", who not in paper.absent, b"" if who in paper.absent else secret(who))
        for who in WHO
    ]
    if paper.beacon["kind"] == "physical":
        return [*told, sources.Source("physical:20", present=True, value=DICE.encode())]
    if paper.beacon["kind"] == "cwl-ssq":
        value = beacon.ssq_value([1, 5, 9, 12, 20, 33], 7)
        return [*told, sources.Source("cwl-ssq:2026134", present=True, value=value)]
    value = hashlib.sha256(bytes.fromhex(ROUND_1000)).digest()
    return [*told, sources.Source("drand:1000", present=True, value=value)]


def concluded(paper: Paper, commit: record.Commit, ledger: Ledger, at: int) -> evidence.Outcome:
    """Let the last entropy fall, and write the result and the skips."""
    given = sources_of(paper)
    flag = {"rehearsal": True} if paper.rehearsal else {}
    seed = sources.seed(commit, given)
    ranking = selector.rank(paper.suite, seed, paper.listed)
    proof: dict[str, Any] = {"round": 1000, "signature": ROUND_1000}
    if paper.beacon["kind"] == "physical":
        proof = {"hands": HANDS}
        ledger.write("draw.dice_entered", paper.draw_id, at, {"attempt": 1, "entry": 1, **flag})
        facts = {"attempt": 1, "entry": 2, "equal": True, "digits": DICE}
        ledger.write("draw.dice_entered", paper.draw_id, at + 5, {**facts, **flag}, "u:2")
    kind = "draw.dice_confirmed" if paper.beacon["kind"] == "physical" else "draw.beacon_taken"
    facts = {"commit_hash": commit.hash.hex(), "seed": seed.hex(), **flag}
    result = chosen(paper, commit, ranking, [])
    told = {**facts, **result, "value": given[-1].value.hex(), **proof}
    ledger.write(kind, paper.draw_id, at + 9, told, "u:3")
    skipped: list[str] = []
    for _ in range(paper.skips):
        skipped.append(result["seated"][0][0])
        result = chosen(paper, commit, ranking, skipped)
        told = {"skipped": skipped[-1], "seat": 1, "evidence": "ab" * 32, **facts, **result}
        ledger.write("draw.skipped", paper.draw_id, at + 20, {**told, "code": paper.skip_code}, paper.skipper)
    shown = {**paper.beacon, "value": given[-1].value.hex(), **proof}
    return evidence.Outcome(seed, ranking, shown, result)


def chosen(paper: Paper, commit: record.Commit, ranking: list[bytes], skipped: list[str]) -> dict[str, Any]:
    found = selector.select(ranking, paper.listed, commit.plan, commit.caps, skipped)
    pairs = {"seated": found.seated, "alternates": found.alternates}
    return {
        **{name: [list(pair) for pair in value] for name, value in pairs.items()},
        "walk_events": list(found.events),
    }
