"""Objections at the opening (开标异议): raised and answered on the spot, on the record (招标投标法实施条例 44)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.decrypting import BIDS_HERE, own_rows
from bids.opening import BASIS, Opening
from trading.errors import RuleError
from trading.party import Role, within
from trading.transitions import Act, Machine, Power, act

MOST = 3  # of one bidder at one opening: who objects without end would keep the record from being signed
UNDER_WAY = frozenset({"decrypting", "read_out"})
HOST = within(Role.OWNER, lambda objection: objection.opening.lot.project.owner_id) | within(
    Role.AGENCY, lambda objection: objection.opening.lot.project.agency_id
)


class OpeningObjection(Machine):
    """An objection raised at the opening, and the answer given on the spot (招标投标法实施条例 44)."""

    noun = "opening_objection"
    opening = models.ForeignKey(Opening, verbose_name=_("Opening"), on_delete=models.PROTECT, related_name="objections")
    number = models.PositiveIntegerField(_("Bid number"), editable=False)
    text = models.CharField(_("Objection"), max_length=500)
    answer_text = models.CharField(_("Answer"), max_length=500, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:40]

    def ledger_lot(self) -> Any:
        return self.opening.lot

    @act(
        "opening_objection.raised",
        source="",
        target="raised",
        may=Power(Role.BIDDER, lambda objection, person: BIDS_HERE(objection.opening, person)),
        label=gettext_noop("Object at the opening"),
    )
    def raise_(self, act: Act) -> dict[str, Any]:
        """Object on the spot, as a bidder, before the record is signed; the next objection follows the answer."""
        self.number = own_rows(self.opening, act.by)[0].number
        self._check_room()
        facts = {"number": self.number, "text": self.text}
        act.say(self.opening.session.transcript_id, "opening_objection.raised", facts)
        return facts

    @act(
        "opening_objection.answered",
        source="raised",
        target="answered",
        may=HOST,
        label=gettext_noop("Answer the objection on the spot"),
    )
    def answer(self, act: Act, *, text: str) -> dict[str, Any]:
        """Answer at once; both go into the record."""
        self.opening.session.check_open()
        self.answer_text, self.answered_at = text, act.at
        facts = {"number": self.number, "text": text}
        act.say(self.opening.session.transcript_id, "opening_objection.answered", facts)
        return facts

    def _check_room(self) -> None:
        """Refuse an objection outside the opening or in a pause, to a signed record, or beside one that waits."""
        if self.opening.state not in UNDER_WAY:
            raise RuleError(gettext_noop("The opening is not under way."), code="opening_not_under_way", basis=BASIS)
        self.opening.session.check_open()
        if self.opening.is_signed():
            raise RuleError(
                gettext_noop("Host and supervisor have signed the record; nobody objects on the spot any more."),
                code="record_signed",
                basis="招标投标法实施条例 44; 87号令 42",
                next_step=gettext_noop(
                    "What was objected to on the spot is in the record; the sector regulator takes complaints."
                ),
            )
        if waits_for_answer(self.opening, self.number):
            raise RuleError(
                gettext_noop("Your objection before waits for its answer."),
                code="objection_waits",
                basis=BASIS,
                next_step=gettext_noop("It is answered on the spot; then object again if need be."),
            )
        if has_said_all(self.opening, self.number):
            raise RuleError(
                gettext_noop("You have objected %(most)s times at this opening; nobody objects more often."),
                code="objections_enough",
                basis="招标投标法实施条例 44, 60",
                next_step=gettext_noop("All of it is in the record; the sector regulator takes complaints."),
                most=MOST,
            )


def waits_for_answer(opening: Opening, number: int) -> bool:
    """Say whether the bidder of this number has an objection that was not answered yet."""
    return opening.objections.filter(number=number, state="raised").exists()


def has_said_all(opening: Opening, number: int) -> bool:
    """Say whether the bidder of this number has objected as often as anybody may at one opening."""
    return opening.objections.filter(number=number).count() >= MOST


def has_room(opening: Opening, person: Any) -> bool:
    """Say whether the person, a bidder here, can object now."""
    rows = own_rows(opening, person) if opening.state in UNDER_WAY and not opening.is_signed() else []
    if not rows:
        return False
    return not (waits_for_answer(opening, rows[0].number) or has_said_all(opening, rows[0].number))
