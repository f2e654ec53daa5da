"""The draw: its contributions, reveals, beacon and result, as acts of the people in the room."""

from django.db import models

from trading.lot import Lot
from trading.party import User
from trading.transitions import Machine


class Draw(Machine):
    """One draw of one frozen list."""

    noun = "draw"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="draws")
    purpose = models.CharField(max_length=16)
    seq = models.PositiveIntegerField(default=1)
    draw_id = models.CharField(max_length=64, unique=True, editable=False)


class Contribution(models.Model):
    """One party's share of the seed."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="contributions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class DiceEntry(models.Model):
    """The digits one person read off the dice."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="dice")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
