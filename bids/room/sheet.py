"""A score sheet (评分表): one member's scores of all bids, a draft until signed, unseen by the others until all have.

A draft is saved as often as the member likes, each time naming the draft that was seen, so that nothing is lost and
nothing overwritten; only the signed sheet is an act (招标投标法实施条例 49; 87号令 55).
"""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.evaluation import figures
from bids.room import computing
from bids.room.member import Member
from bids.room.secret import Secret, check_in_room, members_power
from trading import clock, unguessable
from trading.errors import NotPermitted, RuleError, StaleVersion
from trading.ledger import jcs
from trading.transitions import THE_CLOCK, Act, act

BASIS = "招标投标法 40; 87号令 55, 64"
Scores = Mapping[str, Mapping[str, str]]


class WrongScore(RuleError):
    """A score that no sheet takes; `errors` names bid and part."""

    code = "score_out_of_range"
    basis = "87号令 64(2)"
    next_step = gettext_noop("A score is a decimal number within the range that the method names.")

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(gettext_noop("%(count)s scores cannot be taken."), count=len(wrong))
        self.parts = {place: RuleError(said, code=self.code) for place, said in wrong.items()}


def _own(sheet: Any, person: Any) -> list[Any]:
    member = sheet.member
    mine = person is not None and person.is_authenticated and member.user_id == person.pk
    return [member] if mine and member.state == "sitting" else []


OWN = members_power(_own)


class Sheet(Secret):
    """One member's sheet. `scores`: {bid number: {part: score as text}}; `explanations`: of outliers, alike."""

    noun = "score_sheet"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="sheet")
    scores = models.JSONField(default=dict, editable=False)
    draft = models.PositiveIntegerField(_("Draft"), default=0, editable=False)
    saved_at = models.DateTimeField(_("Saved"), null=True, editable=False)
    signed_at = models.DateTimeField(_("Signed"), null=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    explanations = models.JSONField(default=dict, editable=False)

    def __str__(self) -> str:
        return str(self.member)

    @property
    def evaluation(self) -> Any:
        return self.member.evaluation

    def ledger_lot(self) -> Any:
        return self.evaluation.lot

    @act(
        "score_sheet.laid_out",
        source="",
        target="draft",
        may=THE_CLOCK | OWN,
        label=gettext_noop("Lay out a score sheet"),
    )
    def lay_out(self, act: Act) -> dict[str, Any]:
        """Give the member an empty sheet."""
        return {"seat": self.member.seat.number}

    def save_draft(self, person: Any, *, draft: int, scores: Scores) -> int:
        """Keep a draft and return its number; `draft` is the number that the member saw.

        Raises NotPermitted, WrongScore; StaleVersion where the draft was saved elsewhere; RuleError on a closed sheet.
        """
        if not OWN(self, person):
            raise NotPermitted(gettext_noop("Only its member fills in a sheet."))
        self._check_taken()
        kept = self._checked(scores)
        open_now = Sheet.objects.filter(pk=self.pk, state="draft", draft=draft)
        if not open_now.update(scores=kept, draft=draft + 1, saved_at=clock.now()):
            raise StaleVersion(gettext_noop("This sheet was saved elsewhere since; load it again, then go on."))
        return draft + 1

    @act(
        "score_sheet.signed",
        source="draft",
        target="signed",
        may=OWN,
        label=gettext_noop("Sign the score sheet"),
    )
    def sign(self, act: Act, *, draft: int) -> dict[str, Any]:
        """Sign the sheet that was seen, complete and in range; from now on it is closed (87号令 55, 58)."""
        check_in_room(self.evaluation, act.by)
        self._check_taken()
        if draft != self.draft:
            raise StaleVersion(gettext_noop("This sheet was saved elsewhere since; load it again, then go on."))
        self.scores = self._checked(self.scores, complete=True)
        self.signed_at, self.sha256 = act.at, hashlib.sha256(jcs.encode(self.scores)).hexdigest()
        return {"seat": self.member.seat.number, "sha256": self.sha256}

    @act(
        "score_sheet.explained",
        source="signed",
        target="signed",
        may=OWN,
        label=gettext_noop("Explain a score far from the others"),
    )
    def explain(self, act: Act, *, number: int, part: str, reason: str) -> dict[str, Any]:
        """Explain, once all have signed, a score of one's own that is far from the mean (87号令 64(4))."""
        check_in_room(self.evaluation, act.by)
        if (number, part, self.member.seat.number) not in self.evaluation.outliers():
            raise RuleError(
                gettext_noop("This score needs no explanation."), code="not_an_outlier", basis="87号令 64(4)"
            )
        if not reason.strip():
            raise RuleError(gettext_noop("Say why you score so."), code="reason_missing", basis="87号令 64(4)")
        of_bid = {**self.explanations.get(str(number), {}), part: reason.strip()}
        self.explanations = {**self.explanations, str(number): of_bid}
        return {"seat": self.member.seat.number, "number": number, "part": part, "reason": reason.strip()}

    @act(
        "score_sheet.reopened",
        source="signed",
        target="draft",
        may=THE_CLOCK | OWN,
        label=gettext_noop("Open a signed sheet again"),
    )
    def reopen(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Open the sheet again for one of the four reasons of 87号令 64."""
        self.signed_at, self.sha256 = None, ""
        before = hashlib.sha256(jcs.encode(self.scores)).hexdigest()
        return {"seat": self.member.seat.number, "reason": reason, "sha256": before}

    @act(
        "score_sheet.voided",
        source=["draft", "signed"],
        target="void",
        may=THE_CLOCK | OWN,
        label=gettext_noop("Void the sheet of a member who left"),
    )
    def void(self, act: Act) -> dict[str, Any]:
        """Count nothing of what a replaced member scored (招标投标法实施条例 48)."""
        return {"seat": self.member.seat.number}

    def _check_taken(self) -> None:
        if self.state != "draft" or self.evaluation.state != "scoring":
            raise RuleError(
                gettext_noop("This sheet is closed."),
                code="sheet_closed",
                basis=BASIS,
                next_step=gettext_noop("What was signed changes only for a reason of 87号令 64."),
            )

    def _checked(self, scores: Scores, *, complete: bool = False) -> dict[str, dict[str, str]]:
        """Return the scores; refuse what is out of range or of no effective bid, or where one lacks."""
        numbers = [str(each) for each in self.evaluation.candidates.effective().values_list("number", flat=True)]
        limits = computing.terms_of(self.evaluation.lot).scored
        wrong = {}
        for number, row in scores.items():
            for part, text in row.items():
                if number not in numbers or part not in limits:
                    wrong[f"/scores/{number}/{part}"] = gettext_noop("Nothing is scored here.")
                elif not _fits(text, limits[part]):
                    wrong[f"/scores/{number}/{part}"] = gettext_noop("Out of range.")
        if complete:
            lacking = [(n, part) for n in numbers for part in limits if part not in scores.get(n, {})]
            wrong |= {f"/scores/{n}/{part}": gettext_noop("This score lacks.") for n, part in lacking}
        if wrong:
            raise WrongScore(wrong)
        return {number: dict(row) for number, row in scores.items() if row}


def _fits(text: str, most: Decimal | None) -> bool:
    value = figures.written(text)
    return value is not None and value >= 0 and (most is None or value <= most)
