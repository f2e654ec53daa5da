"""The first stage of an evaluation: the committee convenes in the open session, declares, elects its chair.

Whoever leaves brings the evaluation back here until the seat is taken again (招标投标法实施条例 48; 87号令 45, 49).
One machine in four files: `Convening`, `Examining`, `Scoring` and `Evaluation`.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts
from bids.opened import OpenedBid
from bids.opening import Opening, opened_bids
from bids.room.member import Member
from bids.room.ranking import Candidate
from bids.room.secret import Secret, check_in_room, members_power
from experts import committee
from trading import clock, unguessable
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, within
from trading.room import Kind
from trading.session import Session
from trading.transitions import THE_CLOCK, Act, act, perform

HOSTS = within(Role.OWNER, lambda evaluation: evaluation.lot.project.owner_id) | within(
    Role.AGENCY, lambda evaluation: evaluation.lot.project.agency_id
)
COMMITTEE_BASIS = "招标投标法 37; 87号令 47, 49"
TIME = "招标投标法实施条例 48"
UNDER_WAY = ("convened", "examining", "scoring", "summed", "reported")


def presiding(evaluation: Any, person: Any) -> list[Any]:
    """Return the person's membership of the committee, if it presides."""
    known = person is not None and person.is_authenticated
    return list(evaluation.members.sitting().filter(is_chair=True, user=person).select_related("seat")) if known else []


CHAIR = members_power(presiding)


class Convening(Secret):
    """The fields of an evaluation, and its acts up to the examination."""

    noun = "evaluation"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.OneToOneField(Lot, verbose_name=_("Lot"), on_delete=models.PROTECT, related_name="evaluation")
    opening = models.OneToOneField(Opening, on_delete=models.PROTECT, editable=False, related_name="evaluation")
    session = models.OneToOneField(
        Session, verbose_name=_("Session"), on_delete=models.PROTECT, related_name="evaluation"
    )
    until = models.DateTimeField(_("Evaluation until"), null=True, editable=False)
    document = models.JSONField(null=True, editable=False)
    figures = models.JSONField(null=True, editable=False)
    failure = models.CharField(_("Reason of failure"), max_length=32, blank=True, editable=False)
    report = models.JSONField(null=True, editable=False)
    report_sha256 = models.CharField(_("SHA-256 of the report"), max_length=64, blank=True, editable=False)
    reported_at = models.DateTimeField(_("Reported"), null=True, editable=False)
    signed_at = models.DateTimeField(_("Signed"), null=True, editable=False)
    members: Any  # the committee, as Member declares it
    candidates: Any  # one row for each opened bid, as Candidate declares it

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.lot.name

    @property
    def is_procured(self) -> bool:
        return conflicts.is_procurement(self.lot)

    @property
    def regime(self) -> str:
        """Name the law under which grounds and corrections are taken."""
        return "procurement" if self.is_procured else "tender"

    @act("evaluation.convened", source="", target="convened", may=HOSTS, label=gettext_noop("Convene the committee"))
    def convene(self, act: Act) -> dict[str, Any]:
        """Begin in the open session of this lot, with all who arrived for the panel (87号令 45; 招标投标法 37)."""
        self._check_session()
        check_in_room(self, act.by)
        self.opening = self._finished_opening()
        self.until = self.session.ends_at
        seats = self._arrived()
        act.then(lambda: self._seat(seats, act.by))
        return {"session": self.session_id, "members": len(seats), "until": clock.iso(self.until)}

    @act(
        "evaluation.member_seated",
        source="convened",
        target="convened",
        may=HOSTS,
        label=gettext_noop("Seat who came instead"),
    )
    def seat_newcomers(self, act: Act) -> dict[str, Any]:
        """Seat those who arrived in the place of others (招标投标法实施条例 48; 87号令 49)."""
        check_in_room(self, act.by)
        taken = set(self.members.sitting().values_list("seat_id", flat=True))
        seats = [seat for seat in self._arrived() if seat.pk not in taken]
        if not seats:
            raise RuleError(
                gettext_noop("Nobody has arrived who does not sit here already."),
                code="nobody_arrived",
                basis=COMMITTEE_BASIS,
                next_step=gettext_noop("Call the next of the draw; the host unseals the name of who arrives."),
            )
        act.then(lambda: self._seat(seats, act.by))
        return {"seats": [seat.number for seat in seats]}

    @act(
        "evaluation.examination_begun",
        source="convened",
        target="examining",
        may=CHAIR | HOSTS,
        label=gettext_noop("Begin the examination of the bids"),
    )
    def begin(self, act: Act) -> dict[str, Any]:
        """Begin once the committee is whole, has declared and has a chair; in procurement after the qualification.

        Sources: 87号令 44, 45, 50; 招标投标法 37.
        """
        check_in_room(self, act.by)
        self._check_whole()
        if not self.members.sitting().filter(is_chair=True).exists():
            raise RuleError(
                gettext_noop("The committee has no chair yet."),
                code="no_chair",
                basis="87号令 45(4)",
                next_step=gettext_noop("The members vote; who has more than half of the votes is the chair."),
            )
        if self.is_procured:
            self._check_qualified()
        rows = [] if self.candidates.exists() else opened_bids(self.opening)
        made = [Candidate(evaluation_id=self.pk, opened=row, number=row.number, price=_price(row)) for row in rows]
        act.then(lambda: Candidate.objects.bulk_create(made, batch_size=500))
        act.say(self.session.transcript_id, "evaluation.examination_begun", {})
        return {"bids": len(made) or self.candidates.count()}

    @act(
        "evaluation.interrupted",
        source=["convened", "examining", "scoring", "summed"],
        target="convened",
        may=THE_CLOCK | HOSTS,
        label=gettext_noop("Wait for a new member"),
    )
    def interrupt(self, act: Act) -> dict[str, Any]:
        """Wait until the seat of a member who left is taken; the new member examines and scores everything anew."""
        self.document = self.figures = None
        return {}

    @act(
        "evaluation.extended",
        source=UNDER_WAY,
        target=None,
        may=HOSTS,
        label=gettext_noop("Extend the time of the evaluation"),
    )
    def extend(self, act: Act, *, until: datetime) -> dict[str, Any]:
        """Give more time; the law asks for it where more than a third of the members say so (招标投标法实施条例 48)."""
        self.session.check_open()
        if until <= max(self.lot.now(), self.until or self.lot.now()):
            raise RuleError(gettext_noop("More time ends later."), code="not_later", basis=TIME)
        self.until = until
        self.members.filter(asks_time=True).update(asks_time=False)
        return {"until": clock.iso(until)}

    def check_time(self) -> None:
        """Refuse to go on while more than a third say that the time is too short (招标投标法实施条例 48)."""
        asking = self.members.sitting().filter(asks_time=True).count()
        if asking * 3 > self.members.sitting().count():
            raise RuleError(
                gettext_noop("%(asking)s members say that the time is too short; it must be extended first."),
                code="time_too_short",
                basis=TIME,
                next_step=gettext_noop("The host extends the time of the evaluation."),
                asking=asking,
            )

    def _check_session(self) -> None:
        if self.session.kind != Kind.EVALUATION or self.session.lot_id != self.lot_id:
            raise RuleError(
                gettext_noop("This session is not the evaluation of this lot."),
                code="session_of_another_kind",
                basis="招标投标法 38",
                next_step=gettext_noop("Book an evaluation room for this lot."),
            )

    def _finished_opening(self) -> Opening:
        opening = Opening.objects.filter(lot=self.lot, state="finished").first()
        if opening is None:
            raise RuleError(
                gettext_noop("The opening of this lot is not finished."),
                code="opening_not_finished",
                basis="招标投标法 36, 37",
                next_step=gettext_noop("Finish the opening; its record names whose bids were opened."),
            )
        return opening

    def _arrived(self) -> list[Any]:
        """Return the seats of those who came. Raises RuleError: no gathered panel."""
        panel = getattr(self.lot, "panel", None)
        if panel is None or panel.state != "gathered":
            raise RuleError(
                gettext_noop("The committee has not gathered."),
                code="panel_not_gathered",
                basis=COMMITTEE_BASIS,
                next_step=gettext_noop("Draw the experts, and unseal the names of those who arrive."),
            )
        return list(panel.sitting())

    def _seat(self, seats: list[Any], by: Any) -> None:
        for seat in seats:
            perform(Member(evaluation_id=self.pk, seat=seat, user=seat.user).sit, by=by)

    def _check_whole(self) -> None:
        """Refuse a committee that misses a member, or in which somebody has not declared (招标投标法 37; 87号令 45)."""
        sitting = list(self.members.sitting().select_related("seat"))
        experts = sum(one.seat.kind == "expert" for one in sitting)
        wanted: committee.Composition = self.lot.panel.wanted.composition
        if committee.Composition(experts, len(sitting) - experts) != wanted:
            raise RuleError(
                gettext_noop("%(have)s of %(need)s members are here."),
                code="committee_incomplete",
                basis=COMMITTEE_BASIS,
                next_step=gettext_noop("Seat who came instead of those who left."),
                have=len(sitting),
                need=wanted.members,
            )
        if waiting := [one.seat.number for one in sitting if one.state != "sitting"]:
            raise RuleError(
                gettext_noop("Not declared yet: the members on the seats %(seats)s."),
                code="not_declared",
                basis="招标投标法 37; 87号令 45(3)",
                next_step=gettext_noop("Each member confirms the discipline and declares recusal or none."),
                seats=", ".join(map(str, waiting)),
            )

    def _check_qualified(self) -> Any:
        """Return the settled qualification of the bidders; None where it was examined before the bids."""
        if self.lot.tender.prequalified:
            return None
        review = self.lot.reviews.filter(stage="post").first()
        if review is None or review.state != "settled":
            raise RuleError(
                gettext_noop("The qualification of the bidders has not been settled."),
                code="qualification_open",
                basis="87号令 44; 招标投标法实施条例 20, 51(3)",
                next_step=gettext_noop("Record the findings on every bidder, and settle the review."),
            )
        return review


def _price(row: OpenedBid) -> Any:
    return row.items.get("price")
