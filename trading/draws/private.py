"""Which draws are a committee's own: held in its closed session, sealed while it is secret (招标投标法 37, 38, 44)."""

from trading.draws import leaves
from trading.room import Kind

TIE = "tie"  # among equal bids: who is equal is a part of the ranking
HELD_IN = {leaves.PURPOSE: Kind.PANEL, TIE: Kind.EVALUATION}
