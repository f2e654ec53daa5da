"""The library's daily snapshot: its root goes into the ledger before any project needs it (draw-protocol.md, 3.3).

Whoever is put into the library, or changed in it, after that is not in the day's file: a draw names the snapshot it was
made from, and an auditor with the file sees that nobody was slipped in. The file itself is not public.
"""

import hashlib
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts import application, keyring, library, recusal
from experts.expert import Expert
from experts.library import Row, Standing
from trading import clock, holiday_notice
from trading.errors import RuleError
from trading.rules import periods, table
from trading.rules.rule import Unit
from trading.rules.workdays import Calendar
from trading.transitions import THE_CLOCK, Act, Machine, act

IN_LIBRARY = ("active", "suspended")


def storage_name(snapshot: "Snapshot", name: str) -> str:
    return f"objects/libraries/{snapshot.sha256[:2]}/{snapshot.sha256}"


class Snapshot(Machine):
    """The library as it stood on one day."""

    noun = "library_snapshot"
    day = models.DateField(_("Day"))
    rehearsal = models.BooleanField(default=False, editable=False)
    file = models.FileField(upload_to=storage_name, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    root = models.CharField(_("Root of the list"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("Experts"), default=0, editable=False)

    class Meta:
        ordering = ("-day", "rehearsal")
        constraints = [models.UniqueConstraint(fields=["day", "rehearsal"], name="one_library_snapshot_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"

    @act(
        "library_snapshot.taken",
        source="",
        target="taken",
        may=THE_CLOCK,
        label=gettext_noop("Take the library's daily snapshot"),
    )
    def take(self, act: Act) -> dict[str, Any]:
        """Write the day's file and its root (draw-protocol.md, 3.3); the entry names nobody."""
        written = library.write(rows(self.day, rehearsal=self.rehearsal), salting(self.day))
        self.sha256, self.root, self.size = written.sha256, written.root, written.size
        self.file.save("library", ContentFile(written.content), save=False)
        said = {"format": library.FORMAT, "root": self.root, "n": self.size, "sha256": self.sha256}
        at = {"day": self.day.isoformat(), "at": clock.iso(act.at)}
        return {**said, **at, **({"rehearsal": True} if self.rehearsal else {})}

    def experts(self) -> list[Row]:
        """Return the experts of the file. Raises RuleError where it is no longer the one that was taken."""
        with self.file.open("rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise RuleError(
                gettext_noop("The library's file of %(day)s is not the one in the ledger."),
                code="library_altered",
                basis="电子招标投标办法 55",
                next_step=gettext_noop("Restore the file from the backup; nobody is drawn until then."),
                day=self.day.isoformat(),
            )
        return library.read(content)


def salting(day: date) -> bytes:
    """Return the key of a day's salts."""
    return keyring.held().derived(f"library/{day.isoformat()}")


def rows(day: date, *, rehearsal: bool) -> list[Row]:
    """Return the experts in the library as they stand on a day."""
    calendar = holiday_notice.calendar()
    found = Expert.objects.filter(state__in=IN_LIBRARY, rehearsal=rehearsal)
    known = found.prefetch_related("held", "relations", "leaves", "suspensions")
    return [row(expert, day, calendar=calendar) for expert in known]


def row(expert: Expert, day: date, *, calendar: Calendar) -> Row:
    """Return an expert as the draw sees it."""
    since = looked_back(day)
    tied = {r.uscc for r in expert.relations.all() if r.ends_on is None or r.ends_on >= since}
    away = [(one.starts_on, one.ends_on) for one in expert.leaves.all() if one.ends_on >= day]
    away += [(one.starts_on, one.ends_on) for one in expert.suspensions.all() if one.ended_on is None]
    standing = Standing.READY
    if expert.state == "suspended":
        standing = Standing.SUSPENDED
    elif not application.within_age(expert.personal.born_on, day, calendar=calendar):
        standing = Standing.AGED
    made = Row(
        expert.number,
        standing,
        tuple(expert.codes),
        expert.region,
        tuple(sorted(tied)),
        expert.drawable_on,
        tuple(sorted(away)),
        expert.rehearsal,
    )
    return Row(**{**vars(made), "standing": library.standing(made, day)})


def looked_back(day: date) -> date:
    """Return the first day on which an ended tie still bars (RC-07: 政府采购法实施条例 9)."""
    return periods.plain(day, -table.find(recusal.LOOK_BACK, day).days, Unit.YEARS)


def latest(before: date, *, rehearsal: bool) -> Snapshot | None:
    """Return the last snapshot taken on `before` or earlier."""
    return Snapshot.objects.filter(day__lte=before, rehearsal=rehearsal).first()
