"""Conflicts of interest in a lot: the pure rules of `conflict_rules` with what the registers say today.

Two moments. `at_submission` refuses only what does not depend on who else bids, so a refusal tells nothing of others.
`among` looks at all bidders at once, after the opening or after the applications' deadline.
RC-05 to RC-10, RC-12 and RC-13 belong to the evaluation, to auctions and to transfers of assets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from bids import conflict_rules as rules
from bids import ties
from bids.conflict_rules import Company, Conflict
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation, Role
from trading.prior_service import PriorService
from trading.text import plain

PROCUREMENT = frozenset({"government_open_tender"})
CODES = {
    "RC-01": "tied_to_owner",
    "RC-03": "served_the_project",
    "RC-04": "tied_to_agency",
    "RC-11": "tied_to_operator",
    "RC-14": "member_named_twice",
}
SENTENCES = {
    "RC-01": gettext_noop("%(name)s is tied to the owner of the project (RC-01)."),
    "RC-03": gettext_noop("%(name)s, or who controls it, served this project before (RC-03)."),
    "RC-04": gettext_noop("%(name)s is the agency of the project or tied to it (RC-04)."),
    "RC-11": gettext_noop("%(name)s operates this platform or is tied to its operator (RC-11)."),
    "RC-14": gettext_noop("%(name)s is named twice in one consortium (RC-14)."),
}


class Entrant(NamedTuple):
    """Who bids or applies: the organisation, its partners as (code, name), the project manager's certificate."""

    organisation: Organisation
    partners: tuple[tuple[str, str], ...] = ()
    manager: str = ""


def at_submission(lot: Lot, organisation: Organisation, partners: Iterable[tuple[str, str]] = ()) -> None:
    """Refuse who may not bid for this lot whoever else does (RC-01, 03, 04, 11, 14). Raises RuleError."""
    entrant = Entrant(organisation, tuple(partners))
    register = _Register(lot, [entrant])
    for conflict in rules.with_project(register.bidder(entrant), register.setting()):
        if conflict.certain:
            raise RuleError(
                SENTENCES[conflict.rule],
                code=CODES[conflict.rule],
                basis=conflict.basis,
                next_step=gettext_noop("Ask the owner or the sector regulator if the register is wrong."),
                name=register.name(conflict.parties[0]),
            )


def among(lot: Lot, entrants: Sequence[Entrant]) -> list[Conflict]:
    """Return every conflict that the registers show of these, with rule, parties and articles; refuses nothing."""
    register = _Register(lot, entrants)
    return rules.among([register.bidder(entrant) for entrant in entrants], register.setting())


def written(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Return conflicts as a record keeps them."""
    return [{**asdict(one), "parties": list(one.parties), "bidders": list(one.bidders)} for one in conflicts]


def is_procurement(lot: Lot) -> bool:
    """Say whether the law of government procurement governs the lot."""
    return lot.kind in PROCUREMENT


class _Register:
    """The companies that matter to a lot, read with four queries however many bid."""

    def __init__(self, lot: Lot, entrants: Sequence[Entrant]) -> None:
        self.lot = lot
        self.above = ties.controllers()
        own = {entrant.organisation.pk: entrant.organisation for entrant in entrants}
        partners = {code for entrant in entrants for code, _name in entrant.partners}
        known = Organisation.objects.filter(uscc__in=partners).order_by("rehearsal" if lot.rehearsal else "-rehearsal")
        self.partners = {one.uscc: one for one in known}
        higher = {pk for one in (*own, *(p.pk for p in known)) for pk in ties.chain(one, self.above)}
        self.codes = {one.pk: one.uscc for one in (*own.values(), *known)}
        above = higher - set(self.codes)
        self.codes |= dict(Organisation.objects.filter(pk__in=above).values_list("pk", "uscc")) if above else {}
        self.names = {one.uscc: one.name for one in (*own.values(), *known)}

    def bidder(self, entrant: Entrant) -> rules.Bidder:
        """Return the entrant with what the register says of each member."""
        others = [self._partner(code, name) for code, name in entrant.partners]
        return rules.Bidder((self._company(entrant.organisation), *others), plain(entrant.manager))

    def setting(self) -> rules.Setting:
        """Return the project's own side."""
        project = self.lot.project
        staffed = Organisation.objects.filter(memberships__role=Role.CENTRE_STAFF, memberships__ended_at=None)
        served = PriorService.objects.filter(project=project, state="entered")
        return rules.Setting(
            owner=self._company(project.owner),
            agency=self._company(project.agency) if project.agency else None,
            operators=tuple(self._company(one) for one in staffed.distinct()),
            served=dict(served.values_list("organisation__uscc", "kind")),
            procurement=is_procurement(self.lot),
        )

    def name(self, uscc: str) -> str:
        return self.names.get(uscc, uscc)

    def _partner(self, uscc: str, name: str) -> Company:
        found = self.partners.get(uscc)
        return self._company(found) if found else Company(uscc, name, chain=(uscc,), top=uscc)

    def _company(self, one: Organisation) -> Company:
        chain = tuple(self.codes.get(pk, f"#{pk}") for pk in ties.chain(one.pk, self.above))
        top = f"#{ties.top(one.pk, self.above)}"
        return Company(one.uscc, one.name, one.responsible_person.strip(), chain, top)
