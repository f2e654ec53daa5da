"""The words of an evaluation in its hall; its pages lend them to the hall's transcript."""

from django.utils.translation import gettext_lazy as _

from trading.spoken import Words

KINDS: Words = {
    "evaluation.examination_begun": _("The examination of the bids begins"),
    "evaluation.examined": _("The bids are examined"),
    "evaluation.summed": _("All sheets are signed and summed up"),
    "evaluation.reported": _("The report is written"),
    "evaluation.signed": _("The report is signed"),
    "evaluation.failed": _("The evaluation failed"),
}
FACTS: Words = {"effective": _("Effective bids")}
