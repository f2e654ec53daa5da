"""The doors of outages and their postponements, and of bid securities."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.deposit import Deposit, Forfeit, Form, RefundCause
from bids.outage import Outage
from bids.postponement import Postponement
from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Moment, Record, Ref, Yuan
from trading.party import Organisation, Role
from trading.party_serializers import mine

AREA = {"base_template": "textarea.html"}


def payers(person: Any) -> models.QuerySet[Organisation]:
    """Offer an enterprise its own organisations; owner and agency name the one that the bank named."""
    own = mine(Role.BIDDER)(person)
    return Organisation.objects.all() if person.roles() & {Role.OWNER, Role.AGENCY} else own


class OutageRecord(Record):
    class Meta:
        model = Outage
        fields = ("id", "began_at", "ended_at", "evidence", "postpone", "reason", *BASICS)


class ReportOutage(Input):
    consequence = _("What was due in it closes only after the sector regulator has decided.")
    began_at = Moment(label=_("From"))
    ended_at = Moment(label=_("Until"), required=False, allow_null=True, help_text=_("Empty while it lasts."))
    evidence = serializers.CharField(label=_("What happened, and the evidence"), max_length=500, style=AREA)


class NewDeadline(serializers.Serializer[Any]):
    """A moment later than the rule's earliest, for one lot."""

    lot = serializers.CharField(label=_("Lot"), max_length=23)
    deadline = Moment(label=_("New deadline"))


class DecideOutage(Input):
    consequence = _("Every deadline that the outage covers moves for everybody, or none does; the notice says so.")
    postpone = serializers.BooleanField(label=_("Deadlines are postponed"))
    reason = serializers.CharField(label=_("Reason"), max_length=300, style=AREA)
    ended_at = Moment(
        label=_("Until"), required=False, allow_null=True, help_text=_("Only where the report names no end.")
    )
    deadlines = serializers.ListField(
        child=NewDeadline(),
        label=_("New deadlines"),
        required=False,
        max_length=1000,
        help_text=_("One line each: lot code | moment with its offset. Without one the rule's earliest counts."),
    )


class PostponementRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Postponement
        fields = ("id", "lot", "outage", "matter", "before", "after", "by_rule", *BASICS)


class DepositRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Deposit
        fields = (
            *("id", "lot", "organisation", "uscc", "name", "form", "amount", "account_name", "basic_account"),
            *("reference", "valid_until", "arrived_at", "ended_on", "cause", *BASICS),
        )


class EnterDeposit(Input):
    basis = "招标投标法实施条例 26; 政府采购法实施条例 33"
    consequence = _("The entry is sealed until the bids are opened.")
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=payers, label=_("Enterprise"))
    form = serializers.ChoiceField(choices=Form.choices, label=_("Form"))
    amount = Yuan(label=_("Amount (yuan)"))
    account_name = serializers.CharField(label=_("Name of the account, or who asked for the guarantee"), max_length=200)
    basic_account = serializers.BooleanField(label=_("From the basic account"), default=False)
    reference = serializers.CharField(label=_("Serial no. of the bank, or guarantee no."), max_length=64)
    valid_until = serializers.DateField(label=_("Guarantee valid until"), required=False, allow_null=True)


class RefundDeposit(Input):
    cause = serializers.ChoiceField(choices=RefundCause.choices, label=_("Cause"))
    on = serializers.DateField(label=_("Refunded or kept on"))


class KeepDeposit(Input):
    cause = serializers.ChoiceField(choices=Forfeit.choices, label=_("Cause"))
    on = serializers.DateField(label=_("Refunded or kept on"))


OUTAGES = Door(
    model=Outage,
    path="outages",
    singular=_("Outage"),
    plural=_("Outages"),
    reads=OutageRecord,
    rows=lambda person: Outage.objects.all(),
    creates=("report", ReportOutage),
    acts={"decide": DecideOutage},
    filters=("state",),
    listed_as=("began_at", "ended_at", "postpone"),
    by_hand=False,
)
POSTPONEMENTS = Door(
    model=Postponement,
    path="postponements",
    singular=_("Postponement"),
    plural=_("Postponements"),
    reads=PostponementRecord,
    rows=Postponement.objects.visible_to,
    lists=lambda person: Postponement.objects.visible_to(person).filter(lot__rehearsal=False),
    inside=("postpone",),
    filters=("lot__code", "outage", "matter"),
    related=("lot", "outage"),
    listed_as=("lot", "matter", "before", "after"),
)
DEPOSITS = Door(
    model=Deposit,
    path="deposits",
    singular=_("Bid security"),
    plural=_("Bid securities"),
    reads=DepositRecord,
    rows=Deposit.objects.visible_to,
    creates=("enter", EnterDeposit),
    acts={"withdraw": None, "refund": RefundDeposit, "keep": KeepDeposit},
    at_will=("withdraw", "keep"),
    filters=("lot__code", "organisation", "state"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "form", "amount"),
    by_hand=False,
)
NOUNS = (OUTAGES, POSTPONEMENTS, DEPOSITS)
