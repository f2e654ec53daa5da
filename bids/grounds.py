"""Grounds for exclusion (限制情形) that the register shows: looked at whenever an enterprise goes a step further.

What happened since it passed counts as well: a ban, an award elsewhere, a manager on other works.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_noop

from bids.registration import Registration
from trading import clock
from trading.errors import RuleError
from trading.lot import Lot, Standing
from trading.procedures import fixed_price, participants
from trading.text import plain

PERFORMED = ("concluded", "disputed", "confirmed", "performing")
UNSIGNED = ("timeout", "refused")  # the reasons of an award's lapse that are the enterprise's own doing


@dataclass(frozen=True)
class Engaged:
    """How many running works each enterprise and each project manager has."""

    organisations: Counter[int]
    managers: Counter[str]


def against(lot: Lot, registrations: Iterable[Registration]) -> dict[int, list[str]]:
    """Return, by registration, the grounds that keep it out (domain.md, 2.3, row 5).

    Of one that was drawn, later awards elsewhere do not count: they give way to it, and never both to each other.
    """
    rows = list(registrations)
    today = clock.local_date(lot.now())
    drawn = dict(lot.registrations.filter(award__isnull=False).values_list("pk", "award__pk"))
    running = _running(lot)
    engaged = {place: _engaged(running, place) for place in {None, *drawn.values()}}
    unsigned = _unsigned_by(lot, [r.organisation_id for r in rows])
    limits = fixed_price.PROCEDURE.limits_on(today)
    return {
        r.pk: participants.grounds(
            barred=r.organisation.barred_on(today) is not None,
            active_projects=engaged[drawn.get(r.pk)].organisations[r.organisation_id],
            manager_projects=engaged[drawn.get(r.pk)].managers[plain(r.manager_certificate)],
            days_since_unsigned=unsigned.get(r.organisation_id),
            limits=limits,
        )
        for r in rows
    }


def check(lot: Lot, passing: Collection[Registration], next_step: str) -> None:
    """Refuse while a ground stands against one that would go on. Raises RuleError."""
    found = against(lot, passing)
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


def _engaged(running: dict[Registration, int], before: int | None) -> Engaged:
    """Count the running works; with `before` only those in performance and those awarded before that award."""
    counted = [one for one, place in running.items() if before is None or place < before]
    return Engaged(
        organisations=Counter(one.organisation_id for one in counted),
        managers=Counter(plain(one.manager_certificate) for one in counted),
    )


def _running(lot: Lot) -> dict[Registration, int]:
    """Return the registrations whose works are awarded or performed in other lots, each with its place in time.

    The place is the number of the award, which a lot's draw gives out when its result is taken; works in performance
    come before all.
    """
    elsewhere = Registration.objects.filter(lot__rehearsal=lot.rehearsal).exclude(lot=lot)
    going_on = elsewhere.exclude(lot__state=Standing.TERMINATED).exclude(contracts__state="closed")
    performed = going_on.filter(contracts__state__in=PERFORMED)
    first = models.Min("lot__awards__rank", filter=models.Q(lot__awards__lapsed_at=None))
    awarded = going_on.filter(award__lapsed_at=None).annotate(first=first).filter(award__rank=models.F("first"))
    places = {one: one.award.pk for one in awarded.select_related("award")}
    return {**places, **dict.fromkeys(performed, 0)}


def _unsigned_by(lot: Lot, organisations: list[int]) -> dict[int, int]:
    lapsed = Registration.objects.filter(
        organisation_id__in=organisations, award__lapse_reason__in=UNSIGNED, lot__rehearsal=lot.rehearsal
    )
    days = lapsed.values_list("organisation_id").annotate(last=models.Max("award__lapsed_at"))
    return {organisation: (lot.now() - last).days for organisation, last in days}
