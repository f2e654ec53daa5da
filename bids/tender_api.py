"""The doors of a tender and of its stages before the deadline."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from bids import tender_serializers as s
from bids.tender import Tender
from trading.doors.door import Door


def is_before_deadline(tender: Tender, person: Any) -> bool:
    """Say whether what was announced can still move."""
    return tender.deadline is not None and tender.lot.now() < tender.deadline


TENDERS = Door(
    model=Tender,
    path="tenders",
    singular=_("Tender"),
    plural=_("Tenders"),
    reads=s.TenderRecord,
    details=s.TenderDetail,
    rows=Tender.objects.visible_to,
    lists=lambda person: Tender.objects.visible_to(person).filter(lot__rehearsal=False),
    creates=("register", s.RegisterTender),
    acts={"announce": s.AnnounceTender, "amend": s.AmendTender, "extend": s.ExtendTender, "fail": s.FailTender},
    at_will=("amend", "extend", "fail"),
    fits={"amend": is_before_deadline, "extend": is_before_deadline},
    filters=("lot__code", "lot__kind", "state"),
    related=("lot__project__owner", "lot__project__agency", "notice"),
    listed_as=("lot", "deadline"),
)
NOUNS = (TENDERS,)
