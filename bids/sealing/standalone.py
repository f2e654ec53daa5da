"""The sealing tool as one file for who has nothing else of the project: `python -m bids.sealing.standalone ptseal.pyz`.

A zip application of the very modules that the platform uses, so there is one implementation; always the same bytes.
"""

import io
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bids", "trading", "trading/ledger")
BESIDE = ("errors", "money", "text", "uscc", "ledger/leaf", "ledger/merkle", "ledger/notes")
MAIN = "from bids.sealing.ptseal import main\n\nraise SystemExit(main())\n"


def names() -> list[str]:
    """Return the modules that the tool needs, as paths from the root of the project."""
    sealing = [path.relative_to(ROOT).as_posix() for path in Path(__file__).parent.glob("*.py")]
    beside = [f"trading/{name}.py" for name in BESIDE]
    return sorted([*(f"{package}/__init__.py" for package in PACKAGES), *beside, *sealing])


def program() -> bytes:
    """Return the file; it says of itself how it is run."""
    into = io.BytesIO()
    into.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as file:
        for name in names():
            file.writestr(zipfile.ZipInfo(name), (ROOT / name).read_bytes())
        file.writestr(zipfile.ZipInfo("__main__.py"), MAIN)
    return into.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(program())
