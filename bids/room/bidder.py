"""What one bidder is asked during the evaluation: it sees its own questions and answers, in time and in writing."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_noop

from bids.room.member import SITTING
from bids.room.secret import check_in_room
from trading.errors import RuleError
from trading.party import SUPERVISING, Role
from trading.transitions import Power

BASIS = "招标投标法 39; 招标投标法实施条例 52; 87号令 51, 59, 60"
SHORTEST_MINUTES = 10


def _bids(record: Any, person: Any) -> bool:
    known = person is not None and person.is_authenticated and person.is_active
    return bool(known) and person.acts_for(record.candidate.opened.bid.organisation_id, Role.BIDDER)


THE_BIDDER = Power(Role.BIDDER, _bids)


class AskedQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Return a bidder's own, those of the committee that one sits in, and all for supervision and audit."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & {Role.AUDITOR, *SUPERVISING}:
            return self.all()
        mine = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
        sits = models.Q(candidate__evaluation__members__user=person, candidate__evaluation__members__state__in=SITTING)
        return self.filter(models.Q(candidate__opened__bid__organisation_id__in=mine) | sits).distinct()


def check_asking(record: Any, person: Any) -> Any:
    """Return the evaluation, as it stands now; refuse to ask outside the examination, or with no time to answer."""
    record.candidate.refresh_from_db()
    evaluation = record.candidate.evaluation
    check_in_room(evaluation, person)
    if evaluation.state != "examining":
        raise RuleError(
            gettext_noop("Bidders are asked while the bids are examined."),
            code="not_at_this_stage",
            basis=BASIS,
            next_step=gettext_noop("Reload the page to see where the evaluation stands."),
        )
    if (record.answer_by - evaluation.lot.now()).total_seconds() < SHORTEST_MINUTES * 60:
        raise RuleError(
            gettext_noop("Leave the bidder at least %(minutes)s minutes to answer."),
            code="time_to_answer_short",
            basis=BASIS,
            minutes=SHORTEST_MINUTES,
        )
    return evaluation


def check_answering(record: Any) -> None:
    """Refuse an answer outside the open session, or after its time. Raises RuleError."""
    evaluation = record.candidate.evaluation
    evaluation.session.check_open()
    if evaluation.state != "examining" or evaluation.lot.now() >= record.answer_by:
        raise RuleError(gettext_noop("The time to answer is over."), code="answer_late", basis=BASIS)
