"""A million entries verified by verify_ledger.py, against its limit of 15 s CPU and against the bare SHA-256 loop.

    python bench/ledger_verify.py [--entries 1000000] [--runs 3]

Both sides read the same export; runs are interleaved and the medians are printed. Writing the export is not measured.
"""

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from trading.ledger import leaf, merkle, notes  # noqa: E402  # the repository is put on the path first

LIMIT_SECONDS = 15
ORIGIN = "bench.example/audit/1"
LOG = notes.SigningKey(ORIGIN, notes.ED25519, b"\x01" * 32)
WITNESS = notes.SigningKey("witness.bench.example/w1", notes.COSIGNATURE, b"\x02" * 32)
BARE = """
import hashlib, pathlib, sys
sha = hashlib.sha256
for path in sorted(pathlib.Path(sys.argv[1]).glob("tile/entries/**/*")):
    if path.is_file():
        data, at = path.read_bytes(), 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at:at + 2], "big")
            sha(b"\\x00" + data[at + 2:end]).digest()
            at = end
"""


def entry(number: int) -> bytes:
    """Return an entry of about 310 bytes, as an act of a lot leaves it."""
    return leaf.encode(
        {
            "v": 1,
            "log": ORIGIN,
            "id": str(leaf.uuid7(1_795_000_000_000 + number, hashlib.sha256(number.to_bytes(8, "big")).digest())),
            "at": f"2026-11-22T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:00.{number % 10**6:06d}Z",
            "type": "registration.checked",
            "actor": {"id": f"u:{number % 977}", "role": "agency", "auth": "pw"},
            "subject": {"type": "registration", "id": str(number)},
            "tender": f"L-{number // 400}",
            "data": {"verdict": "合格", "price": f"{number}.50"},
        }
    )


def write_export(folder: Path, count: int) -> None:
    """Write a log of `count` entries in the static layout, with its keys."""
    hashes = []
    for first in range(0, count, merkle.WIDTH):
        entries = [entry(number) for number in range(first, min(first + merkle.WIDTH, count))]
        hashes += [merkle.leaf_hash(each) for each in entries]
        path = folder / merkle.tile_path("entries", first // merkle.WIDTH, len(entries))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(len(each).to_bytes(2, "big") + each for each in entries))
    for (level, number), data in merkle.append({}, 0, hashes).items():
        path = folder / merkle.tile_path(level, number, len(data) // merkle.HASH)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    text = notes.Checkpoint(ORIGIN, count, merkle.root(hashes)).text()
    (folder / "checkpoint").write_text(notes.compose(text, [LOG.sign(text), WITNESS.sign(text, 1_795_000_000)]))
    keys = {
        "origin": ORIGIN,
        "log": [LOG.verifying.text()],
        "witnesses": [WITNESS.verifying.text()],
        "quorum": 1,
        "receipt_key": notes.base64_text(LOG.verifying.public),
    }
    (folder / "keys.json").write_text(json.dumps(keys, indent=1))


def cpu(*command: str) -> float:
    """Return the CPU seconds of a child, user and system. Raises CalledProcessError if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)  # our own programs
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    program = str(ROOT / "trading" / "ledger" / "verify_ledger.py")
    with tempfile.TemporaryDirectory() as name:
        write_export(Path(name), options.entries)
        runs = [(cpu(program, name), cpu("-c", BARE, name)) for _ in range(options.runs)]
    verified, bare = (statistics.median(side) for side in zip(*runs, strict=True))
    limit = LIMIT_SECONDS * options.entries / 1_000_000
    print(f"verify {options.entries} entries: {verified:.2f} s CPU; limit {limit:.2f} s; ratio {verified / limit:.2f}")
    print(f"bare SHA-256 of the leaves:  {bare:.2f} s CPU; verify / bare {verified / bare:.1f}")
    return 0 if verified <= limit else 1


if __name__ == "__main__":
    sys.exit(main())
