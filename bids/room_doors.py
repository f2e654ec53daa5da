"""The doors of the evaluation room; whoever has no part in it gets 404, as if there were none (招标投标法 37, 44)."""

from typing import Any

from django.db import models
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids import room_serializers as s
from bids.room import matrix, tie
from bids.room.correction import Correction
from bids.room.evaluation import Evaluation
from bids.room.inquiry import Inquiry
from bids.room.member import SITTING, Member
from bids.room.sheet import Sheet
from trading.doors.door import Door
from trading.doors.fields import Input
from trading.doors.schema import Schema


def members_for(person: Any) -> models.QuerySet[Member]:
    """Return the members of the evaluations that the person may see, and oneself."""
    seen = Evaluation.objects.visible_to(person)
    return Member.objects.filter(evaluation__in=seen.values("pk"))


def sheets_for(person: Any) -> models.QuerySet[Sheet]:
    """Return one's own sheet; the others' are shown together, once all are signed."""
    if not person.is_authenticated:
        return Sheet.objects.none()
    return Sheet.objects.filter(member__user=person, member__state__in=SITTING)


EVALUATIONS = Door(
    model=Evaluation,
    path="evaluations",
    singular=_("Evaluation"),
    plural=_("Evaluations"),
    reads=s.EvaluationRecord,
    rows=Evaluation.objects.visible_to,
    lists=lambda person: Evaluation.objects.visible_to(person).filter(lot__rehearsal=False),
    creates=("convene", s.Convene),
    acts={
        "seat_newcomers": None,
        "begin": None,
        "extend": s.Extend,
        "assess": s.Assess,
        "conclude": None,
        "sum_up": None,
        "score_again": s.ScoreAgain,
        "draw_ties": s.DrawTies,
        "write_report": None,
        "finish": s.Finish,
        "fail": s.Fail,
    },
    at_will=("seat_newcomers", "extend", "assess", "score_again", "fail"),
    inside=("interrupt",),
    fits={"draw_ties": lambda evaluation, person: tie.waits(evaluation)},
    filters=("lot__code", "state"),
    related=("lot__project", "lot__tender", "session", "opening"),
    listed_as=("lot", "until"),
)
MEMBERS = Door(
    model=Member,
    path="committee-members",
    singular=_("Member of a committee"),
    plural=_("Members of a committee"),
    reads=s.MemberRecord,
    rows=members_for,
    acts={
        "confirm_discipline": None,
        "declare_none": None,
        "recuse": s.Leave,
        "replace": s.Leave,
        "vote": s.Vote,
        "find": s.Findings,
        "ask_time": None,
        "sign": s.SignReport,
    },
    at_will=("recuse", "replace", "vote", "find", "ask_time"),
    inside=("sit",),
    fits={"sign": lambda member, person: member.evaluation.state == "reported" and member.signed_at is None},
    filters=("evaluation", "state"),
    related=("evaluation__lot__project", "evaluation__session", "seat", "user"),
    listed_as=("evaluation", "seat", "name"),
)
SHEETS = Door(
    model=Sheet,
    path="score-sheets",
    singular=_("Score sheet"),
    plural=_("Score sheets"),
    reads=s.SheetRecord,
    rows=sheets_for,
    acts={"sign": s.SignSheet, "explain": s.Explain},
    at_will=("explain",),
    inside=("lay_out", "reopen", "void"),
    filters=("state",),
    related=("member__evaluation__lot__project", "member__evaluation__session", "member__seat"),
    listed_as=("evaluation", "saved_at"),
)
CORRECTIONS = Door(
    model=Correction,
    path="price-corrections",
    singular=_("Correction of a price"),
    plural=_("Corrections of prices"),
    reads=s.CorrectionRecord,
    rows=Correction.objects.visible_to,
    creates=("propose", s.Correct),
    acts={"confirm": None, "refuse": None},
    by_hand=False,
    filters=("candidate__evaluation", "state"),
    related=("candidate__evaluation__lot__project", "candidate__evaluation__session", "candidate__opened__bid"),
    listed_as=("evaluation", "number", "price"),
)
INQUIRIES = Door(
    model=Inquiry,
    path="bid-inquiries",
    singular=_("Question to a bidder"),
    plural=_("Questions to bidders"),
    reads=s.InquiryRecord,
    rows=Inquiry.objects.visible_to,
    creates=("ask", s.Ask),
    acts={"answer": s.AnswerInquiry},
    by_hand=False,
    filters=("candidate__evaluation", "about", "state"),
    related=("candidate__evaluation__lot__project", "candidate__evaluation__session", "candidate__opened__bid"),
    listed_as=("evaluation", "number", "about"),
)
NOUNS = (EVALUATIONS, MEMBERS, SHEETS, CORRECTIONS, INQUIRIES)


def found(name: str, person: Any) -> Evaluation:
    """Return the evaluation of this number in whose room the person has a part, or 404."""
    row: Evaluation | None = EVALUATIONS.find(name, Evaluation.objects.taking_part(person))
    if row is None:
        raise Http404
    return row


class Matrix(serializers.Serializer[Any]):
    """All bids of an evaluation on one screen, as far as the person may see them."""

    version = serializers.IntegerField()
    state = serializers.CharField()
    parts = serializers.ListField(child=serializers.DictField())
    bidders = serializers.ListField(child=serializers.DictField())
    bids = serializers.ListField(child=serializers.DictField())
    sheet = serializers.DictField(allow_null=True)
    scores = serializers.DictField()
    figures = serializers.DictField(allow_null=True)


class MatrixApi(APIView):
    """The comparison matrix."""

    schema = Schema()

    @extend_schema(operation_id="evaluation_matrix", tags=["evaluations"], responses=Matrix)
    def get(self, request: Request, name: str) -> Response:
        """Every bid with its findings and the person's own draft; others' scores only once all have signed."""
        body = matrix.of(found(name, request.user), request.user)
        return Response(body, headers={"Cache-Control": "private, no-store"})


class Draft(Input):
    """A draft of one's sheet: {bid number: {part: score}}, and the number of the draft that was seen."""

    draft = serializers.IntegerField(min_value=0)
    scores = serializers.DictField(child=serializers.DictField(child=serializers.CharField(max_length=26)))


class Saved(serializers.Serializer[Any]):
    draft = serializers.IntegerField()


class DraftApi(APIView):
    """Keeps the draft of a score sheet."""

    schema = Schema()

    @extend_schema(operation_id="score_sheet_save", tags=["score-sheets"], request=Draft, responses=Saved)
    def put(self, request: Request, name: str) -> Response:
        """Save the draft; 412 where it was saved elsewhere since, with nothing lost."""
        sheet: Sheet | None = SHEETS.find(name, sheets_for(request.user))
        if sheet is None:
            raise Http404
        given = Draft(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"draft": sheet.save_draft(request.user, **given.validated_data)})


api = [
    path("evaluations/<name:name>/matrix/", MatrixApi.as_view(), name="evaluation_matrix"),
    path("score-sheets/<name:name>/draft/", DraftApi.as_view(), name="score_sheet_draft"),
]
