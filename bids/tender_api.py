"""The doors of a tender and of its stages before the deadline."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from bids import tender_serializers as s
from bids.clarification import Question
from bids.taking import Taking
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
    inside=("make_up",),
    at_will=("amend", "extend", "fail"),
    fits={"amend": is_before_deadline, "extend": is_before_deadline},
    filters=("lot__code", "lot__kind", "state"),
    related=("lot__project__owner", "lot__project__agency", "notice"),
    listed_as=("lot", "deadline"),
)
TAKINGS = Door(
    model=Taking,
    path="takings",
    singular=_("Taking of tender documents"),
    plural=_("Takings of tender documents"),
    reads=s.TakingRecord,
    details=s.TakingDetail,
    rows=Taking.objects.visible_to,
    creates=("take", s.TakeDocuments),
    by_hand=False,
    filters=("lot__code", "organisation"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "taken_at"),
)
QUESTIONS = Door(
    model=Question,
    path="questions",
    singular=_("Question on tender documents"),
    plural=_("Questions on tender documents"),
    reads=s.QuestionRecord,
    rows=lambda person: Question.objects.exclude(state=""),
    lists=lambda person: Question.objects.exclude(state="").filter(lot__rehearsal=False),
    creates=("ask", s.AskQuestion),
    acts={"answer": s.AnswerQuestion},
    by_hand=False,
    fits={"answer": lambda question, person: is_before_deadline(question.lot.tender, person)},
    filters=("lot__code", "state"),
    related=("lot__project", "lot__tender"),
    listed_as=("lot", "text", "asked_on", "replied_on"),
)
NOUNS = (TENDERS, TAKINGS, QUESTIONS)
