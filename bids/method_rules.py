"""Which evaluation method is lawful for a lot, and what may be drawn of it. Pure.

A method is stated as the document of `manage.py evaluate` without its bids; the same strict reading judges it.
Source: 招标投标法 40, 41; 招标投标法实施条例 27; 财政部令第87号 12, 53-57; 财库〔2020〕46号 9.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bids.evaluation.benchmarks import RULES
from bids.evaluation.document import Document
from bids.evaluation.methods import METHODS
from bids.evaluation.reading import VERSION, read_terms
from bids.evaluation.reading.place import Faulty
from bids.method_words import percent
from trading.errors import InvalidInput, RuleError
from trading.rules import engine, table
from trading.rules.laws import ORDER_87, TENDERING, TENDERING_REGULATIONS
from trading.text import mark as _

Terms = Mapping[str, Any]
TENDER, PROCUREMENT = "public_tender", "government_open_tender"
ALLOWED: Mapping[str, tuple[str, ...]] = {
    TENDER: ("comprehensive_scoring", "lowest_evaluated_tender", "benchmark"),
    PROCUREMENT: ("comprehensive_scoring", "lowest_evaluated_price"),
}
BASIS = {
    TENDER: f"{TENDERING.cite('40, 41')}; 评标委员会和评标方法暂行规定 29",
    PROCUREMENT: ORDER_87.cite("53, 54, 55"),
}
FLOORS = frozenset({"floor_price", "least_price", "lowest_price", "min_price", "minimum_price"})
FLOOR_BASIS = f"{TENDERING_REGULATIONS.cite('27')}; {ORDER_87.cite('12')}"
STATED = f"{TENDERING.cite('19')}; {ORDER_87.cite('20')}"
WEIGHT_RULES = {"goods": "Q11", "services": "Q11.services"}
DEDUCTION_RULES = {"works": ("Q12.works", "Q12.consortium_works")}
WHEN = ("before_reading", "after_reading")
HUNDRED = Fraction(100)
MOST_VALUES = 1000
LONGEST_VALUE = 20


@dataclass(frozen=True, slots=True)
class Case:
    """What the law looks at: the lot's code, kind and category, its ceiling in yuan, the day."""

    lot: str
    kind: str
    category: str
    ceiling: Decimal | None
    on: date


def stated(case: Case, terms: Terms) -> dict[str, Any]:
    """Return the whole document of a method but its bids; the ceiling is the tender's."""
    money = {} if case.ceiling is None else {"ceiling": str(case.ceiling)}
    return {"v": VERSION, "lot": case.lot, **terms, **money}


def check(case: Case, terms: Terms, drawn: Mapping[str, Any]) -> Document:
    """Return the method as it is read, the first value of each drawn parameter in its place.

    Raises RuleError: method_not_allowed, floor_price_forbidden, weights_not_100, price_weight_too_low,
    deduction_out_of_range, tie_not_lawful, parameter_not_drawable; InvalidInput: method_unreadable.
    """
    check_no_floor(terms)
    method = str(terms.get("method"))
    if method in METHODS and method not in ALLOWED[case.kind]:
        raise RuleError(
            _("%(method)s is no method for a lot of this kind."),
            code="method_not_allowed",
            basis=BASIS[case.kind],
            next_step=_("Choose one of the methods that the form offers for this procedure."),
            method=METHODS[method].en,
        )
    _check_drawn(terms, drawn)
    document, *_others = [read(stated(case, filled)) for filled in variants(terms, drawn)]
    _check_weights(document)
    if case.kind == PROCUREMENT:
        _check_procurement(case, document)
    return document


def check_no_floor(terms: Terms) -> None:
    """Refuse a least price, wherever it stands (招标投标法实施条例 27; 87号令 12)."""
    inner = terms.get("benchmark")
    names = {*terms, *(inner if isinstance(inner, Mapping) else ())}
    if found := sorted(FLOORS & {str(name).lower() for name in names}):
        raise RuleError(
            _("A least price is forbidden: %(names)s."),
            code="floor_price_forbidden",
            basis=FLOOR_BASIS,
            next_step=_("Leave it out; a price that looks too low is explained by its bidder."),
            names=", ".join(found),
        )


def variants(terms: Terms, drawn: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the terms with each drawn value in its place at least once."""
    parameters = drawn.get("parameters", [])
    count = max((len(one["values"]) for one in parameters), default=1)
    groups = groups_of(terms)
    for turn in range(count):
        chosen = {
            one["name"]: ["-"] if one["name"] in groups else one["values"][min(turn, len(one["values"]) - 1)]
            for one in parameters
        }
        yield with_drawn(terms, chosen)


def with_drawn(terms: Terms, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms with drawn parameters where the rule of the benchmark looks for them."""
    return {**terms, "benchmark": {**terms["benchmark"], **chosen}} if chosen else dict(terms)


def groups_of(terms: Terms) -> tuple[str, ...]:
    """Return the groups of bids that the benchmark's rule averages."""
    return _rule_members(terms)[1]


def _rule_members(terms: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    benchmark = terms.get("benchmark")
    rule = RULES.get(str(benchmark.get("rule"))) if isinstance(benchmark, Mapping) else None
    return (tuple(rule.numbers), rule.groups) if rule else ((), ())


def read(document: Terms) -> Document:
    """Return a method's document as the engine reads it. Raises RuleError, InvalidInput."""
    try:
        return read_terms(json.dumps(document, ensure_ascii=False))
    except Faulty as faulty:
        said = "; ".join(map(str, faulty.faults))
        if any(fault.code == "weights_not_100" for fault in faulty.faults):
            raise _not_100(said) from faulty
        raise InvalidInput(
            _("The method cannot be read: %(faults)s"),
            code="method_unreadable",
            basis=STATED,
            next_step=_("Mend what is named; numbers are decimal, such as 12.50."),
            faults=said,
        ) from faulty


def _not_100(said: str) -> RuleError:
    return RuleError(
        _("The weights must add up to 100: %(said)s"),
        code="weights_not_100",
        basis=f"{ORDER_87.cite('55')}; {TENDERING.cite('19')}",
        next_step=_("Give every part its weight; together they make 100."),
        said=said,
    )


def _check_weights(document: Document) -> None:
    """Refuse totals that do not come to 100; points on top do not count, a price alone is the whole."""
    if METHODS[document.method].first != "total":
        return
    weighed = [part for part in document.parts if not (part.kind == "fixed" and part.weight is None)]
    if len(weighed) == 1 and weighed[0].kind == "price" and weighed[0].weight is None:
        return
    lacking = [part.id for part in weighed if part.kind == "price" and part.weight is None]
    whole = sum((part.weight if part.weight is not None else part.max or Fraction(0) for part in weighed), Fraction(0))
    if lacking or whole != HUNDRED:
        raise _not_100(", ".join(lacking) or f"{percent(whole / HUNDRED)} ≠ 100")


def _check_procurement(case: Case, document: Document) -> None:
    """Refuse what government procurement forbids of price weight, deductions and ties (87号令 55, 57; 46号 9)."""
    if document.method == "comprehensive_scoring":
        weight = sum((part.weight or HUNDRED for part in document.priced_parts), Fraction(0))
        rule = table.find(WEIGHT_RULES[case.category], case.on) if case.category in WEIGHT_RULES else None
        if rule and engine.check_quantity(rule.id, weight, of=HUNDRED, on=case.on).status != engine.Status.COMPLIANT:
            raise RuleError(
                _("The price weighs %(weight)s of 100; the law asks for at least %(least)s."),
                code="price_weight_too_low",
                basis=rule.basis,
                next_step=_("Give the price more weight."),
                weight=percent(weight / HUNDRED),
                least=percent(Fraction(rule.number or 0)),
            )
        if [step for step in document.tie if step != "total_desc"][:1] not in ([], ["price_asc"]):
            raise RuleError(
                _("Equal totals rank by the lower price first."),
                code="tie_not_lawful",
                basis=ORDER_87.cite("57"),
                next_step=_("Put price_asc before every other rule."),
            )
    for name, rate in document.deductions.items():
        _check_deduction(case, name, rate)


def _check_deduction(case: Case, name: str, rate: Fraction) -> None:
    rules = [table.find(one, case.on) for one in DEDUCTION_RULES.get(case.category, ("Q12", "Q12.consortium"))]
    if all(engine.check_quantity(one.id, rate, on=case.on).status != engine.Status.COMPLIANT for one in rules):
        ranges = [f"{percent(Fraction(one.number or 0))}-{percent(Fraction(one.upper or 0))} %" for one in rules]
        raise RuleError(
            _("The deduction “%(name)s” of %(rate)s %% is outside the ranges of the law: %(ranges)s."),
            code="deduction_out_of_range",
            basis=rules[0].basis,
            next_step=_("State a rate within the range."),
            name=name,
            rate=percent(rate),
            ranges=", ".join(ranges),
        )


def _check_drawn(terms: Terms, drawn: Mapping[str, Any]) -> None:
    """Refuse parameters that cannot be drawn: unknown, stated as well, too few or too many values, at no moment."""
    parameters = drawn.get("parameters", [])
    numbers, groups = _rule_members(terms)
    names = [one["name"] for one in parameters]
    given = {str(name).lower() for name in terms.get("benchmark", ())}
    wrong = [
        one["name"]
        for one in parameters
        if one["name"] not in {*numbers, *groups}
        or names.count(one["name"]) > 1
        or one["name"] in given
        or not (_is_count(one["values"]) if one["name"] in groups else _are_values(one["values"]))
    ]
    late = any(name in groups for name in names) and drawn.get("when") != "after_reading"
    if wrong or late or (parameters and drawn.get("when") not in WHEN):
        raise RuleError(
            _("These parameters cannot be drawn as stated: %(names)s."),
            code="parameter_not_drawable",
            basis=f"{TENDERING.cite('40')}; ggzy-draw/1",
            next_step=_(
                "Name a parameter of the benchmark's rule that is not stated otherwise, two values or more, each "
                "once, and the moment; a group takes one whole number and is drawn after the reading out."
            ),
            names=", ".join(wrong) or ", ".join(names),
        )


def _are_values(values: list[str]) -> bool:
    return 2 <= len(values) == len(set(values)) <= MOST_VALUES and all(len(each) <= LONGEST_VALUE for each in values)


def _is_count(values: list[str]) -> bool:
    return len(values) == 1 and values[0].isdecimal() and 1 <= len(values[0]) <= 2 and int(values[0]) > 0


PRICE = {"id": "价格", "kind": "price"}
PROPOSED: Mapping[tuple[str, str], Terms] = {
    (TENDER, "works"): {
        "method": "benchmark",
        "parts": [
            {**PRICE, "weight": "60"},
            {"id": "施工组织设计", "kind": "expert", "weight": "30", "max": "100"},
            {"id": "信誉业绩", "kind": "expert", "weight": "10", "max": "100"},
        ],
        "benchmark": {"rule": "B1", "deduct_above": "1", "deduct_below": "0.5", "places": 2},
    },
    (PROCUREMENT, "services"): {
        "method": "comprehensive_scoring",
        "parts": [
            {**PRICE, "weight": "20"},
            {"id": "服务方案", "kind": "expert", "weight": "60", "max": "60"},
            {"id": "商务", "kind": "expert", "weight": "20", "max": "20"},
        ],
    },
}
SCORED: Terms = {
    "method": "comprehensive_scoring",
    "parts": [
        {**PRICE, "weight": "40"},
        {"id": "技术", "kind": "expert", "weight": "40", "max": "40"},
        {"id": "商务", "kind": "expert", "weight": "20", "max": "20"},
    ],
}


def proposal(kind: str, category: str) -> dict[str, Any]:
    """Return a lawful method for a lot of this kind, for owner or agency to change."""
    terms = {
        **PROPOSED.get((kind, category), SCORED),
        "rounding": {"places": 2, "stage": "final", "mode": "half_up"},
        "aggregate": {"rule": "mean"} if kind == PROCUREMENT else {"rule": "trimmed", "of": "part", "min_experts": 7},
        "tie": ["total_desc", "price_asc", "draw"],
        "outlier": "0.30",
        "abnormally_low": {"mean": "0.50", "next_lowest": "0.50", "ceiling": "0.45"},
    }
    if kind == PROCUREMENT:
        terms["deductions"] = [{"id": "小微企业", "rate": "0.03" if category == "works" else "0.10"}]
    return terms
