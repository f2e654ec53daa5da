"""The evidence of a draw: a folder that anyone downloads, and from which `verify_draw.py` recomputes the result.

Pure: values in, files out; the same values give the same bytes, also as a zip. manifest.json names every file with its
SHA-256.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trading.draws import selector, sources, wire

VERSION = "ggzy-draw-evidence/1"
MANIFEST = "manifest.json"
DEMONSTRATION = "demonstration"
INDEPENDENT = "independent"
ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
PROOF_HEADER = "c2sp.org/tlog-proof@v1"

README = """\
{rehearsal_zh}阳光交易 · 随机抽取证据

抽取编号：{draw_id}
见证人：{witness_zh}

自行验证（只需 Python 3.11 或更新版本，不需要安装其他软件）：
    python3 verify_draw.py 本文件夹
    python3 verify_draw.py 本文件夹 --keys 您自己保存的 keys.json
结果：0 结果成立；1 结果不成立（指出第一处不符）；2 证据不完整。

{rehearsal_en}Sunlight: evidence of a random draw

Draw: {draw_id}
Witness: {witness}

Verify it yourself, with Python 3.11 or newer and nothing else:
    python3 verify_draw.py THIS_FOLDER
    python3 verify_draw.py THIS_FOLDER --keys keys.json-you-kept-yourself
Exit code 0: the result follows. 1: it does not, the first mismatch is named. 2: evidence is missing.

manifest.json       SHA-256 of every file
commit.json         the commit record, fixed before the last entropy was known
list.tsv            the frozen list; exclusions.tsv: who was excluded, with codes
sources.json        every committed source: present with its value, or absent
beacon.json         the last entropy and its proof
ranking.txt         every candidate, first drawn first
result.json         seats, alternates and events
events/             the ledger entries of the draw, each with its inclusion proof; of a sealed one NNNN.sealed holds the
                    salt and the entry as the ledger has it, NNNN.json what was sealed
openings.json       the drawn and passed over experts behind their leaves, once that is no secret
cutoff.checkpoint   the cosigned checkpoint of the cut-off
checkpoint          the last cosigned checkpoint; consistency: it extends the one of the cut-off
keys.json           the keys of the log and of its witnesses; better use your own copy
"""


@dataclass(frozen=True)
class LedgerEntry:
    """One ledger entry of the draw: its place, its bytes, and its path in the tree of the last checkpoint.

    Of a sealed entry `leaf` is what the ledger has, `inner` what was sealed with `salt`.
    """

    index: int
    leaf: bytes
    path: Sequence[bytes]
    inner: bytes = b""
    salt: bytes = b""


@dataclass(frozen=True)
class LedgerView:
    """What the ledger proves: the entries, two cosigned checkpoints and the proof between them, and the keys."""

    entries: Sequence[LedgerEntry]
    cut_off: str
    checkpoint: str
    consistency: Sequence[bytes]
    keys: str


@dataclass(frozen=True)
class Outcome:
    """What the draw came to: `beacon` is the last source's value with its proof, `result` the seats."""

    seed: bytes
    ranking: Sequence[bytes]
    beacon: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    commit: bytes
    list_file: bytes
    exclusions: bytes
    sources: Sequence[sources.Source]
    outcome: Outcome
    ledger: LedgerView
    rehearsal: bool
    demonstration: bool
    openings: Sequence[Mapping[str, Any]] = ()


def folder(given: Evidence) -> dict[str, bytes]:
    """Return the files of the folder by name, the manifest among them."""
    record = json.loads(given.commit)
    witness = DEMONSTRATION if given.demonstration else INDEPENDENT
    commit_hash = wire.tagged_hash(record["suite"], "commit", given.commit).hex()
    result = {
        "v": VERSION,
        "draw_id": record["draw_id"],
        "commit_hash": commit_hash,
        "seed": given.outcome.seed.hex(),
        "rehearsal": given.rehearsal,
        "witness": witness,
        **given.outcome.result,
    }
    files = {
        "README.txt": readme(record["draw_id"], witness, rehearsal=given.rehearsal),
        "beacon.json": wire.canonical(dict(given.outcome.beacon)),
        "commit.json": given.commit,
        "exclusions.tsv": given.exclusions,
        "list.tsv": given.list_file,
        "ranking.txt": ranking_file(given.outcome.ranking),
        "result.json": wire.canonical(result),
        "sources.json": wire.canonical(sources.write(given.sources)),
        **ledger_files(given.ledger),
    }
    if given.openings:
        files["openings.json"] = wire.canonical([dict(one) for one in given.openings])
    return {**files, MANIFEST: manifest(files)}


def ranking_file(ranking: Sequence[bytes]) -> bytes:
    """Return one line for each candidate, `id LF`, first drawn first."""
    return b"".join(slip[selector.TICKET :] + b"\n" for slip in ranking)


def ledger_files(view: LedgerView) -> dict[str, bytes]:
    files = {
        "checkpoint": view.checkpoint.encode(),
        "consistency": lines(view.consistency).encode(),
        "cutoff.checkpoint": view.cut_off.encode(),
        "keys.json": view.keys.encode(),
    }
    for number, entry in enumerate(sorted(view.entries, key=lambda entry: entry.index)):
        proof = f"{PROOF_HEADER}\nindex {entry.index}\n{lines(entry.path)}\n{view.checkpoint}"
        files[f"events/{number:04d}.json"] = entry.inner or entry.leaf
        if entry.inner:
            files[f"events/{number:04d}.sealed"] = entry.salt.hex().encode() + b"\n" + entry.leaf
        files[f"events/{number:04d}.tlog-proof"] = proof.encode()
    return files


def lines(hashes: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(item).decode()}\n" for item in hashes)


def manifest(files: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return wire.canonical({"files": digests, "v": VERSION})


def readme(draw_id: str, witness: str, *, rehearsal: bool) -> bytes:
    """Return the bilingual note that says how to verify, and what this draw was not."""
    shown = {DEMONSTRATION: "演示见证人（demonstration，平台自带，不具独立性）", INDEPENDENT: "独立见证人"}
    text = README.format(
        draw_id=draw_id,
        witness=witness,
        witness_zh=shown[witness],
        rehearsal_zh="【演练】本次抽取为演练，不产生任何交易结果。\n\n" if rehearsal else "",
        rehearsal_en="REHEARSAL: this draw was an exercise; nothing was traded.\n\n" if rehearsal else "",
    )
    return text.encode()


def write(files: Mapping[str, bytes], path: Path) -> None:
    """Write the files of an evidence folder below `path`."""
    for name, data in sorted(files.items()):
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def zipped(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the folder as a zip file below `name`, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{name}/{each}", ZIP_MOMENT)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()
