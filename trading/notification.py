"""Notifications (通知): what a notice says, told to each organisation that it concerns, by page, e-mail and SMS.

Only the organisation itself sees them: who is told of a tender's change is who took its documents, and that is secret.
The page has it at once; the clock sends the rest after the commit, tries again where a carrier fails, and never sends
one twice: what was begun and not finished stays with the page.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from trading import clock, sms, unguessable
from trading.notice import NoticeVersion
from trading.party import Organisation

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
BUDGET_S = 0.5  # how long one tick goes on beginning to send: an opening may be due


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An organisation, and where it wants to be told beside the page."""

    organisation: Organisation
    email: str = ""
    phone: str = ""


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, person: Any) -> "NotificationQuerySet":
        """Return what the organisations were told for which a person acts."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(organisation_id__in=[m.organisation_id for m in person.active_memberships()])


class Notification(models.Model):
    """What one organisation was told of one version of a notice."""

    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="notifications")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="told_once")]

    def __str__(self) -> str:
        return self.version.title

    @property
    def text(self) -> str:
        """What the notice says of the change, or why the procedure ended."""
        content = self.version.content
        return str(content.get("changes") or content.get("reason") or content.get("reply") or "")

    @property
    def path(self) -> str:
        return f"/notices/{self.version.notice_id}/"


class Dispatch(models.Model):
    """One notification on its way by one carrier."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="dispatches")
    channel = models.CharField(max_length=4, choices=Channel.choices)
    address = models.CharField(max_length=254)
    due_at = models.DateTimeField(null=True, db_index=True)
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="a_channel_once")]


class Told(models.Model):
    """A version of a notice of which everybody it concerns has been told."""

    version = models.OneToOneField(NoticeVersion, on_delete=models.PROTECT, related_name="told")
    at = models.DateTimeField()


def tell(version: NoticeVersion, recipients: Iterable[Recipient]) -> None:
    """Tell each recipient of a version, once: the page at once, what is sent after the commit."""
    now = clock.now()
    with transaction.atomic():
        _told, new = Told.objects.get_or_create(version=version, defaults={"at": now})
        if not new:
            return
        log.info("Notice %s, version %s: those whom it concerns are told", version.notice_id, version.number)
        for recipient in recipients:
            made = Notification.objects.create(organisation=recipient.organisation, version=version, created_at=now)
            addresses = {Channel.MAIL: recipient.email, Channel.SMS: recipient.phone}
            Dispatch.objects.bulk_create(
                Dispatch(notification=made, channel=channel, address=address, due_at=now)
                for channel, address in addresses.items()
                if address
            )


def deliver() -> None:
    """Send what is due, as long as the tick may last."""
    begun = time.monotonic()
    due = Dispatch.objects.filter(due_at__lte=clock.now(), begun_at=None).order_by("due_at", "pk")
    for dispatch in due.select_related("notification__version")[:50]:
        if time.monotonic() - begun > BUDGET_S:
            return
        if Dispatch.objects.filter(pk=dispatch.pk, begun_at=None, sent_at=None).update(begun_at=clock.now()):
            _send(dispatch)


def _send(dispatch: Dispatch) -> None:
    """Hand a dispatch that this process has begun to its carrier; where that fails, it is due again later."""
    attempts = dispatch.attempts + 1
    row = Dispatch.objects.filter(pk=dispatch.pk)
    try:
        CARRIERS[Channel(dispatch.channel)](dispatch)
    except OSError:  # an SMTP error is one too
        again = clock.now() + FIRST_PAUSE * 2**dispatch.attempts if attempts < MOST_ATTEMPTS else None
        row.update(begun_at=None, attempts=attempts, due_at=again)
    else:
        row.update(sent_at=clock.now(), attempts=attempts, due_at=None)


def _by_mail(dispatch: Dispatch) -> None:
    told = dispatch.notification
    address = f"{settings.SITE_URL.rstrip('/')}{told.path}"
    subject = " ".join(str(told).split())
    send_mail(subject, f"{told}\n\n{told.text}\n\n{address}\n", None, [dispatch.address])


def _by_sms(dispatch: Dispatch) -> None:
    told = dispatch.notification
    sms.send(dispatch.address, f"{told}：{told.text}"[:200])


CARRIERS = {Channel.MAIL: _by_mail, Channel.SMS: _by_sms}
