"""The stages of live halls: what a session of a kind shows above its transcript.

The kind's own module lends its stage when the addresses are read: a folder of templates, and what they show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trading.session import Session


@dataclass(frozen=True)
class Stage:
    """A stage: the folder of its `hall.html` and `screen.html`, and its context for a session and a person."""

    folder: str
    context: Callable[[Session, Any], dict[str, Any]]


STAGES: dict[str, Stage] = {}
PLAIN = Stage("sessions", lambda session, person: {})


def of(session: Session) -> Stage:
    """Return the stage of a session; one without a stage of its own has the transcript alone."""
    return STAGES.get(session.kind, PLAIN)
