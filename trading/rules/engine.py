"""The rules engine: applies one rule of the table to dates or to a quantity and answers with a Finding.

Semantics. The start day is excluded. "At least", "at most", "within", "not less than" include the number. A limit
rolls as its rule says: by default past a statutory holiday for a deadline somebody must meet and for a running period
such as a publicity; never for a minimum gap, which may simply be longer; `roll_on` overrides. A start that is
unknown, or a year whose working days are not published, makes the answer `uncertain`, unless it is the same whatever
that calendar will say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from trading.rules import periods, table, workdays
from trading.rules.finding import Finding, NotADate, Status, is_day, parse_date
from trading.rules.rule import Direction, Number, Roll, Rule

__all__ = ["Finding", "Status", "ask", "check", "check_quantity", "deadline"]

AT_MOST = frozenset({Direction.AT_MOST, Direction.AT_MOST_BEFORE})
BEFORE = frozenset({Direction.AT_LEAST_BEFORE, Direction.AT_MOST_BEFORE})


def deadline(
    rule_id: str,
    start: date | None,
    *,
    before: bool = False,
    roll_on: Roll | None = None,
    on: date | None = None,
    calendar: workdays.Calendar,
) -> Finding:
    """Return the limit of a rule.

    Forward, `start` is the day of the start event and the answer the first lawful day of the end (at least) or the
    last (at most). With `before`, `start` is the day of the end event and the answer the last safe day of the start
    (at least), or the first (at most). `on` chooses the version; it is the start unless given. The finding names the
    notices of `calendar` that were used.
    """
    blank = Finding(Status.UNCERTAIN, "start_missing", rule_id, inputs={"start": start, "before": before})
    found = _lookup(blank, on, start)
    rule = found.rule
    if rule is None or found.status is not Status.UNCERTAIN:
        return found
    if not rule.is_period:
        return replace(found, status=Status.NOT_APPLICABLE, reason="no_period")
    if start is None:
        return found
    noted = calendar.noting()
    try:
        day = _count(rule, start, backward=before, roll_on=roll_on, calendar=noted)
    except workdays.CalendarNotPublished as missing:
        return _calendar_missing(found, missing)
    return replace(found, status=Status.COMPLIANT, reason="limit", date=day, calendars=noted.used)


def check(
    rule_id: str,
    *,
    start: date | None,
    end: date | None,
    on: date | None = None,
    roll_on: Roll | None = None,
    calendar: workdays.Calendar,
) -> Finding:
    """Return whether the days of the two events keep the rule.

    The finding's date is the limit: of the end event, or of the start event for a rule "before".
    """
    inputs = {"start": start, "end": end}
    found = _lookup(Finding(Status.UNCERTAIN, "start_missing", rule_id, inputs=inputs), on, start, end)
    rule = found.rule
    if rule is None or found.status is not Status.UNCERTAIN:
        return found
    if not rule.is_period:
        return replace(found, status=Status.NOT_APPLICABLE, reason="no_period")
    if start is None:
        return found
    if end is None:
        return replace(found, reason="end_missing")
    if end < start:
        return replace(found, status=Status.INVALID_INPUT, reason="reversed")
    return _compare(found, _Span(rule, start, end, roll_on, calendar.noting()))


def check_quantity(rule_id: str, value: Number, *, of: Number | None = None, on: date | None = None) -> Finding:
    """Return whether a number, or the share `value / of`, keeps the rule. Floats are refused."""
    inputs: dict[str, object] = {"value": value, "of": of}
    found = _lookup(Finding(Status.UNCERTAIN, "kept", rule_id, inputs=inputs), on)
    rule = found.rule
    if rule is None or found.status is not Status.UNCERTAIN:
        return found
    measured = _measured(value, of)
    if measured is None:
        return replace(found, status=Status.INVALID_INPUT, reason="not_a_number")
    return _weigh(found, rule, measured)


def _weigh(found: Finding, rule: Rule, measured: Fraction) -> Finding:
    """Return the verdict on a quantity."""
    if rule.number is None or rule.is_period:
        return replace(found, status=Status.NOT_APPLICABLE, reason="no_quantity")
    if rule.direction is Direction.FROM:
        if measured >= rule.number:
            return replace(found, status=Status.COMPLIANT, reason="reached")
        return replace(found, status=Status.NOT_APPLICABLE, reason="not_reached")
    if rule.odd and measured % 2 != 1:
        return replace(found, status=Status.VIOLATION, reason="even")
    return _verdict(found, kept=COMPARISONS[rule.direction](measured, rule))


COMPARISONS: Mapping[Direction, Callable[[Fraction, Rule], bool]] = {
    Direction.AT_LEAST: lambda value, rule: value >= _exact(rule.number),
    Direction.AT_MOST: lambda value, rule: value <= _exact(rule.number),
    Direction.EXACTLY: lambda value, rule: value == _exact(rule.number),
    Direction.RANGE: lambda value, rule: _exact(rule.number) <= value <= _exact(rule.upper),
}


def ask(
    rule_id: str, start: str | None, *, before: bool = False, roll_on: str | None = None, calendar: workdays.Calendar
) -> Finding:
    """Return `deadline` for what a person typed; None is a day that is not known."""
    blank = Finding(Status.INVALID_INPUT, "unknown_rule", rule_id, inputs={"start": start})
    if rule_id not in table.IDS:
        return blank
    try:
        day = None if start is None else parse_date(start)
    except NotADate:
        return replace(blank, reason="not_a_date", inputs={"start": start, "value": start})
    if roll_on is not None and roll_on not in set(Roll):
        return replace(blank, reason="not_a_roll", inputs={"start": start, "value": roll_on})
    return deadline(rule_id, day, before=before, roll_on=Roll(roll_on) if roll_on else None, calendar=calendar)


@dataclass(frozen=True, slots=True)
class _Span:
    rule: Rule
    start: date
    end: date
    roll_on: Roll | None
    calendar: workdays.Calendar


def _lookup(found: Finding, on: date | None, *days: date | None) -> Finding:
    """Return the finding with the version in force, or with what is wrong about the inputs."""
    if found.rule_id not in table.IDS:
        return replace(found, status=Status.INVALID_INPUT, reason="unknown_rule")
    given = [day for day in (on, *days) if day is not None]
    strange = [day for day in given if not is_day(day)]
    if strange:
        inputs = {**found.inputs, "value": strange[0]}
        return replace(found, status=Status.INVALID_INPUT, reason="not_a_date", inputs=inputs)
    if not given:
        return replace(found, rule=table.latest(found.rule_id))
    try:
        return replace(found, rule=table.find(found.rule_id, given[0]))
    except table.NotInForce:
        inputs = {**found.inputs, "on": given[0]}
        return replace(
            found, rule=table.latest(found.rule_id), status=Status.NOT_APPLICABLE, reason="not_in_force", inputs=inputs
        )


def _count(rule: Rule, day: date, *, backward: bool, roll_on: Roll | None, calendar: workdays.Calendar) -> date:
    backwards = periods.earliest_start if rule.direction in AT_MOST else periods.latest_start
    count = backwards if backward else periods.end
    return count(day, rule.days, rule.unit, roll=roll_on or rule.roll, days=calendar)


def _compare(found: Finding, span: _Span) -> Finding:
    """Return the verdict on a span; without its calendar, only where no calendar can change it."""
    rule, roll_on, calendar = span.rule, span.roll_on, span.calendar
    try:
        limit = _count(rule, span.start, backward=False, roll_on=roll_on, calendar=calendar)
        shown = limit
        if rule.direction in BEFORE:
            shown = _count(rule, span.end, backward=True, roll_on=roll_on, calendar=calendar)
    except workdays.CalendarNotPublished as missing:
        soonest = periods.plain(span.start, rule.days, rule.unit)
        if span.end < soonest or (rule.direction in AT_MOST and span.end == soonest):
            return _verdict(found, kept=rule.direction in AT_MOST)
        return _calendar_missing(found, missing)
    if rule.direction in AT_MOST:
        kept = span.end <= limit
    elif rule.direction is Direction.EXACTLY:
        kept = span.end == limit
    else:
        kept = span.end >= limit
    return replace(_verdict(found, kept=kept), date=shown, calendars=calendar.used)


def _verdict(found: Finding, *, kept: bool) -> Finding:
    if kept:
        return replace(found, status=Status.COMPLIANT, reason="kept")
    return replace(found, status=Status.VIOLATION, reason="broken")


def _calendar_missing(found: Finding, missing: workdays.CalendarNotPublished) -> Finding:
    inputs = {**found.inputs, "year": missing.year}
    return replace(found, status=Status.UNCERTAIN, reason="calendar_missing", inputs=inputs)


def _exact(number: Number | None) -> Fraction:
    return Fraction(number or 0)


def _measured(value: object, of: object) -> Fraction | None:
    """Return the exact number, or None if it is not a finite one of at least zero."""
    parts: list[Fraction] = []
    for part in (value, 1 if of is None else of):
        if not isinstance(part, int | Decimal | Fraction):
            return None
        if isinstance(part, Decimal) and not part.is_finite():
            return None
        parts.append(Fraction(part))
    whole, base = parts
    return whole / base if whole >= 0 and base > 0 else None
