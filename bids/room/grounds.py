"""On what grounds a bid is rejected (否决投标, 投标无效), coded, with the article. Pure.

A tender knows the seven of 招标投标法实施条例 51, procurement the six of 87号令 63 with those of 37, 59 and 60. Members
find some of them; others follow from what is on record already (`FROM_THE_RECORD`).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from trading.errors import InvalidInput
from trading.text import mark as _

REGULATIONS = "招标投标法实施条例"
ORDER_87 = "政府采购货物和服务招标投标管理办法(财政部令第87号)"
UNQUALIFIED, ABOVE_CEILING, LOW_PRICE, CORRECTION = "unqualified", "above_ceiling", "low_price", "correction_refused"
FROM_THE_RECORD = frozenset({UNQUALIFIED, ABOVE_CEILING, CORRECTION})


class Ground(NamedTuple):
    """One ground: its code, what it says, its article."""

    code: str
    words: str
    basis: str


def _known(law: str, *rows: tuple[str, str, str]) -> dict[str, Ground]:
    return {code: Ground(code, words, f"{law} {article}") for code, words, article in rows}


TENDER = _known(
    REGULATIONS,
    ("unsigned", _("Not sealed by the bidder and signed by its responsible person"), "51(1)"),
    ("no_consortium_agreement", _("The consortium hands in no joint agreement"), "51(2)"),
    (UNQUALIFIED, _("Does not meet the requirements of qualification"), "51(3)"),
    ("two_bids", _("Two or more different bids or prices of one bidder"), "51(4)"),
    (ABOVE_CEILING, _("The price is above the ceiling"), "51(5)"),
    (LOW_PRICE, _("The price is below cost, and not explained"), "51(5)"),
    ("unresponsive", _("No response to an essential requirement"), "51(6)"),
    ("unlawful", _("Collusion, falsification, bribery or another unlawful act"), "51(7)"),
    (CORRECTION, _("The bidder does not confirm the corrected price"), "52"),
)
PROCURED = _known(
    ORDER_87,
    ("no_deposit", _("No bid security as the documents require it"), "63(1)"),
    ("unsigned", _("Not signed and sealed as the documents require it"), "63(2)"),
    (UNQUALIFIED, _("Does not meet the requirements of qualification"), "63(3)"),
    (ABOVE_CEILING, _("The price is above the budget or the ceiling"), "63(4)"),
    ("conditions", _("Conditions that the buyer cannot accept"), "63(5)"),
    ("other", _("Another ground of law or of the documents"), "63(6)"),
    ("unlawful", _("Deemed to collude"), "37"),
    (CORRECTION, _("The bidder does not confirm the corrected price"), "59"),
    (LOW_PRICE, _("The price is abnormally low, and not explained"), "60"),
)
REGIMES: Mapping[str, Mapping[str, Ground]] = MappingProxyType({"tender": TENDER, "procurement": PROCURED})


class WrongGround(InvalidInput):
    """Nobody can find this ground in this regime."""

    code = "unknown_ground"
    next_step = _("Choose one of the listed grounds.")


def found_by_members(regime: str) -> dict[str, Ground]:
    """Return the grounds that a member may find under a regime, `procurement` or `tender`."""
    return {code: ground for code, ground in REGIMES[regime].items() if code not in FROM_THE_RECORD}


def check(codes: Iterable[str], regime: str) -> None:
    """Refuse a ground that members cannot find. Raises WrongGround."""
    known = found_by_members(regime)
    for code in codes:
        if code not in known:
            raise WrongGround(_("%(ground)s is no ground that a member finds."), ground=code) from None


def decided(findings: Iterable[Iterable[str]], members: int) -> list[str]:
    """Return the grounds that more than half of so many members found, by code (87号令 61; 招标投标法实施条例 53)."""
    count: dict[str, int] = {}
    for codes in findings:
        for code in set(codes):
            count[code] = count.get(code, 0) + 1
    return sorted(code for code, votes in count.items() if 2 * votes > members)
