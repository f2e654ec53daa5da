"""Procedure kinds: one frozen value and its pure rules per file."""

from trading.procedures import fixed_price, government_open_tender, public_tender
from trading.procedures.procedure import Procedure

KINDS: tuple[Procedure, ...] = (fixed_price.PROCEDURE, public_tender.PROCEDURE, government_open_tender.PROCEDURE)
TENDERS: dict[str, Procedure] = {kind.kind: kind for kind in KINDS if "issue_days" in kind.rules}
