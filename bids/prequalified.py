"""Who may bid where qualification was examined before: those who passed, as they were composed then."""

from collections.abc import Collection

from django.utils.translation import gettext_noop

from bids.examination import Examination, Stage
from bids.registration import Verdict
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation

BASIS = "招标投标法实施条例 19, 37"


def may_bid(lot: Lot, organisation: Organisation, partners: Collection[str] | None = None) -> None:
    """Refuse a bid of one who was not prequalified, or whose consortium has changed since. Raises RuleError.

    `partners` are the codes of the consortium's other members; None while they are sealed with the bid. It reads the
    asker's own result alone, so a refusal tells nothing of others (招标投标法 22; 招标投标法实施条例 19, 37).
    """
    if not lot.tender.prequalified:
        return
    passed = Examination.objects.filter(
        lot=lot, stage=Stage.PRE, review__state="settled", organisation=organisation, verdict=Verdict.PASS
    ).first()
    if passed is None:
        raise RuleError(
            gettext_noop("Only who passed the prequalification may bid for this lot."),
            code="not_prequalified",
            basis=BASIS,
            next_step=gettext_noop("Your own result with its reasons stands under “My work”."),
        )
    if partners is not None and {one["uscc"] for one in passed.partners} != set(partners):
        raise RuleError(
            gettext_noop("The consortium must be composed as it was when it was prequalified."),
            code="consortium_changed",
            basis=BASIS,
            next_step=gettext_noop("Bid with the members that the application named."),
        )
