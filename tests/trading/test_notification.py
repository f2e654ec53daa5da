"""Notifications: to each once, again after a failure, never twice, and seen by their own organisation only."""

from datetime import timedelta

import pytest
from django.core import mail

from tests import make
from trading import clock, notification
from trading.notice import Kind, Notice
from trading.notification import Dispatch, Notification, Recipient
from trading.transitions import perform

pytestmark = pytest.mark.django_db
SENT = []


class Gateway:
    """A gateway that keeps what it was given."""

    def send(self, number, text):
        SENT.append((number, text))


class Broken:
    """A carrier that is down, by mail or by SMS."""

    def __init__(self, *args, **options):
        pass

    def send(self, number, text):
        raise ConnectionRefusedError

    def send_messages(self, messages):
        raise ConnectionRefusedError


@pytest.fixture
def version(owner):
    notice = Notice(lot=make.lot(owner=owner), kind=Kind.CHANGE, title="村道工程\n变更公告")
    perform(notice.publish, by=owner, content={"project": "村道工程", "changes": "截止时间延后一天"})
    return notice.newest()


@pytest.fixture(autouse=True)
def gateway(settings, monkeypatch):
    monkeypatch.setattr(notification, "BUDGET_S", 60)  # a slow machine sends all of it, too
    settings.SMS_GATEWAY = f"{__name__}.Gateway"
    SENT.clear()


def told(version, person, **addresses):
    notification.tell(version, [Recipient(make.home(person), **addresses)])
    return Notification.objects.get()


def test_an_organisation_is_told_by_page_mail_and_sms(version, bidder, rival, settings):
    settings.SITE_URL = "https://sunlight.example"
    one = told(version, bidder, email="bid@example.org", phone="13800000000")
    notification.deliver()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["bid@example.org"], "村道工程 变更公告")
    assert sent.body.endswith(f"截止时间延后一天\n\nhttps://sunlight.example/notices/{version.notice_id}/\n")
    assert SENT == [("13800000000", "村道工程\n变更公告：截止时间延后一天")]
    assert list(Notification.objects.visible_to(bidder)) == [one]
    assert list(Notification.objects.visible_to(rival)) == []


def test_nobody_is_told_twice_of_one_version(version, bidder):
    told(version, bidder, email="bid@example.org")
    told(version, bidder, email="bid@example.org")
    notification.deliver()
    notification.deliver()
    assert len(mail.outbox) == 1


def test_what_another_process_has_begun_is_left_to_it(version, bidder):
    told(version, bidder, email="bid@example.org")
    Dispatch.objects.update(begun_at=clock.now())
    notification.deliver()
    assert mail.outbox == []


def test_a_carrier_that_is_down_is_tried_again_later_and_later(version, bidder, settings, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    settings.SMS_GATEWAY = f"{__name__}.Broken"
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    told(version, bidder, email="bid@example.org", phone="13800000000")
    notification.deliver()
    assert {(d.attempts, d.due_at - clock.now()) for d in Dispatch.objects.all()} == {(1, timedelta(minutes=1))}
    notification.deliver()
    assert {d.attempts for d in Dispatch.objects.all()} == {1}
    settings.SMS_GATEWAY = f"{__name__}.Gateway"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    time_machine.shift(timedelta(minutes=1))
    notification.deliver()
    assert (len(mail.outbox), len(SENT)) == (1, 1)


def test_it_gives_up_after_a_number_of_attempts(version, bidder, settings, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    told(version, bidder, email="bid@example.org")
    for _ in range(notification.MOST_ATTEMPTS + 2):
        notification.deliver()
        time_machine.shift(timedelta(days=1))
    dispatch = Dispatch.objects.get()
    assert (dispatch.attempts, dispatch.due_at, dispatch.sent_at) == (notification.MOST_ATTEMPTS, None, None)


def test_a_slow_carrier_does_not_hold_the_clock(version, bidder, monkeypatch):
    monkeypatch.setattr(notification, "BUDGET_S", -1)
    told(version, bidder, email="bid@example.org")
    notification.deliver()
    assert mail.outbox == []


def test_the_log_does_not_tell_how_many_were_told(version, owner, settings, caplog):
    settings.SMS_GATEWAY = "trading.sms.Console"
    caplog.set_level("DEBUG", logger="trading")

    def lines(of, people):
        caplog.clear()
        notification.tell(of, [Recipient(make.home(one), "bid@example.org", "13800001234") for one in people])
        notification.deliver()
        return [record.getMessage().replace(f"Notice {of.notice_id},", "Notice N,") for record in caplog.records]

    other = Notice(lot=version.notice.lot, kind=Kind.CHANGE, title="另一公告")
    perform(other.publish, by=owner, content={"project": "村道工程", "changes": "地点调整"})
    nobody = lines(version, [])
    assert nobody == ["Notice N, version 1: those whom it concerns are told"]
    assert lines(other.newest(), [make.user("bidder") for _ in range(3)]) == nobody
    assert Dispatch.objects.filter(channel="sms", sent_at=None).count() == 0
    assert Notification.objects.count() == 3
