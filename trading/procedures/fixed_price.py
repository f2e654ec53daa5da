"""The fixed-price comparison (固定价比选): a reviewed price is fixed, and one of the qualified enterprises is drawn.

Lawful only for works that need no tender (发改法规规〔2022〕1117号 (二)), that are no part of a larger purchase, and
that a dated local rule covers. What a person cannot influence is here: the gate, the price, the numbers. Who is
kept out of it is in `participants`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trading import money
from trading.errors import InvalidInput, RuleError
from trading.procedures.procedure import Procedure
from trading.rules import comparison, table
from trading.rules.laws import NOTICE_1117, ORDER_87, PUYANG, TENDERING
from trading.rules.rule import Rule
from trading.text import mark as _

PROCEDURE = Procedure(
    kind="fixed_price",
    title="Fixed-price comparison",
    title_zh="固定价比选",
    stages=(
        "draw_registered",
        "price_fixed",
        "notice_published",
        "registering",
        "qualifying",
        "list_published",
        "drawing",
        "drawn",
        "publicising",
        "noticed",
        "contracted",
        "tracking",
        "closed",
    ),
    exits=("failed",),
    rules={rule.name: rule.id for rule in comparison.RULES},
)

THRESHOLDS = {"works": "M01", "goods": "M02", "services": "M03"}
LOTTERY_FORBIDDEN = f"{TENDERING.cite('3')}; {NOTICE_1117.cite('(二)')}"
SPLIT_FORBIDDEN = f"{TENDERING.cite('4')}; {PUYANG.cite('23')}; 宁波市公共资源交易管理条例 19"
DISCOUNT_DECIMALS = 6
SUPERVISORS = frozenset({"site_supervisor", "sector_regulator", "discipline"})
WITNESSES = SUPERVISORS | {"owner", "notary"}


class MustBeTendered(RuleError):
    """At or above the threshold a project is tendered, and nobody is drawn by lot."""

    code = "must_be_tendered"
    next_step = _("Register the project for an open tender.")


class SplitProject(RuleError):
    """The parts of one project count together."""

    code = "split_project"
    basis = SPLIT_FORBIDDEN
    next_step = _("Register the purchases of the project together.")


class AboveCap(RuleError):
    """The price is above what a comparison may award."""

    code = "above_cap"
    next_step = _("Register the project for a tender, or for the procurement method that fits it.")


class BelowFloor(RuleError):
    """The price is below what a comparison is for."""

    code = "below_floor"
    next_step = _("Buy it by the rules for small purchases.")


class NoticesUsed(RuleError):
    """The comparison has been announced as often as the rule allows."""

    code = "re_notices_used"
    next_step = _("Ask the regulator to approve another way of awarding the works.")


class NoLegalBasis(RuleError):
    """No dated local rule covers the draw."""

    code = "no_legal_basis"
    basis = "发改法规规〔2022〕1117号 (二)"
    next_step = _("The regulator enters the local rule with document no., validity, cap and scope.")


class ProcurementWithoutBasis(NoLegalBasis):
    """Government procurement of works knows no draw of the winner."""

    code = "procurement_without_basis"
    basis = "政府采购法实施条例 7, 25"
    next_step = _("Use competitive negotiation or single source, or enter the local rule that covers the draw.")


class WrongPrice(InvalidInput):
    """The price or discount cannot be the basis of a fixed price."""

    code = "price_wrong"


class TooFewQualified(RuleError):
    """Fewer qualified enterprises than a draw needs."""

    code = "too_few_qualified"
    next_step = _("Declare the comparison failed and publish the notice again.")


class WitnessesMissing(RuleError):
    """A draw is seen by its owner and by a supervisor."""

    code = "witnesses_missing"
    next_step = _("Wait until the owner and a supervisor have signed in.")


@dataclass(frozen=True, slots=True)
class LocalRule:
    """The local rule a draw relies on: its document and its own cap."""

    document_no: str
    cap: Decimal


def threshold(category: str, on: date) -> Rule:
    """Return the threshold of mandatory tendering of the category on the day. Raises NotInForce."""
    return table.find(THRESHOLDS[category], on)


def gate(
    amount: Decimal,
    *,
    category: str,
    on: date,
    government_funded: bool,
    local: LocalRule | None,
    siblings: Sequence[Decimal] = (),
) -> None:
    """Refuse a comparison that the law does not allow.

    `siblings` are the other purchases of the project, `local` the local rule in force that covers category, region
    and day. Of its cap and the general one the lower counts. Raises WrongPrice, MustBeTendered, SplitProject,
    AboveCap, BelowFloor, NoLegalBasis, ProcurementWithoutBasis.
    """
    if not amount.is_finite() or amount <= 0:
        raise WrongPrice("The amount must be more than zero.")
    whole = sum(siblings, amount)
    tender = threshold(category, on)
    _check_threshold(amount, whole, tender)
    _check_cap(amount, whole, *_lower_cap(PROCEDURE.rule("amount_cap", on), local))
    check_basis(local, on=on, government_funded=government_funded)
    _check_floor(amount, PROCEDURE.rule("amount_floor", on))


def check_basis(local: LocalRule | None, *, on: date, government_funded: bool) -> None:
    """Refuse a comparison that no local rule covers on the day. Raises NoLegalBasis, ProcurementWithoutBasis."""
    if local is None and government_funded:
        raise ProcurementWithoutBasis(
            "No local rule in force on %(on)s covers a draw; works bought with budget funds are negotiated.",
            on=on.isoformat(),
        )
    if local is None:
        raise NoLegalBasis(
            "No local rule in force on %(on)s covers a draw of this category and place.", on=on.isoformat()
        )


def check_notices(earlier: int, on: date) -> None:
    """Refuse to announce again what was announced in vain as often as F13 allows. Raises NoticesUsed."""
    rule = PROCEDURE.rule("re_notices", on)
    if earlier > rule.count:
        raise NoticesUsed(
            "The works were announced %(times)s times; %(most)s repetition is allowed.",
            basis=rule.basis,
            times=earlier,
            most=rule.count,
        )


def _check_floor(amount: Decimal, floor: Rule) -> None:
    if amount < floor.yuan:
        raise BelowFloor(
            "%(amount)s yuan are below %(floor)s, from which a comparison is used.",
            basis=floor.basis,
            amount=str(amount),
            floor=str(floor.yuan),
        )


def _lower_cap(general: Rule, local: LocalRule | None) -> tuple[Decimal, str]:
    """Return the cap that counts, and what sets it."""
    if local is not None and local.cap < general.yuan:
        return local.cap, local.document_no
    return general.yuan, general.basis


def _check_cap(amount: Decimal, whole: Decimal, most: Decimal, basis: str) -> None:
    if amount > most:
        raise AboveCap("%(amount)s yuan are above the cap of %(cap)s.", basis=basis, amount=str(amount), cap=str(most))
    if whole > most:
        raise SplitProject(
            "The purchases of the project come to %(whole)s yuan, above the cap of %(cap)s.",
            basis=f"{basis}; {SPLIT_FORBIDDEN}",
            whole=str(whole),
            cap=str(most),
        )


def _check_threshold(amount: Decimal, whole: Decimal, tender: Rule) -> None:
    least = tender.yuan
    if amount >= least:
        raise MustBeTendered(
            "%(amount)s yuan reach the threshold of %(threshold)s from which a tender is mandatory; no draw by lot.",
            basis=f"{tender.basis}; {LOTTERY_FORBIDDEN}",
            amount=str(amount),
            threshold=str(least),
        )
    if whole >= least:
        raise SplitProject(
            "The purchases of the project come to %(whole)s yuan together and reach the threshold of %(threshold)s.",
            basis=f"{tender.basis}; {SPLIT_FORBIDDEN}",
            whole=str(whole),
            threshold=str(least),
        )


def fixed_price(reviewed: Decimal, discount: Decimal) -> Decimal:
    """Return reviewed control price × (1 - discount), half up to the cent.

    The price has cents at most, the discount is from 0 to below 1 with at most six decimals. Raises WrongPrice.
    """
    if not reviewed.is_finite() or not 0 < reviewed <= money.LARGEST or reviewed != money.to_cent(reviewed):
        raise WrongPrice("The reviewed price must be more than zero, in yuan and cents.")
    if not discount.is_finite() or not 0 <= discount < 1 or discount != round(discount, DISCOUNT_DECIMALS):
        raise WrongPrice("The discount must be at least 0 and less than 1, with at most six decimals.")
    price = money.to_cent(reviewed * (1 - discount))
    if price <= 0:
        raise WrongPrice("The fixed price must be more than zero.")
    return price


def enough_qualified(number: int, on: date) -> bool:
    """Return whether so many qualified enterprises suffice for a draw."""
    return number >= PROCEDURE.rule("min_qualified", on).count


def check_qualified(number: int, on: date) -> None:
    """Refuse a draw among fewer than the minimum. Raises TooFewQualified."""
    if not enough_qualified(number, on):
        rule = PROCEDURE.rule("min_qualified", on)
        raise TooFewQualified(
            "%(have)s of %(need)s qualified enterprises.", basis=rule.basis, have=number, need=rule.count
        )


def check_witnesses(roles: Iterable[str], on: date) -> None:
    """Refuse a draw that is not seen by the owner and a supervisor; `roles` of everybody present.

    Raises WitnessesMissing.
    """
    present = [str(role) for role in roles if role in WITNESSES]
    rule = PROCEDURE.rule("witnesses", on)
    if "owner" not in present or not SUPERVISORS & set(present) or len(present) < rule.count:
        raise WitnessesMissing(
            "A draw needs %(need)s witnesses, the owner and a supervisor among them; %(have)s are present.",
            basis=f"{rule.basis}; {ORDER_87.cite('14')}",
            need=rule.count,
            have=len(present),
        )
