"""Procedure kinds: one frozen value and its pure rules per file."""

from trading.procedures import fixed_price
from trading.procedures.procedure import Procedure

KINDS: tuple[Procedure, ...] = (fixed_price.PROCEDURE,)
