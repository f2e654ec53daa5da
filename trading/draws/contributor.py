"""Who contributes to a draw: the centre as operator, supervision, and any enterprise of the list that is present."""

from collections.abc import Collection

from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.party import Role, User, anywhere
from trading.session import SUPERVISION

OPERATOR = anywhere(Role.CENTRE_STAFF)
CONTRIBUTORS = OPERATOR | SUPERVISION | anywhere(Role.BIDDER)


def contributor(role: str, person: User, listed: Collection[str]) -> str:
    """Return the contributor's name in the commit record: one for each party, whoever of it speaks.

    Raises RuleError for an enterprise that is not on the list.
    """
    if role == Role.CENTRE_STAFF:
        return "operator"
    if role != Role.BIDDER:
        return "supervisor"
    codes = [m.organisation.uscc for m in person.active_memberships() if m.role == Role.BIDDER]
    own = next((code for code in codes if code in listed), None)
    if own is None:
        raise RuleError(gettext_noop("Your enterprise is not on the list of this draw."), code="not_on_list")
    return f"bidder:{own}"
