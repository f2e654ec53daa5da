"""What a member finds of a bid's responsiveness (符合性审查): nothing, or the grounds on which to reject it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids.room.member import Member
from bids.room.ranking import Candidate


class Check(models.Model):
    """One member's finding of one bid. `grounds`: {code: reason}; empty where the bid is responsive."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="checks")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="checks")
    grounds = models.JSONField(_("Grounds"), default=dict)
    at = models.DateTimeField(_("At"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "candidate"], name="a_member_checks_a_bid_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.candidate}"
