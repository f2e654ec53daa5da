"""The pages of the public ledger: its head, its entries with their proofs, and the check of a receipt."""

import hashlib
import json
from typing import Any

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from trading import clock
from trading.ledger import keys, leaf, merkle, notes, proofs, receipts, sealed, witness
from trading.ledger.tables import AuditEvent, LogAnchor, LogCheckpoint, LogLeaf
from trading.ledger_words import EntryView, ProofStep, proof_steps, view_of

PAGE = 25
RECEIPT_BYTES = 100_000


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show the head of the log, find an entry, list the newest ones."""
    wanted = request.GET.get("q", "").replace("\0", " ").strip()[:200]
    if wanted and (found := proofs.find(wanted)):
        return redirect("ledger_entry", index=found.idx)
    rows = LogLeaf.objects.select_related("event").order_by("-idx")
    if wanted:
        own = [wanted, sealed.committee(wanted)]
        rows = rows.filter(models.Q(event__tender__in=own) | models.Q(event__subject_id=wanted))
    chosen, older, newer = page_of(rows, request.GET.get("from", ""))
    context = {
        **head_facts(),
        "wanted": wanted,
        "entries": [view_of(row) for row in chosen],
        "next_path": turned(wanted, older),
        "previous_path": turned(wanted, newer),
    }
    return render(request, "ledger/explorer.html", context)


def page_of(rows: "models.QuerySet[LogLeaf]", start: str) -> tuple[list[LogLeaf], int | None, int | None]:
    """Return a page of entries from index `start` downward, and where the next and the previous page begin."""
    known = start.isascii() and start.isdecimal() and len(start) <= 18
    chosen = list((rows.filter(idx__lte=int(start)) if known else rows)[: PAGE + 1])
    older = chosen[PAGE].idx if len(chosen) > PAGE else None
    newer = list(rows.filter(idx__gt=int(start)).order_by("idx")[:PAGE]) if known else []
    return chosen[:PAGE], older, newer[-1].idx if newer else None


def turned(wanted: str, start: int | None) -> str:
    """Return the path of the list from an index on, under the same search."""
    if start is None:
        return ""
    given = {"q": wanted, "from": str(start)} if wanted else {"from": str(start)}
    return f"?{urlencode(given)}#entries"


def head_facts() -> dict[str, Any]:
    """Return what every page of the ledger says of its head and its witnesses."""
    newest = proofs.head()
    cosigned = LogAnchor.objects.filter(kind=LogAnchor.Kind.WITNESS).select_related("checkpoint")
    latest = cosigned.order_by("-checkpoint_id", "pk").first()
    seen = cosigned.filter(checkpoint_id=latest.checkpoint_id).order_by("pk") if latest else cosigned.none()
    return {
        "head": newest,
        "head_root": notes.base64_text(bytes(newest.root)) if newest else "",
        "age": clock.now() - newest.at if newest else None,
        "origin": keys.origin(),
        "note": proofs.note(newest.size) if newest else "",
        "cosigned": latest.checkpoint if latest else None,
        "witnesses": [(anchor.name, anchor.at) for anchor in seen],
        "demonstration": witness.is_demonstration(),
        "log_key": keys.log_key().verifying.text(),
    }


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry: its bytes, its meaning, and the path that proves its place."""
    found = leaf_at(index)
    shown = view_of(found)
    proof, checkpoint, steps = proven(found)
    context = {
        "entry": shown,
        "rehearsal": shown.rehearsal,
        "opening": opening_of(shown),
        "opened_by": opened_by(shown),
        "proof": proof,
        "checkpoint": checkpoint,
        "steps": steps,
        "leads": checkpoint is not None and root_of(shown, steps) == bytes(checkpoint.root).hex(),
        "seen_by": witnesses_of(checkpoint),
        "demonstration": witness.is_demonstration(),
        "earlier": index - 1 if index else None,
        "later": index + 1 if LogLeaf.objects.filter(idx=index + 1).exists() else None,
    }
    return render(request, "ledger/entry.html", context)


def leaf_at(index: int) -> LogLeaf:
    """Return the entry at an index, or 404."""
    found = LogLeaf.objects.select_related("event").filter(idx=index).first() if index < 10**18 else None
    if found is None:
        raise Http404
    return found


def proven(found: LogLeaf) -> tuple[str, LogCheckpoint | None, list[ProofStep]]:
    """Return the proof's text, its checkpoint, and its steps as they are drawn."""
    try:
        given = proofs.proof(found.idx)
    except merkle.TreeError:
        return "", None, []
    size = notes.parse_checkpoint(notes.parse(given.checkpoint.encode()).text).size
    steps = proof_steps(found.idx, size, bytes(found.event.leaf_hash), given.path)
    return given.text(), LogCheckpoint.objects.get(size=size), steps


def root_of(shown: EntryView, steps: list[ProofStep]) -> str:
    return steps[-1].result if steps else shown.leaf_hash


def witnesses_of(checkpoint: LogCheckpoint | None) -> list[str]:
    if checkpoint is None:
        return []
    anchors = LogAnchor.objects.filter(checkpoint=checkpoint, kind=LogAnchor.Kind.WITNESS)
    return list(anchors.order_by("pk").values_list("name", flat=True))


def opening_of(shown: EntryView) -> dict[str, Any] | None:
    """Return what an opening entry opens, and whether it fits what was sealed."""
    if shown.type != sealed.OPENED:
        return None
    data = shown.members["data"]
    first = LogLeaf.objects.select_related("event").filter(idx=data["idx"]).first()
    told = leaf.decode(bytes(first.event.leaf))["data"]["c"] if first else ""
    return {
        "index": data["idx"],
        "text": pretty(data["inner"]),
        "fits": told == commitment(data["salt"], data["inner"]),
    }


def opened_by(shown: EntryView) -> int | None:
    """Return the index of the entry that opened a sealed one, if it is open."""
    if shown.type != leaf.SEALED_TYPE:
        return None
    opening = LogLeaf.objects.filter(event__type=sealed.OPENED, event__subject_id=str(shown.index))
    return opening.values_list("idx", flat=True).first()


def commitment(salt: str, inner: str) -> str:
    """Return the commitment to a content under a salt (hexadecimal)."""
    return hashlib.sha256(leaf.SEALED_DOMAIN + bytes.fromhex(salt) + inner.encode()).hexdigest()


def pretty(text: str) -> str:
    """Return JSON text laid out for people; the bytes themselves are the evidence."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True)


@require_safe
def leaf_file(request: HttpRequest, index: int) -> HttpResponse:
    """Send the exact bytes of an entry."""
    body = bytes(leaf_at(index).event.leaf)
    return saved(body, f"entry-{index}.json", "application/json")


@require_safe
def proof_file(request: HttpRequest, index: int) -> HttpResponse:
    """Send the inclusion proof of an entry (c2sp.org/tlog-proof)."""
    text, _checkpoint, _steps = proven(leaf_at(index))
    if not text:
        raise Http404
    return saved(text.encode(), f"entry-{index}.tlog-proof", "text/plain; charset=utf-8")


def saved(body: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)


class ReceiptForm(forms.Form):
    """A receipt, pasted or as the file that was kept."""

    text = forms.CharField(
        label=_("Text of the receipt"),
        help_text=_("The whole of it, from { to }."),
        required=False,
        max_length=RECEIPT_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("Or the file that you kept"), required=False, allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        upload = given.get("file")
        if upload is not None and upload.size > RECEIPT_BYTES:
            raise forms.ValidationError(_("A receipt is smaller than 100 KB."))
        try:
            text = upload.read().decode() if upload else given.get("text", "")
            receipt = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is no receipt: it is not JSON.")) from None
        if not isinstance(receipt, dict):
            raise forms.ValidationError(_("This is no receipt: it is not a JSON object."))
        return {**given, "receipt": receipt}


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Check a receipt: say whether it is ours, and whether the log keeps what it promised."""
    form = ReceiptForm(request.POST, request.FILES) if request.method == "POST" else ReceiptForm()
    if request.method != "POST":
        return render(request, "ledger/receipt.html", {"form": form, **pinned()})
    if not form.is_valid():
        return render(request, "ledger/receipt.html", {"form": form, **pinned()}, status=400)
    context = {"form": form, "found": checked(form.cleaned_data["receipt"]), **pinned()}
    answer = render(request, "ledger/receipt.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def pinned() -> dict[str, str]:
    """Return the keys by which a browser checks a receipt and its proof by itself."""
    public = keys.receipt_key().public_key().public_bytes_raw()
    return {"receipt_key": notes.base64_text(public), "log_key": keys.log_key().verifying.text()}


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a receipt promises and whether it was kept."""
    try:
        digest = receipts.check(given)
    except notes.NoteError:
        return {"signed": False}
    promised = given["receipt"]
    place = LogLeaf.objects.filter(event__leaf_hash=digest).values_list("idx", flat=True).first()
    return {
        "signed": True,
        "ours": promised.get("log") == keys.origin(),
        "at": str(promised.get("at", "")),
        "leaf_hash": digest.hex(),
        "index": place,
        "waiting": place is None and AuditEvent.objects.filter(leaf_hash=digest).exists(),
        "opening": opening_in(given, digest),
    }


def opening_in(given: dict[str, Any], digest: bytes) -> dict[str, Any] | None:
    """Return the content that a receipt of a sealed entry holds, and whether it is what was sealed."""
    private, entry_text = given.get("sealed"), given.get("leaf")
    if not isinstance(private, dict) or not isinstance(entry_text, str):
        return None
    try:
        told = json.loads(entry_text)["data"]["c"]
        text = pretty(private["inner"])
        fits = merkle.leaf_hash(entry_text.encode()) == digest and told == commitment(private["salt"], private["inner"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return {"fits": False, "text": gettext("The sealed content cannot be read.")}
    return {"fits": fits, "text": text}


pages = [
    path("ledger/", explorer, name="ledger"),
    path("ledger/entries/<int:index>/", entry, name="ledger_entry"),
    path("ledger/entries/<int:index>/leaf.json", leaf_file, name="ledger_leaf"),
    path("ledger/entries/<int:index>/proof.txt", proof_file, name="ledger_proof"),
    path("ledger/receipt/", receipt, name="ledger_receipt"),
]
