"""Letters of an award: the notice of award to the winner, and to every other bidder the result with its own reasons.

A loser reads why, and its own score and rank, never another's (招标投标法 45; 87号令 69; 政府采购法实施条例 43).
"""

import hashlib
import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids.opened import OpenedBid, Outcome
from bids.room.ranking import Candidate
from bids.taking import Taking
from trading import unguessable
from trading.lot import Lot
from trading.notification import Recipient
from trading.party import Role

OFFICIALS = frozenset({Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR})


class AwardLetterQuerySet(models.QuerySet["AwardLetter"]):
    def visible_to(self, person: Any) -> "AwardLetterQuerySet":
        """Return an enterprise's own letters; owner, agency and officials see all of the lot's."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & OFFICIALS:
            return self
        mine = [m.organisation_id for m in person.active_memberships()]
        parties = models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(models.Q(opened__bid__organisation_id__in=mine) | parties)


class AwardLetter(models.Model):
    """One letter; `round` counts the awards of the lot, for who follows a winner that gave way is told anew."""

    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="award_letters")
    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="award_letters")
    round = models.PositiveSmallIntegerField()
    won = models.BooleanField(_("Won"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("Issued"))

    objects = AwardLetterQuerySet.as_manager()

    class Meta:
        ordering = ("-round", "opened__number")
        constraints = [models.UniqueConstraint(fields=["lot", "opened", "round"], name="one_letter_an_award")]

    def __str__(self) -> str:
        return f"{self.lot} {self.opened}"


def write(winner: Candidate, *, terms: dict[str, Any]) -> list[AwardLetter]:
    """Write a letter to every bidder on the opening list; `terms` is what the winner's says beside its bid."""
    lot = winner.evaluation.lot
    number = AwardLetter.objects.filter(lot=lot).aggregate(last=models.Max("round"))["last"] or 0
    rows = winner.opened.opening.opened.select_related("bid__organisation", "candidate").order_by("number")
    said = {"project": lot.project.name, "lot": lot.code, "winner": winner.opened.bid.organisation.name}
    made = []
    for row in rows:
        won = row.pk == winner.opened_id
        own = {**said, "name": row.bid.organisation.name, "price": str(winner.price)}
        content = {**own, **(terms if won else {"reasons": reasons(row), **_placed(row)})}
        made.append(AwardLetter(lot=lot, opened=row, round=number + 1, won=won, content=content, issued_at=lot.now()))
    for letter in made:
        text = json.dumps(letter.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        letter.sha256 = hashlib.sha256(text.encode()).hexdigest()
    return AwardLetter.objects.bulk_create(made)


def reasons(row: OpenedBid) -> list[dict[str, str]]:
    """Return why a bidder did not win: its bid was not opened, was rejected, gave way, or ranks behind."""
    if row.outcome != Outcome.OPENED:
        return [{"ground": row.ground or row.outcome, "basis": row.basis}]
    found: Candidate | None = getattr(row, "candidate", None)
    if found is None:
        return []
    if found.rejected:
        return list(found.reasons)
    if hasattr(found, "passed_over"):
        return [{"ground": found.passed_over.reason, "reason": found.passed_over.evidence}]
    return [{"ground": "ranked_behind"}]


def recipients(lot: Lot) -> list[Recipient]:
    """Return everybody on the opening list, each with the address that it gave for changes."""
    rows = OpenedBid.objects.filter(opening__lot=lot).select_related("bid__organisation")
    given = {taking.organisation_id: taking for taking in Taking.objects.filter(lot=lot)}
    bidders = [row.bid.organisation for row in rows]
    return [
        Recipient(one, given[one.pk].email, given[one.pk].phone) if one.pk in given else Recipient(one)
        for one in bidders
    ]


def _placed(row: OpenedBid) -> dict[str, Any]:
    found: Candidate | None = getattr(row, "candidate", None)
    if found is None or found.rejected:
        return {}
    total = "" if found.total is None else f"{found.total.normalize():f}"
    return {"rank": found.rank, "total": total}
