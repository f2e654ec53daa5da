"""What the platform answers when a rule forbids an act.

A stable code, a sentence with its numbers, the article, the next step.
"""

from collections.abc import Mapping

from trading.text import mark as _


class RuleError(Exception):
    """A broken rule; nothing was changed.

    `detail` is an English message with %(name)s places that `params` fill, so a door can translate it. `basis` names
    the article, `next_step` says what the person can do now. The HTTP status is 409 unless a kind says otherwise.
    `parts` are the refusals of single parts of the request, each by the JSON Pointer of its part.
    """

    code: str = "rule_broken"
    status: int = 409
    basis: str = ""
    next_step: str = ""
    parts: Mapping[str, "RuleError"] = {}

    def __init__(self, detail: str, *, code: str = "", basis: str = "", next_step: str = "", **params: object) -> None:
        self.message = detail
        self.params = params
        self.detail = detail % params if params else detail
        super().__init__(self.detail)
        if code:
            self.code = code
        if basis:
            self.basis = basis
        if next_step:
            self.next_step = next_step


class WrongState(RuleError):
    """The act does not belong to the state the record is in."""

    code = "wrong_state"
    next_step = _("Reload the page to see the current state.")


class NotPermitted(RuleError):
    """The person does not hold the power that the act needs."""

    code = "not_permitted"
    status = 403
    next_step = _("Ask the person in charge of this step, or sign in with the right account.")


class StaleVersion(RuleError):
    """The record has changed since the person saw it (RFC 9110, 13.1.1)."""

    code = "stale_version"
    status = 412
    next_step = _("Look at what changed, then decide again.")


class InvalidInput(RuleError):
    """A value that no rule could accept."""

    code = "invalid_input"
    status = 400
