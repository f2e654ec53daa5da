"""The doors of an award: of a tender, and of a procurement."""

from django.utils.translation import gettext_lazy as _

from bids import award_serializers as s
from bids.procurement_award import ProcurementAward
from bids.tender_award import TenderAward
from trading.doors.door import Door

RELATED = ("lot__project__owner", "lot__project__agency", "winner__opened__bid__organisation")
TENDER_AWARDS = Door(
    model=TenderAward,
    path="tender-awards",
    singular=_("Award of a tender"),
    plural=_("Awards of tenders"),
    reads=s.TenderAwardRecord,
    rows=TenderAward.objects.visible_to,
    lists=lambda person: TenderAward.objects.visible_to(person).filter(lot__rehearsal=False),
    acts={
        "publicise": s.PubliciseCandidates,
        "determine": s.ChooseRank,
        "issue": None,
        "pass_over": s.PassOver,
        "report": s.HandInReport,
        "fail": s.EndAward,
    },
    at_will=("pass_over", "fail"),
    inside=("make_up", "set_aside"),
    fits={
        "determine": lambda award, person: award.public_until is not None and award.today() > award.public_until,
        "report": lambda award, person: award.reported_on is None,
        "fail": lambda award, person: award.someone_gave_way(),
    },
    filters=("lot__code", "state"),
    related=RELATED,
    listed_as=("lot", "awarded_on"),
)
PROCUREMENT_AWARDS = Door(
    model=ProcurementAward,
    path="procurement-awards",
    singular=_("Award of a procurement"),
    plural=_("Awards of procurements"),
    reads=s.ProcurementAwardRecord,
    rows=ProcurementAward.objects.visible_to,
    lists=lambda person: ProcurementAward.objects.visible_to(person).filter(lot__rehearsal=False),
    acts={
        "confirm": s.ChooseRank,
        "publish": s.PublishResult,
        "pass_over": s.PassOver,
        "fail": s.EndAward,
    },
    at_will=("pass_over", "fail"),
    inside=("make_up", "set_aside"),
    fits={"fail": lambda award, person: award.someone_gave_way()},
    filters=("lot__code", "state"),
    related=RELATED,
    listed_as=("lot", "awarded_on"),
)
NOUNS = (TENDER_AWARDS, PROCUREMENT_AWARDS)
