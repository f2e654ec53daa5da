"""What the library keeps beside an expert: specialities, ties to organisations, leaves, suspensions. All are dated.

Nothing is overwritten: what ends gets its last day, so that a recusal years later still finds who worked where. An
expert is `Any` here, for these tables lie below it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from experts import application, specialities


class Kind(models.TextChoices):
    EMPLOYMENT = application.Kind.EMPLOYMENT, _("Employment")
    DIRECTORSHIP = application.Kind.DIRECTORSHIP, _("Director or supervisor")
    HOLDING = application.Kind.HOLDING, _("Controlling shareholder or actual controller")
    PRINCIPAL = application.Kind.PRINCIPAL, _("Legal representative or person in charge")
    AUTHORITY = application.Kind.AUTHORITY, _("Staff of a project authority or supervisor")
    OTHER = application.Kind.OTHER, _("Other interest")


class Whose(models.TextChoices):
    SELF = application.Whose.SELF, _("My own")
    SPOUSE = application.Whose.SPOUSE, _("Spouse")
    LINEAL = application.Whose.LINEAL, _("Lineal relative by blood")
    COLLATERAL = application.Whose.COLLATERAL, _("Collateral relative within three generations")
    IN_LAW = application.Whose.IN_LAW, _("Near relative by marriage")


class Held(models.Model):
    """One speciality of an expert, from the day it was recognised."""

    expert = models.ForeignKey("experts.Expert", on_delete=models.PROTECT, related_name="held")
    code = models.CharField(max_length=16, db_index=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "code"], condition=models.Q(ends_on=None), name="a_speciality_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {specialities.name_of(self.code)}"


class Relation(models.Model):
    """One tie of the expert or of a near relative to an organisation (RC-05 to RC-10); a relative is not named."""

    expert = models.ForeignKey("experts.Expert", on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    whose = models.CharField(max_length=16, choices=Whose.choices)
    uscc = models.CharField(max_length=18, db_index=True)
    organisation = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ("-starts_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["expert"],
                condition=models.Q(kind=application.Kind.EMPLOYMENT, whose=application.Whose.SELF, ends_on=None),
                name="one_employer_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="a_relation_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_kind_display()} · {self.get_whose_display()}"


class Leave(models.Model):
    """Days on which the expert takes no part (请假), both included."""

    expert = models.ForeignKey("experts.Expert", on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_leave_ends_after_it_began"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class Suspension(models.Model):
    """A suspension by the keeper's decision, with its article; `ended_on` is when the expert came back."""

    expert = models.ForeignKey("experts.Expert", on_delete=models.PROTECT, related_name="suspensions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=32)
    basis = models.CharField(max_length=100)
    decision_no = models.CharField(max_length=64)

    class Meta:
        ordering = ("-starts_on",)
        constraints = [
            models.UniqueConstraint(fields=["expert"], condition=models.Q(ended_on=None), name="one_suspension_runs"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_suspension_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_no} · {self.starts_on} – {self.ends_on}"


def hold(expert: Any, codes: Iterable[str], on: date) -> None:
    """Let the expert hold exactly these specialities from `on`; what it held stays on record with its last day."""
    wanted = set(codes)
    now = expert.held.filter(ends_on=None)
    now.exclude(code__in=wanted).update(ends_on=on)
    missing = wanted - set(now.values_list("code", flat=True))
    Held.objects.bulk_create([Held(expert=expert, code=code, starts_on=on) for code in sorted(missing)])


def tie(expert: Any, ties: Iterable[application.Tie]) -> None:
    """Enter ties; one that is on record and still open gets the last day that is said now."""
    for one in ties:
        named: dict[str, Any] = {"kind": one.kind, "whose": one.whose, "uscc": one.uscc}
        known = expert.relations.filter(**named, ends_on=None, starts_on=one.starts_on)
        if not known.update(ends_on=one.ends_on):
            Relation.objects.create(
                expert=expert,
                organisation=one.organisation,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                **named,
            )


def employ(expert: Any, employer: application.Tie) -> None:
    """Enter the employer; the one before ends on the day the new one begins, and stays on record."""
    own = {"kind": application.Kind.EMPLOYMENT, "whose": application.Whose.SELF, "ends_on": None}
    standing = expert.relations.filter(**own).first()
    if standing is not None and standing.uscc == employer.uscc:
        return
    if standing is not None:
        standing.ends_on = max(standing.starts_on, employer.starts_on)
        standing.save()
    tie(expert, [employer])


def employer_of(expert: Any) -> Relation | None:
    """Return the present employer."""
    own = {"kind": application.Kind.EMPLOYMENT, "whose": application.Whose.SELF, "ends_on": None}
    return next((r for r in expert.relations.all() if all(getattr(r, k) == v for k, v in own.items())), None)


def codes_of(expert: Any) -> list[str]:
    """Return the codes that the expert holds now, in order."""
    return sorted(one.code for one in expert.held.all() if one.ends_on is None)
