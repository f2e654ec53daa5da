"""A member of the committee (评标委员会成员): who sits on a seat of the panel, what the member declares and signs."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts
from bids.room import grounds
from bids.room.secret import Secret, check_in_room, members_power
from experts.recusal import Code
from experts.seat import Seat
from trading import unguessable
from trading.draws.entries import SkipCode
from trading.errors import InvalidInput, RuleError
from trading.party import Role, anywhere, within
from trading.transitions import Act, act, perform

DISCIPLINE = "招标投标法 44; 87号令 45(2), 62"
RECUSAL = "招标投标法 37; 招标投标法实施条例 48; 87号令 49"
CHAIR_VOTE = "chair"
MOTIONS = {"no_competition": "招标投标法 42; 评标委员会和评标方法暂行规定 27", "documents_defective": "87号令 65"}
SITTING = ("seated", "confirmed", "sitting")
HOSTS = within(Role.OWNER, lambda member: member.evaluation.lot.project.owner_id) | within(
    Role.AGENCY, lambda member: member.evaluation.lot.project.agency_id
)
SUPERVISION = anywhere(Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE)


def _oneself(member: Any, person: Any) -> list[Any]:
    return [member] if person is not None and person.is_authenticated and member.user_id == person.pk else []


ONESELF = members_power(_oneself)


class MemberQuerySet(models.QuerySet["Member"]):
    def sitting(self) -> "MemberQuerySet":
        """Return who is of the committee now: nobody who was recused or replaced."""
        return self.filter(state__in=SITTING)


class Member(Secret):
    """One member of one evaluation's committee."""

    noun = "committee_member"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    evaluation = models.ForeignKey("bids.Evaluation", on_delete=models.PROTECT, related_name="members")
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="member")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="committee_memberships")
    is_chair = models.BooleanField(_("Chair"), default=False, editable=False)
    discipline_at = models.DateTimeField(_("Discipline confirmed"), null=True, editable=False)
    declared_at = models.DateTimeField(_("Recusal declared"), null=True, editable=False)
    recusal = models.CharField(_("Recusal"), max_length=2, choices=[(c.value, c.name) for c in Code], blank=True)
    recusal_reason = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)
    votes = models.JSONField(default=dict, editable=False)
    asks_time = models.BooleanField(_("Asks for more time"), default=False, editable=False)
    signed_at = models.DateTimeField(_("Signed"), null=True, editable=False)
    dissent = models.TextField(_("Dissent"), blank=True, editable=False)
    deemed = models.BooleanField(_("Deemed to agree"), default=False, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ("seat__number", "pk")
        constraints = [
            models.UniqueConstraint(fields=["evaluation"], condition=models.Q(is_chair=True), name="one_chair")
        ]

    def __str__(self) -> str:
        return str(self.seat)

    def ledger_lot(self) -> Any:
        return self.evaluation.lot

    @act("committee_member.seated", source="", target="seated", may=HOSTS, label=gettext_noop("Seat a member"))
    def sit(self, act: Act) -> dict[str, Any]:
        """Take a seat of the panel whose expert or representative has arrived."""
        return {"seat": self.seat.number, "kind": self.seat.kind}

    @act(
        "committee_member.discipline_confirmed",
        source="seated",
        target="confirmed",
        may=ONESELF,
        label=gettext_noop("Confirm the discipline of the evaluation"),
    )
    def confirm_discipline(self, act: Act) -> dict[str, Any]:
        """Confirm the discipline; then the member learns who bids (87号令 45(2), (3))."""
        check_in_room(self.evaluation, act.by)
        self.discipline_at = act.at
        return {"seat": self.seat.number}

    @act(
        "committee_member.declared",
        source="confirmed",
        target="sitting",
        may=ONESELF,
        label=gettext_noop("Declare that nothing calls for recusal"),
    )
    def declare_none(self, act: Act) -> dict[str, Any]:
        """Declare, knowing who bids, to have no interest in any bidder (招标投标法 37; 87号令 45(3))."""
        check_in_room(self.evaluation, act.by)
        self.declared_at = act.at
        return {"seat": self.seat.number}

    @act(
        "committee_member.recused",
        source=SITTING,
        target="recused",
        may=ONESELF,
        label=gettext_noop("Recuse yourself"),
    )
    def recuse(self, act: Act, *, ground: str, reason: str) -> dict[str, Any]:
        """Leave the committee for an interest; the next of the draw comes (招标投标法 37; 招标投标法实施条例 48)."""
        return self._leave(act, ground, reason, SkipCode.REFUSED)

    @act(
        "committee_member.replaced",
        source=SITTING,
        target="replaced",
        may=SUPERVISION,
        label=gettext_noop("Replace the member"),
    )
    def replace(self, act: Act, *, ground: str, reason: str) -> dict[str, Any]:
        """Have a member replaced who has a conflict, left or cannot go on (招标投标法实施条例 48; 87号令 49)."""
        return self._leave(act, ground, reason, SkipCode.INELIGIBLE)

    @act(
        "committee_member.voted",
        source="sitting",
        target="sitting",
        may=ONESELF,
        label=gettext_noop("Vote"),
    )
    def vote(self, act: Act, *, matter: str, choice: str) -> dict[str, Any]:
        """Vote for the chair (by seat number), or on a motion to end the evaluation ("yes", "no").

        Who has more than half of the committee's votes is its chair; not the buyer's representative in procurement
        (87号令 45(4)).
        """
        check_in_room(self.evaluation, act.by)
        if matter == CHAIR_VOTE:
            self._check_chair(choice)
        elif matter not in MOTIONS or choice not in {"yes", "no"}:
            raise InvalidInput(gettext_noop("There is no such motion."), code="unknown_motion")
        self.votes = {**self.votes, matter: choice}
        if matter == CHAIR_VOTE:
            act.then(self._elect)
        return {"seat": self.seat.number, "matter": matter, "choice": choice}

    @act(
        "committee_member.checked",
        source="sitting",
        target="sitting",
        may=ONESELF,
        label=gettext_noop("Record your findings on the bids"),
    )
    def find(self, act: Act, *, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Find each bid responsive, or name grounds with reasons (招标投标法实施条例 51; 87号令 50, 63).

        `findings`: [{"number": of the bid, "grounds": {code: reason}}]. A later finding replaces the earlier.
        """
        check_in_room(self.evaluation, act.by)
        self._check_stage("examining")
        bids = {one.number: one for one in self.evaluation.candidates.all()}
        rows = []
        for finding in findings:
            if finding["number"] not in bids:
                raise RuleError(gettext_noop("There is no such bid."), code="bid_not_listed", basis=grounds.REGULATIONS)
            rows.append((bids[finding["number"]], self._grounds(finding["grounds"])))
        for candidate, named in rows:
            self.checks.update_or_create(candidate=candidate, defaults={"grounds": named, "at": act.at})
        return {
            "seat": self.seat.number,
            "bids": [{"number": one.number, "grounds": sorted(named)} for one, named in rows],
        }

    @act(
        "committee_member.time_asked",
        source="sitting",
        target="sitting",
        may=ONESELF,
        label=gettext_noop("Say that the time is too short"),
    )
    def ask_time(self, act: Act) -> dict[str, Any]:
        """Say that the time is too short; where more than a third say so it is extended (招标投标法实施条例 48)."""
        check_in_room(self.evaluation, act.by)
        self.asks_time = True
        return {"seat": self.seat.number}

    @act(
        "committee_member.signed",
        source="sitting",
        target="sitting",
        may=ONESELF,
        label=gettext_noop("Sign the report"),
    )
    def sign(self, act: Act, *, dissent: str = "") -> dict[str, Any]:
        """Sign the report, or sign it with another opinion in writing (招标投标法实施条例 53; 87号令 61)."""
        check_in_room(self.evaluation, act.by)
        self._check_stage("reported")
        if self.signed_at is not None:
            raise RuleError(gettext_noop("You have signed already."), code="signed_already", basis="87号令 61")
        self.signed_at, self.dissent = act.at, dissent.strip()
        return {"seat": self.seat.number, "report": self.evaluation.report_sha256, "dissents": bool(self.dissent)}

    def _leave(self, act: Act, ground: str, reason: str, skip: str) -> dict[str, Any]:
        """Give the seat back to the panel's draw, with the reason; the member's sheet is void."""
        self._check_not_reported()
        self.recusal, self.recusal_reason = Code(ground).value, reason.strip()
        if not self.recusal_reason:
            raise RuleError(gettext_noop("Say why the member leaves."), code="reason_missing", basis=RECUSAL)
        if self.is_chair:
            act.then(self._forget_chair_votes)
        self.is_chair = False
        act.then(lambda: self._give_seat_back(act.by, skip))
        return {"seat": self.seat.number, "ground": self.recusal, "reason": self.recusal_reason}

    def _give_seat_back(self, by: Any, skip: str) -> None:
        """Let the next of the ranking be called; the owner names another representative itself."""
        seat: Any = self.seat
        if seat.kind == "expert":
            perform(seat.panel.replace, by=by, seat=seat, code=skip, evidence=self.recusal_reason)
        else:
            vacate = seat.recuse if self.state == "recused" else seat.replace
            perform(vacate, by=None, code=skip, evidence=self.recusal_reason)
        sheet: Any = getattr(self, "sheet", None)
        if sheet is not None:
            perform(sheet.void, by=None)
        perform(self.evaluation.interrupt, by=None)

    def _forget_chair_votes(self) -> None:
        """Let the members vote anew: the seat number now stands for somebody else."""
        for one in self._committee():
            left = {matter: choice for matter, choice in one.votes.items() if matter != CHAIR_VOTE}
            Member.objects.filter(pk=one.pk).update(votes=left)

    def _check_not_reported(self) -> None:
        if self.evaluation.state not in {"convened", "examining", "scoring", "summed"}:
            raise RuleError(
                gettext_noop("The report is written; nobody is replaced any more."),
                code="report_written",
                basis=RECUSAL,
                next_step=gettext_noop("Say it in the report as dissent, or report it to the regulator."),
            )

    def _check_chair(self, choice: str) -> None:
        chosen = next((one for one in self._committee() if str(one.seat.number) == choice), None)
        if chosen is None:
            raise InvalidInput(gettext_noop("Nobody sits on this seat."), code="unknown_seat")
        procured = conflicts.is_procurement(self.evaluation.lot)
        if procured and chosen.seat.kind == "representative":
            raise RuleError(
                gettext_noop("In procurement the buyer's representative may not chair the committee."),
                code="representative_chairs",
                basis="87号令 45(4)",
                next_step=gettext_noop("Vote for an expert."),
            )
        if any(one.is_chair for one in self._committee()):
            raise RuleError(gettext_noop("The committee has a chair."), code="chair_elected", basis="87号令 45(4)")

    def _elect(self) -> None:
        """Let who has more than half of the committee's votes preside."""
        sitting = self._committee()
        votes = [one.votes.get(CHAIR_VOTE) for one in sitting]
        chosen = next((one for one in sitting if 2 * votes.count(str(one.seat.number)) > len(sitting)), None)
        if chosen is not None:
            Member.objects.filter(pk=chosen.pk).update(is_chair=True)

    def _committee(self) -> list["Member"]:
        return list(self.evaluation.members.sitting().select_related("seat"))

    def _check_stage(self, stage: str) -> None:
        if self.evaluation.state != stage:
            raise RuleError(
                gettext_noop("The evaluation does not stand there now."),
                code="not_at_this_stage",
                basis="87号令 46",
                next_step=gettext_noop("Reload the page to see where it stands."),
            )

    def _grounds(self, given: dict[str, str]) -> dict[str, str]:
        named = {code: reason.strip() for code, reason in given.items()}
        grounds.check(named, self.evaluation.regime)
        if not all(named.values()):
            raise RuleError(
                gettext_noop("A ground needs its reason, with the place in the bid."),
                code="reason_missing",
                basis="招标投标法实施条例 51; 87号令 61, 63",
            )
        return named
