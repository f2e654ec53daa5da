"""What a session is held for, when that has its own course: then nobody opens, moves or ends the session by hand.

A stage that is decided in a session says here which of its sessions are unfinished; the clock and the stage's own acts
move those (招标投标法 34, 36).
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop

from trading.errors import RuleError

KEEPERS: list[Callable[[Any], bool]] = []  # each says whether a session waits for its own stage


def check(session: Any, person: Any) -> None:
    """Refuse to a person what the course of the session's own stage decides; the clock may. Raises RuleError."""
    if person is not None and any(keeps(session) for keeps in KEEPERS):
        raise RuleError(
            gettext_noop("What is decided in this session is not finished; it begins, moves and ends with that."),
            code="session_unfinished",
            basis="招标投标法 34, 36",
            next_step=gettext_noop("Suspend the session if it cannot go on now."),
        )
