"""Who contributes to a draw: the centre as operator, supervision, and any enterprise of the list that is present."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_noop

from trading import attendance
from trading.draws.candidates import NO_GROUP, Candidate
from trading.draws.entries import Contribution
from trading.errors import RuleError
from trading.party import Role, User, anywhere
from trading.session import SUPERVISING, SUPERVISION, Session
from trading.transitions import Act

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


def of_present(act: Act, session: Session, listed: Sequence[Candidate]) -> str:
    """Return the name of the contributor who acts and is signed in to the session. Raises RuleError."""
    session.check_open()
    who = contributor(act.role, act.by, {candidate.id for candidate in listed})
    held = SUPERVISING if act.role in SUPERVISING else {act.role}  # signed in under any of a supervisor's roles
    attendance.check_present(session, act.by, held, "ggzy-draw/1; 政府采购货物和服务招标投标管理办法(87号令) 14")
    return who


def check_group(who: str, others: Collection[str], listed: Sequence[Candidate]) -> None:
    """Refuse a second contribution of one controlling group (ggzy-draw/1, 3.4)."""
    groups = {f"bidder:{candidate.id}": candidate.group for candidate in listed if candidate.group != NO_GROUP}
    if who in groups and groups[who] in {groups.get(other) for other in others}:
        raise RuleError(
            gettext_noop("Another enterprise of your group has contributed already."),
            code="group_contributed",
            basis="ggzy-draw/1, 3.4",
            next_step=gettext_noop("Follow the draw: that contribution stands for your group."),
        )


def check_fresh(value: str) -> None:
    """Refuse a secret, in hexadecimal, that a draw has seen before (ggzy-draw/1, 2 row 9)."""
    if Contribution.objects.filter(value=value).exists():
        raise RuleError(
            gettext_noop("This secret was revealed in a draw before; whoever saw it knew it."),
            code="secret_reused",
            basis="ggzy-draw/1, 2 row 9",
            next_step=gettext_noop("Tell the supervisor: without it the contribution is absent."),
        )
