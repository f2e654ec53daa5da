"""The pages of a draw: what was committed, revealed and drawn, and how anybody verifies it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trading import looking, published
from trading.doors.door import DOORS
from trading.draws import cutoff, dossier, evidence, selector
from trading.draws.committing import State
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import finding, witness
from trading.ledger_words import EntryView, view_of
from trading.party import SUPERVISING, Organisation, Role

PAGE = 50
NEWEST = 100
AUDITING = frozenset({Role.AUDITOR, *SUPERVISING})
OPERATOR, SUPERVISOR, BIDDER = "operator", "supervisor", "bidder:"
BEACONS = {
    "physical": _("Ten-sided dice, rolled in public by at least three hands"),
    "drand": _("The randomness beacon drand (quicknet)"),
    "cwl-ssq": _("The welfare lottery"),
    "nist": _("The NIST randomness beacon"),
}


@dataclass(frozen=True)
class Share:
    """One party's contribution as the page shows it."""

    who: str
    name: str
    c: str
    value: str
    typed: bool
    at: datetime
    revealed_at: datetime | None
    standing: str


@dataclass(frozen=True)
class Place:
    """One place of the ranking."""

    rank: int
    id: str
    name: str
    ticket: str
    role: str


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Explain how to verify, list the finished public draws, offer the verifiers."""
    finished = Draw.objects.public().filter(state=State.DRAWN, lot__rehearsal=False)
    context = {
        "draws": finished.select_related("lot__project__owner").order_by("-drawn_at")[:NEWEST],
        "scripts": [published.script(name) for name in published.SCRIPTS],
        "demonstration": witness.is_demonstration(),
    }
    return render(request, "draws/verify_list.html", context)


@require_safe
def draw(request: HttpRequest, number: int) -> HttpResponse:
    """Show a draw from its commit record to its signatures."""
    found = draw_of(request, number)
    door = DOORS.get(Draw.noun)
    context = {
        **facts_of(found),
        "shares": shares_of(found),
        "history": history_of(found),
        "skips": found.skips.order_by("pk"),
        "record_text": pretty(found.record) if found.record else "",
        "tasks": door.tasks(found, request.user) if door else [],
        "may_audit": may_audit(request, found),
        **(result_of(found, request) if found.state == State.DRAWN else {}),
    }
    return render(request, "draws/draw.html", context)


@require_safe
def recompute(request: HttpRequest, number: int) -> HttpResponse:
    """Show the page on which the reader's own browser recomputes a draw."""
    found = draw_of(request, number)
    if found.state != State.DRAWN or not may_audit(request, found):
        raise Http404
    context = {**facts_of(found), **result_of(found, request), "script": published.script("verify_draw.py")}
    return render(request, "draws/verify.html", context)


@require_safe
def evidence_zip(request: HttpRequest, number: int) -> HttpResponse:
    """Send the folder of evidence, the same bytes for everybody who may have it."""
    found = draw_of(request, number)
    name = folder_name(found)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": caching(found)}
    files = files_of(request, found)
    return HttpResponse(evidence.zipped(files, name), content_type="application/zip", headers=headers)


@require_safe
def evidence_json(request: HttpRequest, number: int) -> HttpResponse:
    """Send the files of the folder as one object, name to text, for the page that recomputes the draw."""
    found = draw_of(request, number)
    files = {name: data.decode() for name, data in files_of(request, found).items()}
    body = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, content_type="application/json", headers={"Cache-Control": caching(found)})


def draw_of(request: HttpRequest, number: int) -> Draw:
    """Return a draw by its number, or 404."""
    known = Draw.objects.select_related("lot__project__owner", "session__room").filter(
        pk=number if number < 10**18 else 0
    )
    found = known.visible_to(request.user).first()
    if found is None:
        looking.note(known.first(), request.user)
        raise Http404
    return found


def caching(found: Draw) -> str:
    return "private, no-store" if found.secret_scope() else "public, no-cache"


def may_audit(request: HttpRequest, found: Draw) -> bool:
    """Say whether a person may have the evidence: everybody, but supervision and audit alone while it is secret."""
    return not found.secret_scope() or bool(request.user.roles() & AUDITING)  # type: ignore[union-attr]


def files_of(request: HttpRequest, found: Draw) -> dict[str, bytes]:
    """Return the evidence, or 404 where there is none yet, or none for this person."""
    if not may_audit(request, found):
        looking.note(found, request.user)
        raise Http404
    try:
        return dossier.files_of(found)
    except RuleError as reason:
        raise Http404 from reason


def folder_name(found: Draw) -> str:
    return found.draw_id.replace("/", "-")


def pretty(text: str) -> str:
    """Return canonical JSON laid out for people."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True)


def facts_of(found: Draw) -> dict[str, Any]:
    """Return what every page of a draw shows of it."""
    return {
        "draw": found,
        "lot": found.lot,
        "rehearsal": found.lot.rehearsal,
        "beacon": BEACONS.get(found.beacon.get("kind", ""), ""),
        "digits": dice_of(found),
        "demonstration": witness.is_demonstration(),
        "cut_off_at": cut_off_at(found),
        "hands": found.beacon_proof.get("hands", []),
        "place": found.session.room,
    }


def dice_of(found: Draw) -> str:
    """Return the digits of the dice once they are the beacon."""
    physical = found.beacon.get("kind") == "physical"
    return bytes.fromhex(found.beacon_value).decode("ascii") if physical and found.beacon_value else ""


def cut_off_at(found: Draw) -> int | None:
    """Return the Unix time at which witnesses had cosigned the cut-off."""
    return cutoff.cosigned_at(found.cut_off_size) if found.cut_off_size else None


def shares_of(found: Draw) -> list[Share]:
    """Return the contributions in committed order, each with its standing."""
    made = list(found.contributions.order_by("pk"))
    names = names_of(found, [one.who.removeprefix(BIDDER) for one in made])
    return [share_of(found, one, names) for one in made]


def share_of(found: Draw, one: Any, names: dict[str, str]) -> Share:
    final = found.state in {State.CLOSED, State.DRAWN, State.VOID}
    standing = "revealed" if one.value else "absent" if final else "committed"
    value = bytes.fromhex(one.value)
    typed = len(value) != selector.TICKET
    return Share(
        who=one.who,
        name=names.get(one.who.removeprefix(BIDDER), ""),
        c=one.c,
        value=value.decode("ascii") if typed else one.value,
        typed=typed,
        at=one.at,
        revealed_at=one.revealed_at,
        standing=standing,
    )


def names_of(found: Draw, codes: Iterable[str]) -> dict[str, str]:
    """Return the enterprises' names by their codes; an expert's leaf has none."""
    known = Organisation.objects.filter(uscc__in=list(codes), rehearsal=found.lot.rehearsal)
    return dict(known.values_list("uscc", "name"))


def history_of(found: Draw) -> list[EntryView]:
    """Return what was done in this draw, in order, from the ledger."""
    own = finding.about(Draw.noun, [found.draw_id]).filter(log_leaf__isnull=False)
    return [view_of(event.log_leaf, dossier.sealed_in(event)[0]) for event in own.select_related("log_leaf__event")]


def result_of(found: Draw, request: HttpRequest) -> dict[str, Any]:
    """Return the result: seats, alternates, and the page of the ranking that is asked for."""
    slips = found.ranking()
    wanted = request.GET.get("find", "").strip().upper()[:64]
    named = (n for n, slip in enumerate(slips, 1) if selector.ident_of(slip).upper() == wanted)
    rank = next(named, None) if wanted else None
    first = page_start(request.GET.get("from", ""), rank, len(slips))
    roles = {ident: "seated" for ident, _stratum in found.result["seated"]}
    roles |= {ident: "alternate" for ident, _stratum in found.result["alternates"]}
    roles |= dict.fromkeys((one.candidate for one in found.skips.all()), "skipped")
    ends = {pair[0] for pair in (*found.result["seated"], *found.result["alternates"])}
    shown = list(enumerate(slips, 1))[first : first + PAGE]
    top = [(n, slip) for n, slip in enumerate(slips, 1) if selector.ident_of(slip) in ends]
    names = names_of(found, [selector.ident_of(slip) for _n, slip in (*shown, *top)])
    places = {n: place_of(n, slip, names, roles) for n, slip in (*shown, *top)}
    return {
        "n": len(slips),
        "first_id": selector.ident_of(slips[0]) if slips else "",
        "drawn": [places[n] for n, _slip in top],
        "ranking": [places[n] for n, _slip in shown],
        "wanted": wanted,
        "wanted_rank": rank,
        "first": first + 1,
        "last": first + len(shown),
        "next_path": f"?from={first + PAGE + 1}#ranking" if first + PAGE < len(slips) else "",
        "previous_path": f"?from={max(1, first - PAGE + 1)}#ranking" if first else "",
        "result_text": pretty(json.dumps({"seed": found.seed, **found.result})),
    }


def page_start(asked: str, rank: int | None, n: int) -> int:
    """Return how many places stand before the page that is asked for, or before the one that shows `rank`."""
    if rank is not None:
        return (rank - 1) // PAGE * PAGE
    known = asked.isascii() and asked.isdecimal() and len(asked) < 9
    return max(0, min(int(asked), n) - 1) // PAGE * PAGE if known else 0


def place_of(rank: int, slip: bytes, names: dict[str, str], roles: dict[str, str]) -> Place:
    ident = selector.ident_of(slip)
    return Place(rank, ident, names.get(ident, ""), selector.ticket_of(slip), roles.get(ident, ""))


pages = [
    path("verify/", verify, name="verify"),
    path("draws/<int:number>/", draw, name="draw"),
    path("draws/<int:number>/verify/", recompute, name="draw_verify"),
    path("draws/<int:number>/evidence.zip", evidence_zip, name="draw_evidence"),
    path("draws/<int:number>/evidence.json", evidence_json, name="draw_evidence_files"),
]
