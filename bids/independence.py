"""The independence of those who hold shares: apart from the platform's operator, and from each other.

Whoever could read a bid early would need the operator and two outside bodies together (integrity.md, 2.2).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop

from bids import ties
from trading.errors import RuleError
from trading.party import Membership, Organisation, Role

BASIS = "招标投标法 22; 电子招标投标办法 23, 27"


def check(organisations: Iterable[Organisation]) -> None:
    """Refuse custodians of one lot that the operator is, controls or is controlled with, or that share a person.

    Raises RuleError.
    """
    holding = list(organisations)
    _check_operator(holding)
    _check_persons(holding)


def _check_operator(holding: list[Organisation]) -> None:
    operators = _staffed()
    for organisation in holding:
        if organisation.pk in operators:
            raise RuleError(
                gettext_noop("The operator of the platform may hold no share of a key."),
                code="custodian_is_operator",
                basis=BASIS,
                next_step=gettext_noop("Name a supervisor, a notary or the tenderer's agency."),
            )
    tops = ties.tops_of([*operators, *(one.pk for one in holding)])
    own = {tops[operator] for operator in operators}
    if tied := [one.name for one in holding if tops[one.pk] in own]:
        raise RuleError(
            gettext_noop("Under the same control as the operator of the platform: %(names)s."),
            code="custodian_tied_to_operator",
            basis=BASIS,
            next_step=gettext_noop("Name a custodian outside the operator's group."),
            names=", ".join(tied),
        )


def _staffed() -> set[int]:
    running: Any = Membership.objects.filter(role=Role.CENTRE_STAFF, ended_at=None)
    return set(running.values_list("organisation_id", flat=True))


def _check_persons(holding: list[Organisation]) -> None:
    """Refuse two custodians for whom one person acts: two shares in one hand are one (each set needs two hands)."""
    seats: dict[int, set[int]] = defaultdict(set)
    running = Membership.objects.filter(organisation__in=holding, ended_at=None, user__is_active=True)
    for person, organisation in running.values_list("user_id", "organisation_id"):
        seats[person].add(organisation)
    twice = {organisation for held in seats.values() if len(held) > 1 for organisation in held}
    if twice:
        raise RuleError(
            gettext_noop("One person acts for several custodians of this lot: %(names)s."),
            code="custodian_person_twice",
            basis=BASIS,
            next_step=gettext_noop("Name a custodian with people of its own, or end the person's other role."),
            names=", ".join(one.name for one in holding if one.pk in twice),
        )
