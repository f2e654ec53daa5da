"""Holiday notices (节假日安排): the days off and make-up working days of a year, as the State Council gives them.

The centre enters the notice, the sector regulator compares it and confirms it: two people. Only a confirmed notice
counts days. A correction is a further version; the earlier one stays readable, and every deadline says which version
it used. Nothing is cached: whoever computes reads the notices anew, so every process sees a confirmed year at once.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock
from trading.errors import RuleError
from trading.party import Role, anywhere
from trading.rules import holidays, workdays
from trading.transitions import Act, Machine, act, perform

CENTRE = anywhere(Role.CENTRE_STAFF)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)


class HolidayNotice(Machine):
    """One version of a year's holiday notice (国务院办公厅关于部分节假日安排的通知)."""

    noun = "holiday_notice"
    year = models.PositiveSmallIntegerField(_("Year"))
    number = models.PositiveSmallIntegerField(_("Version"), default=1, editable=False)
    title = models.CharField(_("Title"), max_length=200)
    document_no = models.CharField(_("Document no."), max_length=64)
    issued_on = models.DateField(_("Issued on"))
    source_url = models.URLField(_("First published at"), max_length=500, blank=True)
    days_off = models.JSONField(_("Days off"), default=list, blank=True)
    worked_days = models.JSONField(_("Make-up working days"), default=list, blank=True)
    correction = models.CharField(_("Reason of the correction"), max_length=200, blank=True)
    rejection = models.CharField(_("Reason of the rejection"), max_length=200, blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ("-year", "-number")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="a_holiday_notice_version_once"),
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(state="entered"), name="one_holiday_notice_waits"
            ),
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(state="confirmed"), name="one_holiday_notice_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}" + (f" v{self.number}" if self.number > 1 else "")

    @property
    def days(self) -> workdays.Year:
        """The days off and the make-up working days."""
        return (
            frozenset(date.fromisoformat(day) for day in self.days_off),
            frozenset(date.fromisoformat(day) for day in self.worked_days),
        )

    @act(
        "holiday_notice.entered",
        source="",
        target="entered",
        may=CENTRE,
        label=gettext_noop("Enter a holiday notice"),
    )
    def enter(self, act: Act) -> dict[str, Any]:
        """Put the days of the State Council's notice before the regulator (全国年节及纪念日放假办法 2)."""
        earlier = HolidayNotice.objects.filter(year=self.year)
        if earlier.filter(state="entered").exists():
            raise RuleError(
                gettext_noop("A notice of %(year)s waits for its confirmation already."),
                code="holiday_notice_waits",
                next_step=gettext_noop("The regulator confirms or rejects it first."),
                year=self.year,
            )
        self._check_date(act)
        holidays.check(self.year, self.days)
        self.number = earlier.count() + 1
        self._check_correction()
        self.entered_by = act.by
        return {
            **self._facts(),
            "title": self.title,
            "issued_on": self.issued_on.isoformat(),
            "days_off": self.days_off,
            "worked_days": self.worked_days,
            "correction": self.correction,
        }

    @act(
        "holiday_notice.confirmed",
        source="entered",
        target="confirmed",
        may=REGULATOR,
        label=gettext_noop("Confirm the holiday notice"),
    )
    def confirm(self, act: Act) -> dict[str, Any]:
        """Let the year's working days be counted by this notice from now on, in place of an earlier version."""
        self._check_second_person(act)
        for earlier in HolidayNotice.objects.filter(year=self.year, state="confirmed"):
            perform(earlier.supersede, by=act.by)
        return self._facts()

    @act(
        "holiday_notice.rejected",
        source="entered",
        target="rejected",
        may=REGULATOR,
        label=gettext_noop("Reject the holiday notice"),
    )
    def reject(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Refuse lists that are not those of the published notice; the centre enters them again."""
        self.rejection = reason
        return {**self._facts(), "reason": reason}

    @act(
        "holiday_notice.superseded",
        source="confirmed",
        target="superseded",
        may=REGULATOR,
        label=gettext_noop("Replace a holiday notice by its correction"),
    )
    def supersede(self, act: Act) -> dict[str, Any]:
        """Count no more days by this version; it stays readable."""
        return self._facts()

    def _facts(self) -> dict[str, Any]:
        return {"year": self.year, "number": self.number, "document_no": self.document_no}

    def _check_date(self, act: Act) -> None:
        if not date(self.year - 1, 1, 1) <= self.issued_on <= clock.local_date(act.at):
            raise RuleError(
                gettext_noop("A notice of %(year)s is not issued on %(issued_on)s."),
                code="holiday_notice_date_wrong",
                next_step=gettext_noop("Enter the date that the published notice carries."),
                year=self.year,
                issued_on=self.issued_on.isoformat(),
            )

    def _check_correction(self) -> None:
        replaces = self.year in calendar().years
        if replaces and not self.correction.strip():
            raise RuleError(
                gettext_noop("The working days of %(year)s are known; a correction names its reason."),
                code="correction_without_reason",
                next_step=gettext_noop("Say what the earlier version has wrong, or which notice changes it."),
                year=self.year,
            )

    def _check_second_person(self, act: Act) -> None:
        if act.by.pk == self.entered_by_id:
            raise RuleError(
                gettext_noop("Whoever entered the notice does not confirm it."),
                code="same_person",
                basis="政府采购法 61",
                next_step=gettext_noop("Another person compares it with the published notice and confirms it."),
            )


def calendar() -> workdays.Calendar:
    """Return the working days as every confirmed notice has them at this moment."""
    confirmed = HolidayNotice.objects.filter(state="confirmed")
    return workdays.PUBLISHED.with_notices({notice.year: (notice.number, notice.days) for notice in confirmed})
