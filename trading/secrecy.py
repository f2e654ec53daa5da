"""When a lot's secrets end: who bid with the opening, who sits in its committee with the award or the result.

Both are scopes of the ledger's sealed entries (`trading.ledger.sealed`); every tender takes both from its notice on, so
that neither tells anything (招标投标法 22, 37; 政府采购货物和服务招标投标管理办法(87号令) 69).
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from trading.ledger import reveal, sealed
from trading.ledger.tables import SecretWindow


def end(lot: Any, scope: str, at: datetime) -> None:
    """Open what was sealed under a scope of a lot; where it ended early, not before its announced deadline."""
    tender = getattr(lot, "tender", None)
    if tender is not None and tender.deadline is not None and lot.now() < tender.deadline:
        sealed.close_secret_window(scope, at)
    else:
        reveal.open_sealed(scope, at)


def scope_of(lot: Any) -> str:
    """Return under what an act of a lot's committee is sealed now, or nothing once all of it is public."""
    return sealed.committee(lot.code) if lot.committee_is_secret else ""


def committee_is_public() -> Q:
    """Return the condition, of rows with a `lot`, that its committee is no secret any more."""
    own = SecretWindow.objects.filter(tender=Concat(OuterRef("lot__code"), Value(sealed.committee(""))))
    return Q(Exists(own), ~Exists(own.filter(revealed_at=None)))
