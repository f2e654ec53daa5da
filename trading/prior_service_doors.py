"""The door of earlier services to a project."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Record, Ref
from trading.prior_service import PriorService, ServiceKind
from trading.project import Project


class PriorServiceRecord(Record):
    project = serializers.CharField(source="project.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = PriorService
        fields = ("id", "project", "organisation", "uscc", "name", "kind", "evidence", *BASICS)


class EnterPriorService(Input):
    consequence = _("Who gave this service stays out of the project's tenders; everybody can read the entry.")

    project = Ref("project", label=_("Project"), help_text=_("The project's code."))
    organisation = Ref("organisation", label=_("Organisation"), help_text=_("The organisation's number."))
    kind = serializers.ChoiceField(choices=ServiceKind.choices, label=_("Service"))
    evidence = serializers.CharField(label=_("Contract or other proof"), max_length=200)


class WithdrawPriorService(Input):
    reason = serializers.CharField(label=_("Reason"), max_length=200, style={"base_template": "textarea.html"})


PRIOR_SERVICES = Door(
    model=PriorService,
    path="prior-services",
    singular=_("Earlier service"),
    plural=_("Earlier services"),
    reads=PriorServiceRecord,
    rows=lambda person: PriorService.objects.filter(project__in=Project.objects.visible_to(person)),
    creates=("enter", EnterPriorService),
    acts={"withdraw": WithdrawPriorService},
    at_will=("withdraw",),
    filters=("project__code", "organisation__uscc", "kind", "state"),
    related=("project", "organisation"),
    listed_as=("project", "organisation", "kind"),
)
NOUNS = (PRIOR_SERVICES,)
