"""Who may pass over a drawn candidate, for which listed reason (ggzy-draw/1, 3.7)."""

from django.utils.translation import gettext_noop

from trading.draws import leaves
from trading.draws.entries import SkipCode
from trading.errors import InvalidInput, NotPermitted
from trading.session_rows import SUPERVISING

BASIS = "ggzy-draw/1, 3.7; 政府采购货物和服务招标投标管理办法(87号令) 14"
ALONE = {SkipCode.REFUSED: "bidder", SkipCode.CONTRACT: "clock"}  # who skips without a supervisor, by the reason
EXPERTS_ALONE = {SkipCode.REFUSED: "expert", SkipCode.UNREACHABLE: "clock"}
OF_EXPERTS = frozenset({SkipCode.REFUSED, SkipCode.UNREACHABLE, SkipCode.INELIGIBLE})


def check(purpose: str, role: str, code: str) -> None:
    """Refuse a reason that is not listed for the draw, and who may not give it without a supervisor.

    An enterprise or an expert declines itself; the clock passes over whoever was not reached, or did not sign, in time.
    Raises InvalidInput, NotPermitted.
    """
    experts = purpose == leaves.PURPOSE
    alone = (EXPERTS_ALONE if experts else ALONE).get(SkipCode(code)) if code in SkipCode.values else None
    if role not in {*SUPERVISING, alone}:
        raise NotPermitted(gettext_noop("A supervisor passes over a drawn candidate for this reason."), basis=BASIS)
    if code not in (OF_EXPERTS if experts else SkipCode.values):
        raise InvalidInput(gettext_noop("Name a listed reason."), code="bad_skip_code")
