"""What each kind of notice must say (domain.md, 7). Pure."""

from dataclasses import dataclass
from datetime import date

from trading import limits
from trading.errors import RuleError
from trading.rules.workdays import Calendar
from trading.text import mark as _

BY_HAND = frozenset({"other"})  # every other kind belongs to a step of a procedure
FREE = frozenset({"contact", "objection_channel"})  # texts that bind nobody
MAY_BE_EMPTY = frozenset({"alternates"})  # after the last alternate nobody follows; the item says so


@dataclass(frozen=True, slots=True)
class Terms:
    """The items of a notice that bind who takes part: they change only with the rule's whole period ahead.

    `until` names the item that ends the period.
    """

    names: frozenset[str]
    rule: str
    until: str


TERMS = {"draw": Terms(frozenset({"scope", "qualification"}), "F01", "registration_until")}
ANSWERING = {kind: terms.names | FREE - {"contact"} for kind, terms in TERMS.items()}  # what meets an upheld objection
PERIODS = {"draw_result": "F03", "candidates": "T12", "procurement": "G02", "procured": "G13"}
CANDIDATE = ("rank", "name", "price")  # of every candidate; quality, duration and manager where the bid names them
COMMON = ("project", "scope")
CONTENT: dict[str, tuple[str, ...]] = {
    "draw": (
        "project",
        "scope",
        "funding",
        "fixed_price",
        "qualification",
        "registration_from",
        "registration_until",
        "participant_notice",
        "draw_at",
        "draw_place",
        "legal_basis",
        "owner",
        "contact",
        "objection_channel",
    ),
    "draw_list": ("project", "fixed_price", "enterprises", "list_sha256", "draw_at", "draw_place", "objection_channel"),
    "draw_result": (
        "project",
        "fixed_price",
        "winner",
        "alternates",
        "draw_id",
        "seed",
        "list_sha256",
        "objection_channel",
    ),
    "failure": ("project", "reason"),
    "contract": ("project", "winner", "contract_price", "signed_on"),
    "tender": (*COMMON, "funding", "qualification", "documents", "deadline", "contact"),
    "procurement": (*COMMON, "budget", "qualification", "documents", "deadline", "contact"),
    "prequalification": (*COMMON, "funding", "requirements", "documents", "deadline", "contact"),
    "candidates": ("project", "candidates", "evaluation", "qualification", "objection_channel"),
    "result": ("project", "winner", "amount"),
    "procured": (
        "project",
        "owner",
        "winner",
        "winner_address",
        "amount",
        "main_items",
        "period",
        "experts",
        "contact",
    ),
    "change": ("project", "changes"),
    "other": ("project",),
}


def missing(kind: str, content: dict[str, object]) -> list[str]:
    """Return the items that a notice of `kind` must carry and does not, in the order of the list."""
    gaps = [item for item in CONTENT[kind] if not _is_there(item, content.get(item))]
    rows = content.get("candidates") if kind == "candidates" else None
    listed = enumerate(rows if isinstance(rows, list) else [], 1)
    return gaps + [f"candidates {n}: {item}" for n, row in listed for item in CANDIDATE if not row.get(item)]


def check_period(kind: str, *, start: date, last: date | None, calendar: Calendar) -> None:
    """Refuse a notice whose period, from its first day to its whole last day, is shorter than the law asks.

    Raises RuleError, LimitNotMet, LimitUncertain.
    """
    if last is None:
        raise RuleError(
            _("This notice is published for a period; say until when."),
            code="period_missing",
            basis="招标投标法实施条例 54; 政府采购货物和服务招标投标管理办法(87号令) 16",
            next_step=_("Choose a date that keeps the limit."),
        )
    limits.require(PERIODS[kind], start=start, end=last, calendar=calendar)


def _is_there(item: str, value: object) -> bool:
    return value not in (None, "", [], {}) or (item in MAY_BE_EMPTY and value == [])


def corrected(now: dict[str, object], new: dict[str, object]) -> set[str]:
    """Return the items that differ in substance, white space apart.

    Raises RuleError: nothing_corrected, for a version that says the same corrects nothing.
    """
    differing = {name for name in {*now, *new} if _substance(now.get(name)) != _substance(new.get(name))}
    if not differing:
        raise RuleError(
            _("The corrected notice says the same as the one that stands."),
            code="nothing_corrected",
            basis="招标投标法实施条例 21, 22",
            next_step=_("Change what is wrong, then publish the correction."),
        )
    return differing


def _substance(value: object) -> object:
    return "".join(value.split()) if isinstance(value, str) else value
