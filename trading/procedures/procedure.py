"""What a kind of procedure is: its name, its stages in order, and the rules whose numbers it uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trading.rules import table
from trading.rules.rule import Number, Rule

Limits = Mapping[str, Number]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    kind: str
    title: str
    title_zh: str
    stages: tuple[str, ...]
    exits: tuple[str, ...]
    rules: Mapping[str, str]  # what the procedure calls a limit → the rule's id

    def rule(self, name: str, on: date) -> Rule:
        """Return the version of the named rule that is in force. Raises NotInForce."""
        return table.find(self.rules[name], on)

    def limits_on(self, day: date) -> Limits:
        """Return every number of the procedure as it stands on the day. Raises NotInForce."""
        rules = {name: self.rule(name, day) for name in self.rules}
        return {name: rule.number for name, rule in rules.items() if rule.number is not None}
