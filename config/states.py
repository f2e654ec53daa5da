"""How a state is shown: its words, and the tone that says whether it waits, runs, succeeded or failed."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trading.doors import words


class Shown(NamedTuple):
    """The words of a state and its tone: calm, info, success, warning, danger, secret or live."""

    words: Promise | str
    tone: str


STATES: dict[str, Shown] = {
    # a fixed-price comparison (domain.md, 2.3)
    "draw_registered": Shown(_("Registered"), "calm"),
    "price_fixed": Shown(_("Price fixed"), "calm"),
    "notice_published": Shown(_("Notice published"), "info"),
    "registering": Shown(_("Registration open"), "info"),
    "registration_closed": Shown(_("Registration closed"), "calm"),
    "qualifying": Shown(_("Under qualification"), "info"),
    "qualified": Shown(_("Qualified"), "success"),
    "unqualified": Shown(_("Not qualified"), "danger"),
    "list_published": Shown(_("List published"), "info"),
    "drawing": Shown(_("Drawing"), "live"),
    "drawn": Shown(_("Drawn"), "success"),
    "publicising": Shown(_("Result under publicity"), "warning"),
    "noticed": Shown(_("Notice to winner"), "success"),
    "contracted": Shown(_("Contract signed"), "success"),
    "tracking": Shown(_("Tracking"), "info"),
    "reported_to_discipline": Shown(_("Reported to discipline"), "danger"),
    # a tender (domain.md, 2.1 and 2.2)
    "announced": Shown(_("Announced"), "info"),
    "bidding": Shown(_("Bids are taken"), "info"),
    "opening": Shown(_("Being opened"), "live"),
    "opened": Shown(_("Bids opened"), "success"),
    "asked": Shown(_("Waits for its answer"), "warning"),
    "taken": Shown(_("Taken"), "success"),
    "appointed": Shown(_("Key not given yet"), "warning"),
    "keyed": Shown(_("Key given"), "success"),
    # any stage
    "draft": Shown(_("Draft"), "calm"),
    "registered": Shown(_("Registered"), "info"),
    "submitted": Shown(_("Submitted"), "info"),
    "accepted": Shown(_("Accepted"), "success"),
    "returned": Shown(_("Returned"), "warning"),
    "published": Shown(_("Published"), "success"),
    "superseded": Shown(_("Replaced by a newer version"), "calm"),
    "withdrawn": Shown(_("Withdrawn"), "danger"),
    "withheld": Shown(_("Withheld"), "secret"),
    "sealed": Shown(_("Sealed"), "secret"),
    "planned": Shown(_("Planned"), "calm"),
    "scheduled": Shown(_("Scheduled"), "calm"),
    "booked": Shown(_("Booked"), "calm"),
    "open": Shown(_("Open"), "info"),
    "live": Shown(_("Live"), "live"),
    "running": Shown(_("Running"), "live"),
    "committed": Shown(_("Inputs committed"), "live"),
    "closed": Shown(_("Closed"), "calm"),
    "cancelled": Shown(_("Cancelled"), "danger"),
    "confirmed": Shown(_("Confirmed"), "success"),
    "signed": Shown(_("Signed"), "success"),
    "active": Shown(_("Active"), "success"),
    "granted": Shown(_("Granted"), "success"),
    "ended": Shown(_("Ended"), "calm"),
    "imposed": Shown(_("In force"), "danger"),
    "passed": Shown(_("Passed"), "success"),
    "rejected": Shown(_("Rejected"), "danger"),
    "failed": Shown(_("Failed"), "danger"),
    "void": Shown(_("Void"), "danger"),
    "voided": Shown(_("Void"), "danger"),
    "suspended": Shown(_("Suspended"), "warning"),
    "terminated": Shown(_("Terminated"), "danger"),
    "overdue": Shown(_("Overdue"), "danger"),
    "answered": Shown(_("Answered"), "success"),
    "carried_out": Shown(_("Upheld and carried out"), "success"),
    "raised": Shown(_("Raised"), "warning"),
    "entered": Shown(_("In force"), "success"),
    "repealed": Shown(_("Repealed"), "calm"),
    "in_use": Shown(_("In use"), "success"),
    "present": Shown(_("Present"), "success"),
    "left": Shown(_("Left"), "calm"),
    "stored": Shown(_("Stored"), "success"),
    "concluded": Shown(_("Concluded"), "success"),
    "disputed": Shown(_("Disputed"), "warning"),
    "lapsed": Shown(_("Lapsed"), "danger"),
    "performing": Shown(_("Being performed"), "info"),
    "reported": Shown(_("Reported"), "info"),
    "filed": Shown(_("Filed"), "info"),
    "received": Shown(_("Received"), "success"),
    "settled": Shown(_("Settled"), "success"),
    # a draw
    "preparing": Shown(_("Contributions open"), "live"),
    "draw.committed": Shown(_("Reveals open"), "live"),
    "draw.closed": Shown(_("Waiting for the public randomness"), "live"),
    "milestone.verified": Shown(_("Checked on site"), "success"),
    # qualification, outages, bid securities
    "stated": Shown(_("Stated"), "success"),
    "review.open": Shown(_("Under examination"), "info"),
    "waiting": Shown(_("Not examined yet"), "warning"),
    "examined": Shown(_("Examined"), "success"),
    "found": Shown(_("Found by the clock"), "danger"),
    "outage.reported": Shown(_("Waits for a decision"), "warning"),
    "decided": Shown(_("Decided"), "success"),
    "postponed": Shown(_("Postponed"), "warning"),
    "deposit.entered": Shown(_("Entered"), "secret"),
    "refunded": Shown(_("Refunded"), "success"),
    "kept": Shown(_("Kept"), "danger"),
    # an opening
    "decrypting": Shown(_("Decryption"), "live"),
    "read_out": Shown(_("Read out"), "live"),
    "finished": Shown(_("Finished"), "success"),
    # the library of experts
    "applied": Shown(_("Applied"), "info"),
    "expert.active": Shown(_("In the library"), "success"),
    "removed": Shown(_("Removed"), "danger"),
    "expert.left": Shown(_("Left the library"), "calm"),
    # a committee
    "approved": Shown(_("Approved"), "success"),
    "panel.applied": Shown(_("Applied for"), "info"),
    "panel.drawing": Shown(_("Draw under way"), "live"),
    "notified": Shown(_("Being called"), "info"),
    "locked": Shown(_("All seats confirmed"), "success"),
    "gathered": Shown(_("Gathered"), "success"),
    "dissolved": Shown(_("Dissolved"), "calm"),
    "seat.drawn": Shown(_("Not called yet"), "calm"),
    "called": Shown(_("Called"), "info"),
    "seat.confirmed": Shown(_("Will come"), "success"),
    "declined": Shown(_("Declined"), "warning"),
    "no_answer": Shown(_("No answer"), "warning"),
    "arrived": Shown(_("Arrived"), "success"),
    "absent": Shown(_("Absent"), "danger"),
    "recused": Shown(_("Recused"), "warning"),
    "replaced": Shown(_("Replaced"), "warning"),
    # an evaluation
    "seated": Shown(_("Seated"), "calm"),
    "sitting": Shown(_("On the committee"), "success"),
    "convened": Shown(_("Committee convened"), "info"),
    "examining": Shown(_("Bids under examination"), "info"),
    "scoring": Shown(_("Scoring"), "info"),
    "summed": Shown(_("Scores summed"), "info"),
    "evaluation.reported": Shown(_("Report to be signed"), "warning"),
    "proposed": Shown(_("Waits for the bidder"), "warning"),
    "refused": Shown(_("Refused by the bidder"), "danger"),
    # an award, a complaint
    "tender_award.reported": Shown(_("Report received"), "info"),
    "procurement_award.reported": Shown(_("Report received"), "info"),
    "tender_award.publicising": Shown(_("Candidates under publicity"), "warning"),
    "awarded": Shown(_("Winner determined"), "success"),
    "procurement_award.confirmed": Shown(_("Supplier confirmed"), "success"),
    "procurement_award.published": Shown(_("Result published"), "success"),
    "set_aside": Shown(_("Set aside"), "danger"),
    "made": Shown(_("Waits for the regulator"), "warning"),
    # a session
    "session.open": Shown(_("In session"), "live"),
    # the rules engine
    "compliant": Shown(_("Compliant"), "success"),
    "violation": Shown(_("Violation"), "danger"),
    "uncertain": Shown(_("Uncertain"), "warning"),
    "not_applicable": Shown(_("Not applicable"), "calm"),
    "invalid_input": Shown(_("Invalid input"), "danger"),
    # verification
    "verified": Shown(_("Verified"), "success"),
    "tampered": Shown(_("Does not match"), "danger"),
    "incomplete": Shown(_("Evidence incomplete"), "warning"),
    # task lists
    "not_started": Shown(_("Not started"), "calm"),
    "in_progress": Shown(_("In progress"), "info"),
    "completed": Shown(_("Completed"), "success"),
    "cannot_start": Shown(_("Cannot start yet"), "calm"),
    "required": Shown(_("To do"), "warning"),
}
words.STATES.update({code: shown.words for code, shown in STATES.items()})  # refusals say them too


def shown(code: str, noun: str = "") -> Shown:
    """Return how a state is shown, with a noun's own words before the common ones; an unlisted one by its name."""
    return STATES.get(f"{noun}.{code}") or STATES.get(code) or Shown(code.replace("_", " ").capitalize(), "calm")
