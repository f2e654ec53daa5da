"""The names of facts on pages: those that a model gives its field, and those that every noun has in common."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from trading.doors.door import Door
from trading.rules import table

STATES: dict[str, Any] = {}  # the words of states; the site, which shows them, enters them
COMMON = {
    "answered_at": _("Answered"),
    "application": _("Application for prequalification"),
    "arrived_at": _("Received"),
    "at": _("Time"),
    "badge": _("Badge"),
    "beacon": _("Last entropy"),
    "candidates": _("Candidates"),
    "challenged_until": _("Challenges until"),
    "clock_ahead": _("How far the rehearsal's clock is ahead"),
    "commit_hash": _("Hash of the commit record"),
    "conduct_sha256": _("SHA-256 of the rules of conduct"),
    "confirmed_at": _("Confirmed at"),
    "contract": _("Contract"),
    "counts": _("Counts"),
    "created_at": _("Entered at"),
    "deadline": _("Deadline"),
    "discount_rate": _("Discount rate"),
    "documents": _("Documents"),
    "draw": _("Draw"),
    "draw_id": _("Draw no."),
    "drawn_at": _("Drawn at"),
    "ended_at": _("Ended at"),
    "evaluation": _("Evaluation"),
    "explanations": _("Explanations"),
    "kind": _("Procedure"),
    "left_at": _("Left at"),
    "letters": _("Letters"),
    "list_facts": _("The list's figures"),
    "lot": _("Lot"),
    "media_type": _("File type"),
    "mode": _("Who opens the bids"),
    "name": _("Name"),
    "notice": _("Notice"),
    "number": _("Number"),
    "objection": _("Objection"),
    "organisation": _("Organisation"),
    "outage": _("Outage"),
    "plan": _("Places to draw"),
    "project": _("Project"),
    "public": _("Public"),
    "public_until": _("Published until"),
    "purpose": _("Purpose"),
    "rehearsal": _("Rehearsal"),
    "reply_due_on": _("Reply due on"),
    "return_reason": _("Why it was returned"),
    "review": _("Qualification"),
    "role": _("Role"),
    "room": _("Room"),
    "round": _("Round"),
    "scores": _("Scores"),
    "seat": _("Seat"),
    "seed": _("Seed"),
    "seq": _("Serial number"),
    "session": _("Session"),
    "sha256": _("SHA-256 (hash)"),
    "size": _("Size (bytes)"),
    "stage": _("Stage"),
    "suite": _("Hash function"),
    "tracker": _("Tracker"),
    "transcript": _("Transcript"),
    "uscc": _("Unified social credit code"),
    "user": _("Account"),
    "verdict": _("Finding"),
    "void_cause": _("Cause of the void"),
}


def said(name: str, fact: Any) -> Any:
    """Return a fact of a refusal as its reader calls it: a state, what a rule limits, an act."""
    if not isinstance(fact, str) or not fact:
        return fact
    if name == "state":
        return str(STATES.get(fact, fact))
    if name == "title" and not (get_language() or "").startswith("en"):
        return next((rule.zh for rule in table.RULES if rule.en == fact), fact)
    return gettext(fact)


def label_of(door: Door, name: str) -> str:
    """Return what a fact of the noun is called on pages."""
    declared = door.reads._declared_fields.get(name)  # noqa: SLF001  # DRF has no other way to a class's fields
    own = getattr(declared, "label", None) or _own(door, name)
    return str(own or COMMON.get(name, name))


def _own(door: Door, name: str) -> Any:
    try:
        return getattr(door.model._meta.get_field(name), "_verbose_name", None)
    except FieldDoesNotExist:
        return None
