"""The page that shows every piece our pages are made of, with sample values."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from trading import clock

STAGES = [
    ("draw_registered", _("Registered")),
    ("price_fixed", _("Price fixed")),
    ("notice_published", _("Notice")),
    ("registering", _("Registration")),
    ("qualifying", _("Qualification")),
    ("list_published", _("List")),
    ("drawing", _("Draw")),
    ("publicising", _("Publicity")),
    ("contracted", _("Contract")),
    ("tracking", _("Tracking")),
]
STATES = [
    "draft",
    "registering",
    "drawing",
    "drawn",
    "publicising",
    "failed",
    "suspended",
    "sealed",
    "completed",
    "required",
]
SWATCHES = [
    "brand-950",
    "brand-800",
    "brand-600",
    "brand-100",
    "sun-500",
    "sun-100",
    "good",
    "warn",
    "bad",
    "secret",
    "ink",
    "paper",
]
SAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name of the enterprise"), help_text=_("As on the business licence."))
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18)
    price = forms.DecimalField(label=_("Reviewed control price, in yuan"), decimal_places=2)
    day = forms.DateField(label=_("Day of the opening"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label=_("Kind of work"), choices=[("b", _("Building")), ("r", _("Road")), ("w", _("Water"))]
    )
    way = forms.ChoiceField(
        label=_("Randomness"),
        choices=[("physical", _("Dice in the room")), ("drand", _("Public beacon"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, required=False)
    licence = forms.FileField(label=_("Business licence"), help_text=_("PDF or image, up to 50 MB."))
    read = forms.BooleanField(
        label=_("I have read the notice to enterprises about the random draw."),
        help_text=_("Version 3, its hash and the time are recorded."),
    )


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the pieces: text, tags, tables, forms, tracks, cards."""
    now = clock.now()
    sample = {"uscc": "9151068205", "kind": "b", "way": "physical"}
    context = {
        "stages": STAGES,
        "states": STATES,
        "swatches": SWATCHES,
        "now": now,
        "soon": now + timedelta(hours=26, minutes=3),
        "past": now - timedelta(hours=1),
        "sample_hash": SAMPLE_HASH,
        "price": Decimal("1850000.00"),
        "form": SampleForm(),
        "refused": SampleForm(sample, auto_id="refused_%s"),
        "card": SimpleNamespace(
            path="#cards",
            title=_("Fixed-price comparison notice: drainage of the village road in Luoshui town"),
            kind=_("Comparison notice"),
            state="registering",
            number="SF-2026-0117",
            owner=_("Luoshui town government"),
            published_at=now,
            due_at=now + timedelta(days=3),
            price=Decimal("1850000.00"),
            level="h3",
        ),
        "filter_form": None,
    }
    return render(request, "style.html", context)
