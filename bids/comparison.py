"""The fixed-price comparison (固定价比选), second half, as domain.md 2.3, rows 7 to 14.

From the public draw to the closed contract.

One machine in two files: `Preparation` holds its fields and its acts up to the published list.
"""

import functools
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import announcements, candidate_list, tracking
from bids.award import Award, LapseReason
from bids.contract import Contract
from bids.preparation import OWNER, Preparation
from trading import clock, holiday_notice, limits
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import events
from trading.notice import Kind
from trading.objection import Matter
from trading.party import Role, User, anywhere, within
from trading.procedures import fixed_price
from trading.session import Session
from trading.transitions import THE_CLOCK, Act, act, perform

CENTRE = anywhere(Role.CENTRE_STAFF)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)
WINNER = within(Role.BIDDER, lambda comparison: Award.objects.current(comparison.lot).registration.organisation_id)


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def visible_to(self, person: Any) -> "ComparisonQuerySet":
        """Return what has been announced, and everything of their own or under their eyes for owners and officials."""
        if person.is_authenticated and person.roles() - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}:
            return self
        announced = models.Q(notice__isnull=False)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships()]
            announced |= models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(announced)


class Comparison(Preparation):
    """One lot's way through the procedure."""

    noun = "comparison"
    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, null=True, editable=False, related_name="comparison")
    failure = models.CharField(_("Reason of failure"), max_length=200, blank=True, editable=False)

    objects = ComparisonQuerySet.as_manager()

    @act(
        "comparison.draw_begun",
        source="list_published",
        target="drawing",
        may=CENTRE,
        label=gettext_noop("Begin the draw"),
    )
    def begin_draw(self, act: Act, *, session: Session, beacon: dict[str, Any]) -> dict[str, Any]:
        """Begin the public draw: the list published long enough, objections settled, witnesses signed in."""
        if self.draw_at is None or self.lot.now() < self.draw_at:
            raise RuleError(
                gettext_noop("The draw is announced for %(draw_at)s."),
                code="too_early",
                next_step=gettext_noop("Wait until the announced moment; everybody was told to come then."),
                draw_at=f"{self.draw_at.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}" if self.draw_at else "-",
            )
        self._check_no_objection(Matter.LIST)
        published = clock.local_date(self.lot.candidate_list.published_at)
        limits.require("F02", start=published, end=self.today(), calendar=holiday_notice.calendar())
        fixed_price.check_witnesses(session.roles_present(), self.today())
        self.draw = candidate_list.start_draw(act, self.lot, session, beacon)
        return {"draw_id": self.draw.draw_id, "session": session.pk}

    @act(
        "comparison.draw_voided",
        source="drawing",
        target="list_published",
        may=CENTRE,
        label=gettext_noop("Return to the list after a void draw"),
    )
    def return_to_list(self, act: Act) -> dict[str, Any]:
        """Prepare another draw of the same list after the first was voided before its cut-off, by a signed decision."""
        if self.draw is None or self.draw.state != "void":
            raise RuleError(
                gettext_noop("The draw has not been voided."), code="draw_not_void", basis="ggzy-draw/1, 2 row 4"
            )
        voided, self.draw = self.draw.draw_id, None
        return {"draw_id": voided}

    @act(
        "comparison.drawn",
        source="drawing",
        target="drawn",
        may=CENTRE,
        label=gettext_noop("Take over the result of the draw"),
    )
    def take_result(self, act: Act) -> dict[str, Any]:
        """Take winner and alternates from the finished draw, in its order."""
        draw = self._finished_draw()
        seated = candidate_list.seat(self.lot, draw)
        return {"draw_id": draw.draw_id, "winner": seated[0], "alternates": seated[1:], **self._all_events()}

    @act(
        "comparison.publicised",
        source="drawn",
        target="publicising",
        may=OWNER,
        label=gettext_noop("Publicise the result"),
    )
    def publicise(self, act: Act) -> dict[str, Any]:
        """Publicise the drawn enterprise for at least the period of F03 (参照招标投标法实施条例 54)."""
        award = Award.objects.current(self.lot)
        until = limits.due("F03", self.today(), calendar=holiday_notice.calendar())
        award.publicised_at, award.public_until = self.lot.now(), until.day
        award.save()
        announcements.publish(
            act,
            self.lot,
            Kind.DRAW_RESULT,
            {**announcements.facts(self), **candidate_list.result_content(self.lot, self._finished_draw())},
            until=award.public_until,
        )
        return {**award.facts(), "until": until.day.isoformat(), "calendar": until.calendar}

    @act(
        "comparison.noticed",
        source="publicising",
        target="noticed",
        may=OWNER,
        label=gettext_noop("Send the notice of award"),
    )
    def send_notice(self, act: Act) -> dict[str, Any]:
        """Notify the winner after the publicity, with no objection open.

        The contract is due within the period of F04.
        """
        self._check_no_objection(Matter.RESULT)
        award = Award.objects.current(self.lot)
        if award.public_until is None or self.today() <= award.public_until:
            raise RuleError(
                gettext_noop("The publicity runs until the end of %(until)s."),
                code="publicity_running",
                basis="招标投标法实施条例 54",
                until=str(award.public_until),
            )
        sign_by = limits.due("F04", self.today(), calendar=holiday_notice.calendar())
        award.noticed_at, award.sign_by = self.lot.now(), sign_by.day
        award.save()
        return {**award.facts(), "sign_by": sign_by.day.isoformat(), "calendar": sign_by.calendar}

    @act(
        "comparison.lapsed",
        source=["noticed", "contracted"],
        target="drawn",
        may=THE_CLOCK | WINNER,
        label=gettext_noop("Pass to the next alternate"),
    )
    def lapse(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Pass to the next alternate when the contract is refused, or not signed and confirmed in time.

        Discipline inspection is told (domain.md, 2.3, row 13).
        """
        award = Award.objects.current(self.lot)
        if reason == LapseReason.TIMEOUT and (award.sign_by is None or self.today() <= award.sign_by):
            raise RuleError(gettext_noop("The contract may still be signed."), code="too_early", basis="招标投标法 46")
        if self.state == "contracted":
            perform(self.contract().lapse, by=act.by, reason=reason)
            announcements.withdraw(self.lot, Kind.CONTRACT, "合同未经中选企业确认，已失效")
        award.lapsed_at, award.lapse_reason = self.lot.now(), LapseReason(reason)
        award.save()
        act.then(functools.partial(tracking.report_unsigned, self.lot, award))
        return {**award.facts(), "reason": award.lapse_reason}

    @act(
        "comparison.contracted",
        source="noticed",
        target="contracted",
        may=OWNER,
        label=gettext_noop("Enter the signed contract"),
    )
    def conclude_contract(self, act: Act, *, price: Decimal, signed_on: date, sha256: str) -> dict[str, Any]:
        """Enter the contract with the noticed enterprise: at the fixed price, within the limit (招标投标法 46)."""
        award = Award.objects.current(self.lot)
        contract = Contract(
            lot=self.lot, registration=award.registration, price=price, signed_on=signed_on, sha256=sha256
        )
        noticed_on = clock.local_date(award.noticed_at) if award.noticed_at else None
        perform(
            contract.conclude, by=act.by, fixed_price=self.fixed_price, noticed_on=noticed_on, sign_by=award.sign_by
        )
        content = {
            "project": self.lot.project.name,
            "winner": str(award.registration.organisation),
            "contract_price": str(price),
        }
        announcements.publish(act, self.lot, Kind.CONTRACT, {**content, "signed_on": signed_on.isoformat()})
        return {**award.facts(), "price": str(price), "signed_on": signed_on.isoformat()}

    @act(
        "comparison.tracked",
        source="contracted",
        target="tracking",
        may=REGULATOR,
        label=gettext_noop("Assign a tracker"),
    )
    def track(self, act: Act, *, tracker: User) -> dict[str, Any]:
        """Begin the tracking once both sides have signed (专人跟踪)."""
        perform(self.contract().assign_tracker, by=act.by, tracker=tracker)
        return {"tracker": f"u:{tracker.pk}"}

    @act("comparison.closed", source="tracking", target="closed", may=OWNER, label=gettext_noop("Close the comparison"))
    def close(self, act: Act, *, final_price: Decimal, assessment: str) -> dict[str, Any]:
        """Close after acceptance, with the final price and the assessment of the enterprise."""
        perform(self.contract().close, by=act.by, final_price=final_price, assessment=assessment)
        return {"final_price": str(final_price), **self._all_events()}

    @act(
        "comparison.failed",
        source=["qualifying", "drawn"],
        target="failed",
        may=OWNER,
        label=gettext_noop("Declare the comparison failed"),
    )
    def fail(self, act: Act) -> dict[str, Any]:
        """Fail for want of qualified enterprises or of alternates.

        The owner may announce the lot again (招标投标法 28).
        """
        self.failure = self._ground_of_failure()
        announcements.publish(act, self.lot, Kind.FAILURE, {"project": self.lot.project.name, "reason": self.failure})
        act.then(lambda: candidate_list.open_sealed(self.lot, act))
        return {"reason": self.failure, **self._all_events()}

    @property
    def standing_contract(self) -> Contract | None:
        return Contract.objects.standing().filter(lot=self.lot_id).first()

    def contract(self) -> Contract:
        """Return the contract that stands. Raises Contract.DoesNotExist before there is one."""
        return Contract.objects.standing().get(lot=self.lot_id)

    def awards_stand(self) -> bool:
        """Say whether winner or alternate is left."""
        return Award.objects.filter(lot=self.lot_id, lapsed_at=None).exists()

    def _finished_draw(self) -> Draw:
        if self.draw is None or self.draw.state != "drawn":
            raise RuleError(gettext_noop("The draw is not finished."), code="draw_not_finished")
        return self.draw

    def _check_no_objection(self, matter: str) -> None:
        if self.lot.objections.open().filter(matter=matter).exists():
            raise RuleError(
                gettext_noop("An objection waits for its answer."),
                code="objection_open",
                basis="招标投标法实施条例 54",
                next_step=gettext_noop("Answer the objection first."),
            )

    def _ground_of_failure(self) -> str:
        if self.state == "drawn":
            if self.awards_stand():
                raise RuleError(gettext_noop("An award stands."), code="award_stands")
            return "no_alternate_left"
        self._check_settled()
        passed = self.lot.registrations.counted().filter(verdict="pass").count()
        if fixed_price.enough_qualified(passed, self.today()):
            raise RuleError(gettext_noop("Enough enterprises are qualified."), code="enough_qualified")
        return "too_few_qualified"

    def _all_events(self) -> dict[str, Any]:
        return {"events": events.completeness(self.lot.code)}
