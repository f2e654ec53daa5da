"""Grounds for exclusion (限制情形) that the register shows: looked at whenever an enterprise goes a step further.

What happened since it passed counts as well: a ban, an award elsewhere, a manager on other works.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from django.db import models
from django.utils.translation import gettext_noop

from bids import ties
from bids.registration import Registration
from trading import clock
from trading.errors import RuleError
from trading.lot import Lot, Standing
from trading.procedures import fixed_price, participants

PERFORMED = ("concluded", "confirmed", "performing")
UNSIGNED = ("timeout", "refused")  # the reasons of an award's lapse that are the enterprise's own doing


def against(lot: Lot, registrations: Iterable[Registration]) -> dict[int, list[str]]:
    """Return, by registration, the grounds that keep it out (domain.md, 2.3, row 5)."""
    rows = list(registrations)
    today = clock.local_date(lot.now())
    active = _running(lot)
    projects = Counter(one.organisation_id for one in active)
    managed = Counter(ties.plain(one.manager_certificate) for one in active)
    unsigned = _unsigned_by(lot, [r.organisation_id for r in rows])
    namesakes = participants.holders([r.organisation.responsible_person for r in rows])
    limits = fixed_price.PROCEDURE.limits_on(today)
    return {
        r.pk: participants.grounds(
            barred=r.organisation.barred_on(today) is not None,
            active_projects=projects[r.organisation_id],
            manager_projects=managed[ties.plain(r.manager_certificate)],
            days_since_unsigned=unsigned.get(r.organisation_id),
            shares_person_in_charge=r.organisation.responsible_person in namesakes,
            limits=limits,
        )
        for r in rows
    }


def check(lot: Lot, passing: Collection[Registration], standing: Iterable[Registration], next_step: str) -> None:
    """Refuse while a ground stands against one that would go on; `standing` are all that it is compared with.

    Raises RuleError.
    """
    found = against(lot, standing)
    for registration in passing:
        if grounds := found[registration.pk]:
            raise RuleError(
                gettext_noop("%(name)s cannot pass: %(grounds)s."),
                code="ground_for_exclusion",
                basis="固定价比选 操作规程; 招标投标法 53, 54, 60",
                next_step=next_step,
                name=registration.organisation.name,
                grounds=", ".join(grounds),
            )


def _running(lot: Lot) -> list[Registration]:
    """Return the registrations whose works are awarded or performed in other lots, each once."""
    elsewhere = Registration.objects.filter(lot__rehearsal=lot.rehearsal).exclude(lot=lot)
    going_on = elsewhere.exclude(lot__state=Standing.TERMINATED).exclude(contracts__state="closed")
    performed = going_on.filter(contracts__state__in=PERFORMED)
    first = models.Min("lot__awards__rank", filter=models.Q(lot__awards__lapsed_at=None))
    awarded = going_on.filter(award__lapsed_at=None).annotate(first=first).filter(award__rank=models.F("first"))
    return list({one.pk: one for one in (*performed, *awarded)}.values())


def _unsigned_by(lot: Lot, organisations: list[int]) -> dict[int, int]:
    lapsed = Registration.objects.filter(
        organisation_id__in=organisations, award__lapse_reason__in=UNSIGNED, lot__rehearsal=lot.rehearsal
    )
    days = lapsed.values_list("organisation_id").annotate(last=models.Max("award__lapsed_at"))
    return {organisation: (lot.now() - last).days for organisation, last in days}
