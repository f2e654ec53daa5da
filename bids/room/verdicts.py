"""What becomes of a bid in the examination: from the members' findings and from what is on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from bids.room import grounds
from bids.room.inquiry import About
from bids.room.ranking import Candidate
from trading.errors import RuleError

RELATED = ("checks", "corrections", "inquiries")
FINDING = "招标投标法实施条例 51, 53; 87号令 50, 61, 63"


@dataclass(frozen=True)
class Case:
    """What the bids are held against: the law, the ceiling in yuan, who decides, who failed the qualification."""

    regime: str
    ceiling: Decimal | None
    members: Collection[int]
    failed: Collection[int]
    now: datetime


def reasons(row: Candidate, case: Case) -> list[dict[str, Any]]:
    """Return why a bid is rejected, each ground with its article and the seats that found it; empty: it is effective.

    Raises RuleError: answers_open, correction_due, findings_incomplete, low_price_not_asked.
    """
    if row.opened.bid.organisation_id in case.failed:
        return [_reason(grounds.UNQUALIFIED, case)]
    _check_answered(row, case.now)
    found = _from_record(row, case)
    if found:
        return found
    checks = [one for one in row.checks.all() if one.member_id in case.members and one.at >= last_answer(row)]
    if len(checks) < len(case.members):
        raise RuleError(
            gettext_noop("On bid %(number)s only %(have)s of %(need)s members have recorded what they find."),
            code="findings_incomplete",
            basis=FINDING,
            next_step=gettext_noop("Each member records a finding on every bid; after an answer, once more."),
            number=row.number,
            have=len(checks),
            need=len(case.members),
        )
    decided = grounds.decided([one.grounds for one in checks], len(case.members))
    if grounds.LOW_PRICE in decided and not asked_about_price(row):
        raise RuleError(
            gettext_noop("The bidder of bid %(number)s has not been asked to explain its price."),
            code="low_price_not_asked",
            basis=grounds.REGIMES[case.regime][grounds.LOW_PRICE].basis,
            next_step=gettext_noop("Ask first; a price is rejected only after its bidder could explain it."),
            number=row.number,
        )
    return [_reason(code, case, [one.grounds[code] for one in checks if code in one.grounds]) for code in decided]


def last_answer(row: Candidate) -> datetime:
    """Return when the bidder last answered: a finding from before does not count any more."""
    answers = [one.answered_at for one in (*row.inquiries.all(), *row.corrections.all()) if one.answered_at]
    return max(answers, default=row.evaluation.created_at)


def asked_about_price(row: Candidate) -> bool:
    """Say whether the bidder was asked to explain its price (87号令 60)."""
    return any(one.about == About.LOW_PRICE for one in row.inquiries.all())


def _from_record(row: Candidate, case: Case) -> list[dict[str, Any]]:
    corrections = list(row.corrections.all())
    price = corrections[-1].price if corrections else row.price
    if case.ceiling is not None and price is not None and price > case.ceiling:
        return [_reason(grounds.ABOVE_CEILING, case, [f"{price} > {case.ceiling}"])]
    if any(one.state != "confirmed" for one in corrections):
        return [_reason(grounds.CORRECTION, case)]
    if "words_differ" in row.opened.findings and not corrections:
        raise RuleError(
            gettext_noop("On bid %(number)s words and figures differ; the price is corrected first."),
            code="correction_due",
            basis="87号令 59; 评标委员会和评标方法暂行规定 19",
            next_step=gettext_noop("Record the correction; the bidder confirms it, or the bid is invalid."),
            number=row.number,
        )
    return []


def _check_answered(row: Candidate, now: datetime) -> None:
    waiting: list[Any] = [one for one in row.inquiries.all() if one.state == "asked"]
    waiting += [one for one in row.corrections.all() if one.state == "proposed" and not one.is_above_ceiling]
    if any(now < one.answer_by for one in waiting):
        raise RuleError(
            gettext_noop("The bidder of bid %(number)s still has time to answer."),
            code="answers_open",
            basis="87号令 51, 59, 60; 招标投标法实施条例 52",
            next_step=gettext_noop("Wait for the answer, or until its time is over."),
            number=row.number,
        )


def _reason(code: str, case: Case, said: Collection[str] = ()) -> dict[str, Any]:
    ground = grounds.REGIMES[case.regime][code]
    return {"ground": code, "words": ground.words, "basis": ground.basis, "said": sorted(set(said))}
