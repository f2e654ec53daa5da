"""What people lay down in a draw: contributions, readings of the dice, and skips. None of it is ever changed back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trading.ledger import proofs
from trading.ledger.tables import AuditEvent


class State(models.TextChoices):
    PREPARING = "preparing", _("Contributions")
    COMMITTED = "committed", _("Committed")
    CLOSED = "closed", _("Reveals closed")
    DRAWN = "drawn", _("Drawn")
    VOID = "void", _("Void")


class VoidCause(models.TextChoices):
    EQUIPMENT = "equipment", _("Equipment failure")
    LIST_ERROR = "list_error", _("Error in the frozen list")
    WITNESS_LEFT = "witness_left", _("A witness had to leave")
    REVEALS_MISSING = "reveals_missing", _("Too few contributions revealed")
    LEGAL_ORDER = "legal_order", _("Order of an authority")


class SkipCode(models.TextChoices):
    REFUSED = "S01", _("Declined in writing")
    UNREACHABLE = "S02", _("Not reached within the window")
    INELIGIBLE = "S03", _("Found ineligible")
    CONTRACT = "S04", _("No contract came about in time")


class Contribution(models.Model):
    """One party's share of the seed: its commitment, and the secret once it is revealed."""

    draw = models.ForeignKey("trading.Draw", on_delete=models.PROTECT, related_name="contributions")
    who = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    c = models.CharField(max_length=64)
    at = models.DateTimeField()
    value = models.TextField(blank=True)
    revealed_at = models.DateTimeField(null=True)
    revealed_in = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "who"], name="one_contribution_of_a_party"),
            models.CheckConstraint(
                condition=models.Q(value="", revealed_at=None)
                | (~models.Q(value="") & models.Q(revealed_at__isnull=False)),
                name="a_reveal_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who} in {self.draw_id}"

    def stood_before(self, size: int) -> bool:
        """Say whether the reveal stands in the ledger's tree of `size` entries."""
        index = proofs.index_of(self.revealed_in) if self.revealed_in else None
        return index is not None and index < size


class DiceEntry(models.Model):
    """The digits one person read off the dice, and the badges of those who rolled."""

    draw = models.ForeignKey("trading.Draw", on_delete=models.PROTECT, related_name="dice")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField()
    digits = models.CharField(max_length=100)
    hands = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "attempt", "user"], name="one_reading_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"reading {self.attempt} in {self.draw_id}"


class Skip(models.Model):
    """A drawn candidate passed over, with its code and the hash of its evidence; `user` is empty for the clock."""

    draw = models.ForeignKey("trading.Draw", on_delete=models.PROTECT, related_name="skips")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    candidate = models.CharField(max_length=64)
    stratum = models.CharField(max_length=16)
    code = models.CharField(max_length=3, choices=SkipCode.choices)
    evidence = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["draw", "candidate"], name="skipped_once")]

    def __str__(self) -> str:
        return f"{self.candidate} skipped in {self.draw_id}"
