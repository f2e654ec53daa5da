"""The doors of the working days: holiday notices with their acts, and the calendar that they make, page and API."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trading import clock
from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Record
from trading.doors.schema import Schema
from trading.holiday_notice import HolidayNotice, calendar
from trading.rules import workdays

DAYS_A_NOTICE = 100


def dates(days: list[date]) -> list[str]:
    """Return days as a record keeps them: each once, in order, ISO."""
    return [day.isoformat() for day in sorted(set(days))]


class HolidayNoticeRecord(Record):
    days_off = serializers.ListField(child=serializers.DateField(), label=_("Days off"))
    worked_days = serializers.ListField(child=serializers.DateField(), label=_("Make-up working days"))

    class Meta:
        model = HolidayNotice
        fields = (
            *("id", "year", "number", "title", "document_no", "issued_on", "source_url", "days_off", "worked_days"),
            *("correction", "rejection", *BASICS),
        )


class EnterHolidayNotice(Input):
    """The State Council's notice of a year, as it was published."""

    consequence = _("The regulator compares the lists with the published notice; they count once confirmed.")

    year = serializers.IntegerField(label=_("Year"), min_value=2000, max_value=2150)
    title = serializers.CharField(label=_("Title"), max_length=200)
    document_no = serializers.CharField(label=_("Document no."), max_length=64)
    issued_on = serializers.DateField(label=_("Issued on"))
    source_url = serializers.URLField(
        label=_("First published at"), max_length=500, required=False, allow_blank=True, default=""
    )
    days_off = serializers.ListField(
        child=serializers.DateField(),
        label=_("Days off"),
        help_text=_("Every day off of every holiday, weekends within it too; one date a line, such as 2027-01-01."),
        allow_empty=False,
        max_length=DAYS_A_NOTICE,
    )
    worked_days = serializers.ListField(
        child=serializers.DateField(),
        label=_("Make-up working days"),
        help_text=_("The Saturdays and Sundays that are worked; one date a line."),
        max_length=DAYS_A_NOTICE,
        required=False,
        default=list,
    )
    correction = serializers.CharField(
        label=_("Reason of the correction"),
        help_text=_("Only where the year's working days are known already."),
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
    )

    def validate_days_off(self, value: list[date]) -> list[str]:
        return dates(value)

    def validate_worked_days(self, value: list[date]) -> list[str]:
        return dates(value)


class RejectHolidayNotice(Input):
    reason = serializers.CharField(label=_("Reason"), max_length=200, style={"base_template": "textarea.html"})


class ConfirmHolidayNotice(Input):
    consequence = _(
        "Compare every day with the published notice first. From now on every limit of the year is counted by it; "
        "an earlier version is replaced and stays readable."
    )


HOLIDAY_NOTICES = Door(
    model=HolidayNotice,
    path="holiday-notices",
    singular=_("Holiday notice"),
    plural=_("Holiday notices"),
    reads=HolidayNoticeRecord,
    rows=lambda person: HolidayNotice.objects.all(),
    creates=("enter", EnterHolidayNotice),
    acts={"confirm": ConfirmHolidayNotice, "reject": RejectHolidayNotice},
    inside=("supersede",),
    filters=("year", "state"),
    listed_as=("year", "number", "document_no", "issued_on"),
    states={"entered": (_("Waits for the regulator"), "warning"), "confirmed": (_("In force"), "success")},
)


class YearRecord(serializers.Serializer[Any]):
    """The working days of a year that differ from the week, and the notice they come from."""

    year = serializers.IntegerField()
    version = serializers.IntegerField(help_text="0 is the table of past years that the platform brings along.")
    notice = serializers.IntegerField(allow_null=True, help_text="The holiday notice; null for the table.")
    document_no = serializers.CharField(allow_blank=True)
    days_off = serializers.ListField(child=serializers.DateField())
    worked_days = serializers.ListField(child=serializers.DateField())


class CalendarRecord(serializers.Serializer[Any]):
    """Every year whose working days are known, newest first."""

    items = YearRecord(many=True)


def years() -> list[dict[str, Any]]:
    """Return the years whose working days are known, newest first, each with its notice and the versions before."""
    known = calendar()
    notices: dict[int, list[HolidayNotice]] = {}
    for notice in HolidayNotice.objects.filter(state__in=["confirmed", "superseded"]):
        notices.setdefault(notice.year, []).append(notice)
    return [_year(year, days, notices.get(year, [])) for year, days in sorted(known.years.items(), reverse=True)]


def _year(year: int, days: workdays.Year, notices: list[HolidayNotice]) -> dict[str, Any]:
    off, worked = days
    current = next((notice for notice in notices if notice.state == "confirmed"), None)
    return {
        "year": year,
        "version": current.number if current else workdays.TABLE_VERSION,
        "notice": current.pk if current else None,
        "document_no": current.document_no if current else "",
        "days_off": sorted(off),
        "worked_days": sorted(worked),
        "current": current,
        "earlier": [notice for notice in notices if notice is not current],
        "spans": list(workdays.spans(off)),
    }


class CalendarApi(APIView):
    """The working-day calendar."""

    schema = Schema()

    @extend_schema(operation_id="rules_calendar", tags=["rules"], responses=CalendarRecord)
    def get(self, request: Request) -> Response:
        """The days off and make-up working days of every year that is known, with their source."""
        return Response(CalendarRecord({"items": years()}).data)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the working days that every limit is counted by, the source of each year, and the years that lack one."""
    known = years()
    this_year = clock.local_date(clock.now()).year
    missing = {this_year, this_year + 1} - {row["year"] for row in known}
    context = {
        "years": known,
        "missing": sorted(missing),
        "waiting": HolidayNotice.objects.filter(state="entered"),
        "may_enter": HOLIDAY_NOTICES.offered_to(request.user),
    }
    return render(request, "trading/calendar.html", context)


NOUNS = (HOLIDAY_NOTICES,)
api = [path("rules/calendar/", CalendarApi.as_view(), name="calendar")]
pages = [path("rules/calendar/", page, name="calendar")]
