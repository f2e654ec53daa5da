"""The holiday notice: two people, one version in force, and every deadline counted by it at once."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests import make
from tests.bids.conftest import case  # noqa: F401  # the comparison that waits for its calendar
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError
from trading.holiday_notice import HolidayNotice, calendar
from trading.ledger.tables import AuditEvent
from trading.party import Membership, Role, User
from trading.transitions import perform

NOW = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)  # a Tuesday
OFF = [
    *("2027-01-01", "2027-01-02", "2027-01-03", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08"),
    *("2027-05-01", "2027-05-02", "2027-10-01", "2027-10-02", "2027-10-03"),
]
TABLE_2026 = {"year": 2026, "version": 0}
WORKED = ["2027-02-14", "2027-10-09"]
GIVEN = {
    "year": 2027,
    "title": "国务院办公厅关于2027年部分节假日安排的通知",
    "document_no": "国办发明电〔2026〕7号",
    "issued_on": "2026-11-04",
    "days_off": OFF,
    "worked_days": WORKED,
}
PATH = "holiday-notices/"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def notice(**changes):
    return HolidayNotice(**{**GIVEN, "issued_on": date(2026, 11, 4), **changes})


def entered(by, **changes):
    return perform(notice(**changes).enter, by=by)


def confirmed(centre, regulator, **changes):
    return perform(entered(centre, **changes).confirm, by=regulator)


def deadline(*words):
    out = StringIO()
    call_command("deadline", *words, stdout=out)
    return dict(line.split(maxsplit=1) for line in out.getvalue().splitlines())


def test_an_entered_notice_counts_no_day(centre):
    entered(centre)
    assert 2027 not in calendar().years
    assert deadline("F01", "--from", "2026-12-29")["status"] == "uncertain"


def test_a_confirmed_notice_counts_in_the_command_the_api_and_the_page(centre, regulator, api, client):
    confirmed(centre, regulator)
    said = deadline("F01", "--from", "2026-12-29")
    answer = api(None).get("rules/F01/deadline/", data={"from": "2026-12-29"}).json()
    client.cookies["django_language"] = "en"
    page = client.get("/deadline/", {"rule": "F01", "from": "2026-12-29"}).content.decode()
    assert (said["date"], said["calendar"]) == ("2027-01-04", "2026 v0, 2027 v1")
    assert (answer["date"], answer["calendar"]) == ("2027-01-04", [TABLE_2026, {"year": 2027, "version": 1}])
    assert [word for word in ("2027-01-04", "2027, version 1", "2026, table of past years") if word not in page] == []


def test_a_publication_waits_for_the_notice_of_its_year(case, centre, regulator):  # noqa: F811
    case.fix_price()
    case.clock.move_to(NOW, tick=False)
    moments = {"opens_at": NOW + timedelta(hours=1), "closes_at": NOW + timedelta(days=6)}
    schedule = {**moments, "draw_at": NOW + timedelta(days=7, hours=1)}
    before = AuditEvent.objects.count()
    with pytest.raises(RuleError) as refused:
        case.announce(**schedule)
    assert (refused.value.code, case.fresh().state, AuditEvent.objects.count()) == (
        "limit_uncertain",
        "price_fixed",
        before,
    )
    confirmed(centre, regulator)
    case.announce(**schedule)
    assert case.fresh().state == "notice_published"
    told = AuditEvent.objects.filter(type="comparison.announced").latest("pk")
    assert b'"calendar":[{"version":0,"year":2026},{"version":1,"year":2027}]' in bytes(told.leaf)


def test_a_correction_replaces_the_version_and_leaves_it_readable(centre, regulator, api):
    first = confirmed(centre, regulator)
    second = confirmed(
        centre, regulator, days_off=[*OFF, "2027-01-04"], correction="国办发明电〔2026〕9号 调整元旦放假"
    )
    answer = api(None).get("rules/F01/deadline/", data={"from": "2026-12-29"}).json()
    old = api(None).get(f"{PATH}{first.pk}/").json()
    assert (answer["date"], answer["calendar"]) == ("2027-01-05", [TABLE_2026, {"year": 2027, "version": 2}])
    assert (old["state"], old["days_off"]) == ("superseded", OFF)
    assert (second.number, second.state) == (2, "confirmed")
    assert list(AuditEvent.objects.filter(type__startswith="holiday_notice.").order_by("pk").values_list("type")) == [
        ("holiday_notice.entered",),
        ("holiday_notice.confirmed",),
        ("holiday_notice.entered",),
        ("holiday_notice.superseded",),
        ("holiday_notice.confirmed",),
    ]


def test_a_correction_of_a_year_of_the_table_takes_its_place(centre, regulator):
    days = {"year": 2026, "days_off": [day.replace("2027", "2026") for day in OFF], "worked_days": []}
    confirmed(centre, regulator, **days, correction="补录通知原文")
    assert (calendar().versions[2026], calendar().is_workday(date(2026, 2, 14))) == (1, False)


def test_a_rejected_notice_says_why_and_is_entered_again(centre, regulator):
    rejected = perform(entered(centre).reject, by=regulator, reason="缺少清明节")
    again = confirmed(centre, regulator)
    assert (rejected.state, rejected.rejection) == ("rejected", "缺少清明节")
    assert (again.number, calendar().versions) == (2, {2027: 2})


def test_the_public_page_shows_each_year_with_its_source(centre, regulator, client):
    client.cookies["django_language"] = "en"
    before = client.get("/rules/calendar/").content.decode()
    first = confirmed(centre, regulator)
    confirmed(centre, regulator, document_no="国办发明电〔2026〕9号", correction="调整元旦放假")
    after = client.get("/rules/calendar/").content.decode()
    assert "The working days of 2027 are not published here yet." in before
    assert "are not published here yet" not in after
    shown = ("国办发明电〔2026〕9号", "version 2", "02-05 – 02-08", "02-14, ", f"/holiday-notices/{first.pk}/")
    assert [
        words for words in shown if words not in after.replace("</span>", "").replace('<span class="nowrap">', "")
    ] == []


def test_the_api_lists_the_years_with_their_notices(centre, regulator, api):
    made = confirmed(centre, regulator)
    newest, before, *_ = api(None).get("rules/calendar/").json()["items"]
    assert newest == {
        "year": 2027,
        "version": 1,
        "notice": made.pk,
        "document_no": "国办发明电〔2026〕7号",
        "days_off": OFF,
        "worked_days": WORKED,
    }
    assert (before["year"], before["version"], before["notice"]) == (2026, 0, None)


def test_over_http_the_centre_enters_and_the_regulator_confirms(api, centre, regulator):
    made = api(centre).post(PATH, GIVEN)
    done = api(regulator).post(f"{PATH}{made.json()['id']}/confirm/", match=made.json()["version"])
    assert (made.status_code, made.json()["state"], made.json()["days_off"]) == (201, "entered", OFF)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")


def test_the_form_takes_one_date_a_line(browser_of, centre):
    typed = {**GIVEN, "days_off": "\r\n".join(OFF), "worked_days": "\r\n".join(WORKED), "correction": ""}
    answer = browser_of(centre).post("/holiday-notices/new/", typed)
    made = HolidayNotice.objects.get()
    assert (answer.status_code, made.days_off, made.worked_days) == (302, OFF, WORKED)


def test_the_page_of_the_confirmation_lists_the_days_to_compare(browser_of, centre, regulator):
    made = entered(centre)
    page = browser_of(regulator).get(f"/holiday-notices/{made.pk}/confirm/").content.decode()
    assert [words for words in (", ".join(OFF), ", ".join(WORKED), "国办发明电〔2026〕7号") if words not in page] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"days_off": [*OFF, "2027-02-30"]}, 400, "invalid"),
        ({"days_off": []}, 400, "invalid"),
        ({"days_off": "2027-01-01"}, 400, "invalid"),
        ({"year": 1999}, 400, "invalid"),
        ({"days_off": OFF[1:]}, 409, "statutory_holiday_missing"),
        ({"worked_days": ["2027-01-02"]}, 409, "days_contradict"),
        ({"worked_days": ["2027-01-04"]}, 409, "make_up_day_not_on_weekend"),
        ({"days_off": [*OFF, "2028-01-01"]}, 409, "days_outside_year"),
        ({"issued_on": "2026-12-30"}, 409, "holiday_notice_date_wrong"),
        ({"issued_on": "2025-12-31"}, 409, "holiday_notice_date_wrong"),
    ],
)
def test_a_notice_that_cannot_be_true_is_refused_and_leaves_nothing(api, centre, changes, status, code):
    before = AuditEvent.objects.count()
    answer = api(centre).post(PATH, {**GIVEN, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (HolidayNotice.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_second_notice_waits_until_the_first_is_decided(centre):
    entered(centre)
    refused(notice().enter, "holiday_notice_waits", by=centre)


def test_a_correction_without_its_reason_is_refused(centre, regulator):
    confirmed(centre, regulator)
    refused(notice(correction=" ").enter, "correction_without_reason", by=centre)


def test_whoever_entered_the_notice_does_not_confirm_it_in_another_role(centre):
    made = entered(centre)
    perform(Membership.objects.get(user=centre).end, by=make.security_admin())
    same = make.member(User.objects.get(pk=centre.pk), make.organisation(), Role.SECTOR_REGULATOR)
    refused(made.confirm, "same_person", by=same)
    assert HolidayNotice.objects.get().state == "entered"


@pytest.mark.parametrize("who", ["owner", "regulator", "supervisor", "stranger"])
def test_only_the_centre_enters_a_notice(request, who):
    with pytest.raises(NotPermitted):
        entered(request.getfixturevalue(who))
    assert not HolidayNotice.objects.exists()


@pytest.mark.parametrize("who", ["owner", "centre", "supervisor", "stranger"])
def test_only_the_regulator_decides(request, centre, who):
    made = entered(centre)
    with pytest.raises(NotPermitted):
        perform(made.confirm, by=request.getfixturevalue(who))
    with pytest.raises(NotPermitted):
        perform(made.reject, by=request.getfixturevalue(who), reason="-")
    assert HolidayNotice.objects.get().state == "entered"
