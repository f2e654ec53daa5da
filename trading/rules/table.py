"""The whole table of rules, and how to find the version in force on a day."""

from datetime import date

from trading.errors import RuleError
from trading.rules import comparison, experts, land, procurement, quantities, supervision, tender
from trading.rules.rule import Rule
from trading.text import mark as _

RULES: tuple[Rule, ...] = (
    *tender.RULES,
    *quantities.RULES,
    *procurement.RULES,
    *land.RULES,
    *supervision.RULES,
    *comparison.RULES,
    *experts.RULES,
)

_VERSIONS: dict[str, tuple[Rule, ...]] = {}
for _rule in RULES:
    _VERSIONS[_rule.id] = (*_VERSIONS.get(_rule.id, ()), _rule)

IDS: tuple[str, ...] = tuple(_VERSIONS)


class UnknownRule(RuleError):
    """No rule carries this id."""

    code = "unknown_rule"
    status = 404
    next_step = _("Look up the id in the table of rules.")


class NotInForce(RuleError):
    """The rule exists, but no version of it applies on the day."""

    code = "rule_not_in_force"


def versions(rule_id: str) -> tuple[Rule, ...]:
    """Return every version of the rule, oldest first. Raises UnknownRule."""
    if rule_id not in _VERSIONS:
        raise UnknownRule("There is no rule %(rule)s.", rule=rule_id)
    return _VERSIONS[rule_id]


def latest(rule_id: str) -> Rule:
    """Return the newest version of the rule. Raises UnknownRule."""
    return versions(rule_id)[-1]


def find(rule_id: str, on: date) -> Rule:
    """Return the version in force on the day. Raises UnknownRule, NotInForce."""
    for rule in versions(rule_id):
        if rule.in_force(on):
            return rule
    raise NotInForce(
        "Rule %(rule)s was not in force on %(on)s.", basis=latest(rule_id).basis, rule=rule_id, on=on.isoformat()
    )
