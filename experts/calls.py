"""The calls to a drawn expert (通知专家): by page, e-mail, SMS and telephone, at fixed moments of a fixed window.

A call says when and where the committee gathers, never for which project (draw-protocol.md 3.7; domain.md 4.3). What
was sent, when, and the carrier's receipt are the evidence where nobody answers; its hash is on record. A seat is `Any`.
"""

import hashlib
import secrets
import time
from typing import Any

from django.core.mail import send_mail
from django.db import models
from django.utils.translation import gettext_lazy as _

from experts import voice
from trading import clock, sms
from trading.draws import wire
from trading.rules import table

ATTEMPTS = "X08.attempts"
BUDGET_S = 0.5  # how long one tick goes on beginning to call
SUBJECT = "评审专家抽取通知"
TEXT = (
    "您被随机抽取为评审专家。请于{at}到{place}集合，预计{hours}小时。请在{until}前登录平台答复是否参加。请勿告知他人。"
)
SCRIPT = "您好，您被随机抽取为评审专家。集合时间{at}，地点{place}，预计{hours}小时。参加请按1，不参加请按2，重听请按3。"


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("Telephone")


def fresh_reference() -> str:
    """Return the reference by which only the gateway that called can report a key."""
    return secrets.token_hex(16)


class Call(models.Model):
    """One call by one carrier; `due_at` on the lot's clock, the rest on the server's. No address is kept."""

    seat = models.ForeignKey("experts.Seat", on_delete=models.PROTECT, related_name="calls")
    attempt = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    reference = models.CharField(max_length=32, unique=True, default=fresh_reference)
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("attempt", "pk")
        constraints = [models.UniqueConstraint(fields=["seat", "attempt", "channel"], name="a_call_once")]

    def __str__(self) -> str:
        return f"{self.attempt} {self.get_channel_display()}"

    def facts(self) -> dict[str, Any]:
        """Return what the evidence says of the call."""
        sent = clock.iso(self.sent_at) if self.sent_at else ""
        return {"attempt": self.attempt, "channel": self.channel, "sent_at": sent, "receipt": self.receipt}


def plan(seat: Any) -> None:
    """Lay down the calls of a seat: so many times in its window, at even distances, by every carrier."""
    began = seat.panel.lot.now()
    times = table.find(ATTEMPTS, clock.local_date(began)).count
    step = (seat.answer_until - began) / times
    Call.objects.bulk_create(
        Call(seat=seat, attempt=n + 1, channel=channel, due_at=began + n * step)
        for n in range(times)
        for channel in Channel
    )


def deliver() -> None:
    """Call whom the window still asks, as long as the tick may last; a call that fails waits for the next attempt."""
    begun = time.monotonic()
    waiting = Call.objects.filter(begun_at=None, seat__state="called").order_by("due_at", "pk")
    for call in waiting.select_related("seat__panel__lot", "seat__expert"):
        if time.monotonic() - begun > BUDGET_S:
            return
        due = call.due_at <= call.seat.panel.lot.now()
        if due and Call.objects.filter(pk=call.pk, begun_at=None).update(begun_at=clock.now()):
            _place(call)


def evidence(seat: Any) -> str:
    """Return the SHA-256 of what shows why a seat is passed over: the calls, the answer, the moments."""
    ends = {"answer_until": seat.answer_until, "answered_at": seat.answered_at, "arrive_by": seat.arrive_by}
    said = {
        "id": seat.leaf,
        "calls": [call.facts() for call in seat.calls.all()],
        "refusal": str(seat.refusal),
        **{name: clock.iso(moment) if moment else "" for name, moment in ends.items()},
    }
    return hashlib.sha256(wire.canonical(said)).hexdigest()


def words(template: str, seat: Any) -> str:
    """Return what a call says: when and where, never for which project."""
    panel = seat.panel
    until = clock.minute(seat.answer_until)
    return template.format(at=clock.minute(panel.gather_at), place=panel.place, hours=panel.hours, until=until)


def _place(call: Call) -> None:
    seat: Any = call.seat
    try:
        receipt = _carried(call, seat.expert.personal)
    except OSError:  # an SMTP error is one too
        return
    hashed = hashlib.sha256(receipt.encode()).hexdigest()
    Call.objects.filter(pk=call.pk).update(sent_at=clock.now(), receipt=hashed)


def _carried(call: Call, person: Any) -> str:
    """Hand a call to its carrier and return the receipt. Raises OSError."""
    if call.channel == Channel.VOICE:
        return voice.call(person.phone, words(SCRIPT, call.seat), call.reference)
    text = words(TEXT, call.seat)
    if call.channel == Channel.SMS:
        sms.send(person.phone, text)
    elif person.email:
        send_mail(SUBJECT, text, None, [person.email])
    return f"{call.channel} {call.reference}"
