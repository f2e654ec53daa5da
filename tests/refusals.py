"""An act that must be refused, and leave nothing."""

import pytest

from trading.errors import RuleError
from trading.ledger.tables import AuditEvent
from trading.transitions import perform


def refused(act, code, **facts):
    """Perform an act that must be refused with `code` and leave no ledger entry; return the refusal."""
    before = AuditEvent.objects.count()
    with pytest.raises(RuleError) as caught:
        perform(act, **facts)
    assert caught.value.code == code
    assert AuditEvent.objects.count() == before
    return caught.value
