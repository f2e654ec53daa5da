"""The table of rules as text: `docs/rules.md` and the lines that `manage.py rules` prints."""

from collections.abc import Iterator

from trading.rules import table, workdays
from trading.rules.finding import written
from trading.rules.rule import Direction, Roll, Rule

HEAD = """# The rules

Generated from `trading/rules/` by `manage.py rules --markdown`; do not edit. How to read it:

- **limit**: `≥ 20 d` at least 20 calendar days from the first event to the second; `≤ 3 wd` within 3 working days;
  `≥B 15 d` at least 15 days *before* the second event; `from` a threshold, the number included. The start day does not
  count. Units: d calendar days, wd working days, m months, y years, h hours, min minutes, s seconds, CNY yuan.
- **roll**: where a limit goes when its last day is a day off: `statutory` past the days off of a statutory holiday,
  `non_workday` past weekends too, `-` nowhere. A deadline somebody must meet and a running period roll past statutory
  holidays; a minimum gap does not roll, it may simply be longer. Platforms differ on weekends, so the calculator takes
  another choice (`--roll`).
- **to confirm**: the number has not been compared with the article's text, or no national text sets it; it is a
  parameter to confirm before real use.
- **in force**: first and last day, both included; an open end is left out. `v2` is a later version of the same rule.

Counting back (`--before`) is the exact inverse: for "at least" the last safe day, for "at most" the first day from
which the end is still in time; in working days the answer is a working day.

Working days follow the State Council's notices of the years {first} to {last} (`trading/rules/calendar.json`, written
by `manage.py rules --seed`), then of the holiday notices that the centre enters and the regulator confirms on the site
(`/rules/calendar/`). A year without a notice makes an answer `uncertain`; it is never guessed. A corrected notice is a
new version, and an answer names the versions it was counted by; the table is version 0.
"""
COLUMNS = "| id | rule | limit | roll | basis | to confirm | in force |\n|---|---|---|---|---|---|---|"


def document() -> str:
    """Return docs/rules.md."""
    years = sorted(workdays.PUBLISHED.years)
    rows = "\n".join(_row(rule) for rule in table.RULES)
    return f"{HEAD.format(first=years[0], last=years[-1])}\n{COLUMNS}\n{rows}\n"


def lines() -> Iterator[str]:
    """Return one line a rule."""
    for rule in table.RULES:
        yield f"{rule.id:22} v{rule.version} {limit(rule):16} {rule.en} | {rule.basis}"


def limit(rule: Rule) -> str:
    """Return the limit as it is read: ≥ 20 d."""
    if rule.number is None:
        return "-"
    if rule.direction is Direction.RANGE:
        return f"{written(rule.number)} to {written(rule.upper)} {rule.unit}".replace(" share", "")
    words = f"{rule.direction} {written(rule.number)} {rule.unit}".replace(" share", "").replace(" count", "")
    return f"{words}, odd" if rule.odd else words


def _row(rule: Rule) -> str:
    validity = f"{rule.valid_from or ''} – {rule.valid_to}" if rule.valid_to else str(rule.valid_from or "")
    cells = (
        rule.id if rule.version == 1 else f"{rule.id} v{rule.version}",
        f"{rule.zh}<br>{rule.en}",
        limit(rule),
        "-" if rule.roll is Roll.NONE else rule.roll,
        rule.basis,
        "" if rule.verified else "yes",
        validity,
    )
    return f"| {' | '.join(cells)} |"
