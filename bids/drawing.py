"""The fixed-price comparison (固定价比选), its middle: the public draw, its result, the publicity and the notice.

One machine in three files: `Preparation` comes before, `Comparison` goes on to the contract (domain.md 2.3, rows 7 to
10).
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from bids import announcements, candidate_list
from bids.award import Award
from bids.preparation import OWNER, Preparation
from trading import clock, holiday_notice, limits
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import events
from trading.notice import Kind
from trading.objection import Matter
from trading.party import Role, anywhere
from trading.procedures import fixed_price
from trading.session import Session
from trading.transitions import Act, act, perform

SUPERVISOR = anywhere(Role.SITE_SUPERVISOR)
CENTRE = anywhere(Role.CENTRE_STAFF)
OBJECTABLE: dict[str, frozenset[str]] = {
    Matter.NOTICE: frozenset({"notice_published", "registering", "qualifying"}),
    Matter.LIST: frozenset({"list_published"}),
}


class Drawing(Preparation):
    """A comparison from its list to the notice of award; `Comparison` goes on from there."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, null=True, editable=False, related_name="comparison")

    class Meta(Preparation.Meta):
        abstract = True

    @act(
        "comparison.list_reopened",
        source="list_published",
        target="qualifying",
        may=SUPERVISOR,
        label=gettext_noop("Reopen the list"),
    )
    def reopen_list(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Examine again, before the draw, where an objection to the list was upheld; its second version carries it out.

        Source: 招标投标法实施条例 54.
        """
        self.lot.objections.check_answered(Matter.LIST)
        if not self.lot.objections.upheld(Matter.LIST).exists():
            raise RuleError(
                gettext_noop("No objection to the list has been upheld."),
                code="no_upheld_objection",
                basis="招标投标法实施条例 54",
                next_step=gettext_noop("The owner answers the objection first."),
            )
        act.then(lambda: perform(self.lot.qualification.reopen, by=act.by, reason=reason))
        return {"reason": reason}

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
        self._check_basis()
        self.lot.objections.check_settled(Matter.NOTICE)
        self.lot.objections.check_settled(Matter.LIST)
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
        award = Award.objects.current(self.lot)
        award.objections().check_settled(Matter.RESULT)
        if award.public_until is None or self.today() <= award.public_until:
            raise RuleError(
                gettext_noop("The publicity runs until the end of %(until)s."),
                code="publicity_running",
                basis="招标投标法实施条例 54",
                until=str(award.public_until),
            )
        self._check_publicity_stood(award)
        award.check_grounds()
        sign_by = limits.due("F04", self.today(), calendar=holiday_notice.calendar())
        award.noticed_at, award.sign_by = self.lot.now(), sign_by.day
        award.save()
        return {**award.facts(), "sign_by": sign_by.day.isoformat(), "calendar": sign_by.calendar}

    def _check_publicity_stood(self, award: Award) -> None:
        published = self.lot.notices.filter(kind=Kind.DRAW_RESULT).order_by("pk").last()
        since = award.publicised_at
        if published is None or since is None or published.state != "published" or published.published_at < since:
            raise RuleError(
                gettext_noop("The result's notice does not stand: nobody could read it to the end of its publicity."),
                code="publicity_withdrawn",
                basis="招标投标法实施条例 54",
                next_step=gettext_noop("Report it to the sector regulator."),
            )

    def takes_objections(self, matter: str, moment: datetime) -> bool:
        """Say whether notice, list or result is open to objections at a moment of the lot's clock.

        The notice is until the first list, the list until the draw, the result until its publicity ends.
        Source: 招标投标法实施条例 22, 54.
        """
        if matter == Matter.RESULT:
            award = Award.objects.filter(lot=self.lot_id, lapsed_at=None).order_by("rank").first()
            until = award.public_until if award and self.state == "publicising" else None
            return until is not None and clock.local_date(moment) <= until
        past = matter == Matter.NOTICE and candidate_list.is_published(self.lot)
        return self.state in OBJECTABLE[matter] and not past

    def _finished_draw(self) -> Draw:
        if self.draw is None or self.draw.state != "drawn":
            raise RuleError(gettext_noop("The draw is not finished."), code="draw_not_finished")
        return self.draw

    def _all_events(self) -> dict[str, Any]:
        return {"events": events.completeness(self.lot.code)}
