"""The announcements of the same works before a lot (原公告) that came to nothing (招标投标法 28; rule F13)."""

from django.db import models

from trading.lot import Lot, Standing


def replaced_by(lot: Lot) -> list[Lot]:
    """Return the lots that this one takes the place of, the newest first."""
    found = []
    while lot.retender_of is not None:
        lot = lot.retender_of
        found.append(lot)
    return found


def in_vain(lot: Lot) -> int:
    """Return how often the works were announced in vain before this lot, named by it or not.

    A lot that nothing live has followed counts as well where it had been announced before the first lot of this chain
    was registered: naming no earlier lot begins no new count.
    """
    chain = replaced_by(lot)
    first = chain[-1] if chain else lot
    over = models.Q(state=Standing.TERMINATED) | models.Q(comparison__state="failed")
    others = Lot.objects.together_with(lot).filter(over, comparison__notice__isnull=False)
    earlier = others.filter(comparison__notice__created_at__lte=first.created_at).exclude(pk=first.pk)
    unfollowed = {one.pk for one in earlier if not _is_followed(one)}
    return len(unfollowed | {one.pk for one in chain if _is_announced(one)})


def _is_announced(lot: Lot) -> bool:
    comparison = getattr(lot, "comparison", None)
    return comparison is not None and comparison.notice_id is not None


def _is_followed(lot: Lot) -> bool:
    """Say whether a lot that takes its place was announced and goes on, or was carried through."""
    while (after := getattr(lot, "retender", None)) is not None:
        lot, procedure = after, after.procedure
        announced = getattr(procedure, "notice_id", None) is not None
        if announced and procedure.state != "failed" and lot.state != Standing.TERMINATED:
            return True
    return False
