"""The tables of the experts' library."""

from experts.calls import Call
from experts.expert import Expert
from experts.facts import Held, Leave, Relation, Suspension
from experts.looking import Look
from experts.panel import Panel
from experts.seat import Seat
from experts.snapshot import Snapshot

__all__ = ["Call", "Expert", "Held", "Leave", "Look", "Panel", "Relation", "Seat", "Snapshot", "Suspension"]
