"""The demonstration's files, read."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """Return the content of a JSON file of the demonstration."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def participant_notice() -> str:
    return (FOLDER / "participant_notice.txt").read_text(encoding="utf-8")


def real_enterprises() -> list[tuple[str, str]]:
    """Return code and name of the 1,528 enterprises of a real opening, for rehearsals."""
    return [(code, name) for code, name in read("op01_enterprises")]
