"""Why a tender ends without an award, and when each reason may be given."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.procedures import TENDERS


class Failure(models.TextChoices):
    """Why a tender ends without an award (招标投标法 28, 42; 招标投标法实施条例 19, 44; 政府采购法 36)."""

    TOO_FEW_PREQUALIFIED = "too_few_prequalified", _("Fewer than three applicants were prequalified")
    TOO_FEW_BIDDERS = "too_few_bidders", _("Fewer than three bids")
    TOO_FEW_QUALIFIED = "too_few_qualified", _("Fewer than three bidders are qualified")
    ALL_REJECTED = "all_rejected", _("Every bid was rejected")
    NO_COMPETITION = "no_competition", _("Too few effective bids for competition")
    DOCUMENTS_DEFECTIVE = "documents_defective", _("The documents are too defective to evaluate by")
    OVER_BUDGET = "over_budget", _("Every price is above the budget")
    UNLAWFUL = "unlawful", _("Unlawful acts that affect fairness")
    MAJOR_CHANGE = "major_change", _("A major change ended the task")
    CANDIDATES_GONE = "candidates_gone", _("The candidates gave way, or none is left")
    AWARD_VOID = "award_void", _("The award was set aside")


WORDS = {
    Failure.TOO_FEW_PREQUALIFIED: "通过资格预审的申请人少于三个",
    Failure.TOO_FEW_BIDDERS: "投标人少于三个",
    Failure.TOO_FEW_QUALIFIED: "资格审查合格的投标人不足三家",
    Failure.ALL_REJECTED: "所有投标被否决",
    Failure.NO_COMPETITION: "有效投标不足，明显缺乏竞争",
    Failure.DOCUMENTS_DEFECTIVE: "招标文件存在重大缺陷，评标工作无法进行",
    Failure.OVER_BUDGET: "投标报价均超过采购预算",
    Failure.UNLAWFUL: "出现影响公正的违法、违规行为",
    Failure.MAJOR_CHANGE: "因重大变故，任务取消",
    Failure.CANDIDATES_GONE: "中标候选人不符合中标条件，依法重新招标",
    Failure.AWARD_VOID: "中标结果被依法认定无效，重新开展采购活动",
}
BY_THE_OWNER = frozenset({Failure.UNLAWFUL, Failure.MAJOR_CHANGE})  # what only the tenderer says, until bids are in
BY_THE_AWARD = frozenset({Failure.CANDIDATES_GONE, Failure.AWARD_VOID})  # what only the award's own end says
AFTER_DEADLINE = frozenset(set(Failure) - BY_THE_OWNER - {Failure.TOO_FEW_PREQUALIFIED})


def told(tender: Any) -> dict[str, str]:
    """Return what the failure notice says."""
    words = {"reason": WORDS[Failure(tender.failure)], "code": tender.failure}
    return {"project": tender.lot.project.name, "lot": tender.lot.code, **words}


def check(tender: Any, *, by_hand: bool) -> None:
    """Refuse a reason that nobody can know yet, or that does not fit the tender (招标投标法 22, 28).

    `by_hand` says that a person declares it, and not the platform at the opening.
    """
    if tender.failure in AFTER_DEADLINE and tender.lot.now() < tender.deadline:
        raise RuleError(
            gettext_noop("Before the deadline nobody knows who bids; this reason comes after it."),
            code="failure_too_early",
            basis="招标投标法 22, 28",
            next_step=gettext_noop("Wait for the opening."),
        )
    if by_hand and tender.lot.has_bids_in():
        _check_after_deadline(tender)
    if tender.failure == Failure.TOO_FEW_BIDDERS and by_hand:
        raise RuleError(
            gettext_noop("The opening itself finds that there are too few bids."),
            code="opening_decides",
            basis=TENDERS[tender.lot.kind].rule("min_bidders", tender.today()).basis,
        )
    if tender.failure == Failure.TOO_FEW_PREQUALIFIED and not tender.prequalified:
        raise RuleError(
            gettext_noop("This tender examines qualification after the opening."),
            code="not_prequalified",
            basis="招标投标法实施条例 19",
        )


def _check_after_deadline(tender: Any) -> None:
    """Let nobody end a tender because the bids do not please (招标投标法 34, 36; 政府采购法 36)."""
    if tender.failure in BY_THE_OWNER:
        raise RuleError(
            gettext_noop("The bids are in; for this reason only the sector regulator ends the lot, on evidence."),
            code="regulator_terminates",
            basis="招标投标法 36; 招标投标法实施条例 55; 政府采购法 36",
            next_step=gettext_noop("Give the regulator the evidence; it terminates the lot."),
        )
    if tender.failure in BY_THE_AWARD or tender.lot.award is not None:
        raise RuleError(
            gettext_noop("The evaluation is over; the award goes its way, and ends the tender if it must."),
            code="award_decides",
            basis="招标投标法实施条例 55; 政府采购法 36",
            next_step=gettext_noop("Pass over candidates with their reasons; then end the award."),
        )
    opening = getattr(tender.lot, "opening", None)
    if opening is not None and opening.state in {"scheduled", "closed", "decrypting"}:
        raise RuleError(
            gettext_noop("The deadline has passed; the opening goes its way first."),
            code="opening_under_way",
            basis="招标投标法 34, 36",
            next_step=gettext_noop("Wait until the bids have been read out."),
        )
