"""What an outage covers, and its postponement: one record for each lot, by the published rule and for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import tender_announcements
from bids.tender import Tender
from trading import clock
from trading.lot import Lot
from trading.party import Role, anywhere
from trading.transitions import Act, Machine, act


class Matter(models.TextChoices):
    """What is due."""

    BIDS = "bids", _("Bids")
    APPLICATIONS = "applications", _("Applications for prequalification")


class Covered(models.Model):
    """A deadline that lay in an outage or shortly after it, as it stood when the outage was put on record."""

    outage = models.ForeignKey("bids.Outage", on_delete=models.PROTECT, related_name="covered")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=16, choices=Matter.choices)
    deadline = models.DateTimeField()
    ahead = models.DurationField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "lot", "matter"], name="an_outage_covers_once")]

    def __str__(self) -> str:
        return self.lot.code

    def due(self) -> datetime | None:
        """Return the deadline as it stands now, on the lot's clock; None if nothing can be postponed any more."""
        return next((deadline for matter, _lot, deadline in postponed(self.lot) if matter == self.matter), None)


class PostponementQuerySet(models.QuerySet["Postponement"]):
    def visible_to(self, person: Any) -> "PostponementQuerySet":
        """Return all: a postponement is told to everybody."""
        return self.exclude(state="")


class Postponement(Machine):
    """A deadline moved for everybody after an outage."""

    noun = "postponement"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="postponements")
    outage = models.ForeignKey("bids.Outage", on_delete=models.PROTECT, related_name="postponements")
    matter = models.CharField(_("Matter"), max_length=16, choices=Matter.choices)
    before = models.DateTimeField(_("Deadline before"))
    after = models.DateTimeField(_("New deadline"))
    by_rule = models.CharField(_("Article"), max_length=100)

    objects = PostponementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(after__gte=models.F("before")), name="postponed_is_later"),
            models.UniqueConstraint(fields=["outage", "lot", "matter"], name="an_outage_postpones_once"),
        ]

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "deadline.postponed",
        source="",
        target="postponed",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Postpone a deadline after an outage"),
        even_suspended=True,
    )
    def postpone(self, act: Act) -> dict[str, Any]:
        """Move the deadline for everybody and publish the change (参照电子招标投标办法 31)."""
        record = self._record()
        if record is not None:  # it may have moved later since the decision looked, and never comes earlier
            self.after = max(self.after, getattr(record, FIELD[self.matter]))
        words = (
            f"因平台停机，{WHAT[self.matter]}截止时间由{tender_announcements.written(self.before)}"
            f"顺延至{tender_announcements.written(self.after)}。依据：{self.by_rule}。"
        )
        if record is not None:
            setattr(record, FIELD[self.matter], self.after)
            record.version += 1
            record.save()
            quiet = replace(act, by=None)  # the notice is a consequence: whoever conducts the tender has no say in it
            if self.matter == Matter.BIDS:
                tender_announcements.change(quiet, record, words)
            else:
                record.announce_change(quiet, words)
        facts = {"before": clock.iso(self.before), "after": clock.iso(self.after), "rule": self.by_rule}
        return {"matter": self.matter, **facts}

    def _record(self) -> Any:
        """Return the record whose deadline moves, unless it has ended since."""
        reviews: Any = self.lot.reviews  # the stage above names itself
        rows = still_due(Tender.objects.all()) if self.matter == Matter.BIDS else reviews.filter(state="announced")
        return rows.filter(lot=self.lot).first()


FIELD: dict[str, str] = {Matter.BIDS: "deadline", Matter.APPLICATIONS: "applications_until"}
WHAT: dict[str, str] = {Matter.BIDS: "投标", Matter.APPLICATIONS: "提交资格预审申请文件"}


def still_due(tenders: models.QuerySet[Tender]) -> models.QuerySet[Tender]:
    """Return those of the tenders whose bids have not been closed."""
    return tenders.filter(state="announced").exclude(lot__opening__closed_at__isnull=False)


def postponed(lot: Lot | None = None) -> Iterator[tuple[str, Lot, datetime]]:
    """Yield every deadline that an outage can move: what is due, the lot, the moment of its clock.

    What has been closed stays closed.
    """
    tenders = still_due(Tender.objects.filter(deadline__isnull=False)).select_related("lot")
    for tender in tenders if lot is None else tenders.filter(lot=lot):
        if tender.deadline is not None:
            yield Matter.BIDS, tender.lot, tender.deadline
    taking = Lot.objects.filter(reviews__stage="pre", reviews__state="announced")
    for found in taking if lot is None else taking.filter(pk=lot.pk):
        review: Any = found.reviews.get(stage="pre")  # the stage above names itself
        yield Matter.APPLICATIONS, found, review.applications_until
