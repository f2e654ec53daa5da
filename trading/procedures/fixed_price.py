"""The fixed-price comparison (固定价比选): a reviewed price is fixed, and one of the qualified enterprises is drawn.

Lawful only for works that need no tender (发改法规规〔2022〕1117号 (二)), that are no part of a larger purchase, and
that a dated local rule covers. What a person cannot influence is here: the gate, the price, the grounds for
exclusion, and when discipline inspection is told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trading import money
from trading.errors import InvalidInput, RuleError
from trading.procedures.procedure import Limits, Procedure
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


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why discipline inspection is told about an enterprise."""

    kind: str
    facts: str


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
    AboveCap, NoLegalBasis, ProcurementWithoutBasis.
    """
    if not amount.is_finite() or amount <= 0:
        raise WrongPrice("The amount must be more than zero.")
    whole = sum(siblings, amount)
    tender = threshold(category, on)
    _check_threshold(amount, whole, tender)
    _check_cap(amount, whole, *_lower_cap(PROCEDURE.rule("amount_cap", on), local))
    if local is None and government_funded:
        raise ProcurementWithoutBasis(
            "No local rule in force on %(on)s covers a draw; works bought with budget funds are negotiated.",
            on=on.isoformat(),
        )
    if local is None:
        raise NoLegalBasis(
            "No local rule in force on %(on)s covers a draw of this category and place.", on=on.isoformat()
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


def grounds(
    *,
    barred: bool,
    active_projects: int,
    manager_projects: int,
    days_since_unsigned: int | None,
    shares_person_in_charge: bool,
    limits: Limits,
) -> list[str]:
    """Return what keeps an enterprise out of the draw, in words; nothing if it may take part."""
    unsigned = days_since_unsigned is not None and days_since_unsigned < limits["not_signed_penalty_days"]
    facts = {
        _("barred from tendering"): barred,
        _("too many active projects"): active_projects >= limits["max_active_projects_per_enterprise"],
        _("project manager on another project"): manager_projects >= limits["max_active_per_pm"],
        _("did not sign an earlier drawn contract"): unsigned,
        _("same person in charge as another registrant"): shares_person_in_charge,
    }
    return [ground for ground, holds in facts.items() if holds]


def discipline_triggers(
    *, active_projects: int, milestones_late: int, sign_by: date | None, signed_on: date | None, today: date
) -> tuple[Trigger, ...]:
    """Return why discipline inspection must be told of a drawn enterprise.

    First: as many projects as the limit allows or more, and it cannot keep their progress.
    Second: drawn, and the contract not signed in time.
    """
    most = PROCEDURE.rule("max_active_projects_per_enterprise", today).count
    found: list[Trigger] = []
    if active_projects >= most and milestones_late:
        found.append(Trigger("too_many_projects", f"{active_projects} projects, {milestones_late} milestones late"))
    if sign_by is not None and (signed_on or today) > sign_by:
        found.append(Trigger("unsigned", f"not signed by {sign_by}"))
    return tuple(found)


def holders(names: Iterable[str]) -> frozenset[str]:
    """Return the persons in charge that stand on more than one registration (招标投标法实施条例 34)."""
    counted = Counter(name for name in names if name)
    return frozenset(name for name, times in counted.items() if times > 1)
