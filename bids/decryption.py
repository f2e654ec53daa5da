"""Deciding each bid at the opening: what the record shows of it, the verdict of the pure rule, what is kept of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_noop

from bids import prequalified
from bids.custody import Custodian, sets_of
from bids.opened import BadWrap, OpenedBid, Share
from bids.sealing import age, content, opening, shares, verdict
from bids.sealing.envelope import Envelope
from bids.sealing.verdict import Found, Window
from bids.upload import Lost
from trading import money
from trading.errors import RuleError
from trading.ledger import merkle

LONGEST, PARTNERS = content.LONGEST_TEXT, 20  # of what is read out; the bid itself holds the rest
AT_ONCE = 64  # bids in one act
BYTES_AT_ONCE = 64 * 1024 * 1024
VERDICT = (
    *("outcome", "at_fault", "ground", "basis", "set_used", "secret"),
    *("plaintext_sha256", "plaintext_size", "items", "findings", "decided_at"),
)


class Proved(NamedTuple):
    """What a custodian's own key showed of the wraps it reported: the numbers of the bids."""

    bad: list[int]
    good: list[int]


class Time(NamedTuple):
    """Where the time for shares stands, the moment, and whether the platform was down in every window that ended."""

    window: Window
    at: datetime
    down: bool


class Tried(NamedTuple):
    """A key that the shares gave, and whether it is the recipient's."""

    secret: bytes | None
    opens: bool | None


def decide_next(opened_by: Any, time: Time) -> list[OpenedBid]:
    """Decide the next bids that can be decided, not too many in one transaction; return them."""
    decided: list[OpenedBid] = []
    volume = 0
    for row in _waiting(opened_by, time):
        if decide(row, time):
            decided.append(row)
            volume += row.plaintext_size or 0
        if len(decided) >= AT_ONCE or volume >= BYTES_AT_ONCE:
            break
    keep(decided)
    return decided


def keep(decided: Sequence[OpenedBid]) -> None:
    """Store what was decided of bids, all in one statement."""
    OpenedBid.objects.bulk_create(decided, update_conflicts=True, unique_fields=["id"], update_fields=VERDICT)


def _waiting(opened_by: Any, time: Time) -> Iterator[OpenedBid]:
    """Yield the bids worth a look in their order, with all that deciding them needs, some at a time."""
    rows = _worth_a_look(opened_by, time).select_related("bid__upload", "bid__organisation", "opening__lot__tender")
    rows = rows.prefetch_related("shares", "bad_wraps", "bid__upload__parts").order_by("number")
    last = 0
    while found := list(rows.filter(number__gt=last)[:AT_ONCE]):
        yield from found
        last = found[-1].number


def _worth_a_look(opened_by: Any, time: Time) -> "models.QuerySet[OpenedBid]":
    """Return the undecided bids; while time runs only those that have enough shares, or a wrap proved bad."""
    undecided: models.QuerySet[OpenedBid] = opened_by.opened.undecided()
    if time.window in {Window.ENDED, Window.OVER}:
        return undecided
    needed = len(sets_of(opened_by.tender.mode)[0])
    holders = models.Count("holder", distinct=True)
    given = Share.objects.filter(opened=models.OuterRef("pk")).values("opened").annotate(holders=holders)
    spoiled = BadWrap.objects.filter(opened=models.OuterRef("pk"), proved=True)
    return undecided.filter(models.Exists(given.filter(holders__gte=needed)) | models.Exists(spoiled))


def decide(row: OpenedBid, time: Time, *, rescue: bytes | None = None) -> bool:
    """Judge one bid and note the verdict in its row if it is final, without storing it; return whether it is."""
    sealed = row.bid.read()
    tried = [_try(row, sealed, number) for number in range(len(_access(sealed)))]
    found = _facts(row, sealed, tried, time, rescued=rescue is not None)
    key = next((one.secret for one in tried if one.opens), None) or rescue
    if verdict.judge(found).ground == "decryption_awaited" and key is not None:
        found = _decrypted(row, found, key)
    final = verdict.judge(found)
    if not final.is_final:
        return False
    _note(row, final, key if final.outcome is verdict.Outcome.OPENED else None, time.at)
    return True


def asks_for_extension(opened_by: Any, time: Time) -> bool:
    """Say whether a bid that is still shut asks for the one extension of the window."""
    rows = opened_by.opened.undecided().select_related("bid").prefetch_related("shares", "bad_wraps")
    return any(_judged(row, time).ground == "extension_due" for row in rows)


def rescue(row: OpenedBid, identity: str, time: Time) -> None:
    """Open a bid with its bidder's own key, where the rules allow it. Raises RuleError."""
    secret = age.decode_identity(identity)
    if opening.recipient_of(secret) != row.bid.read().sealed.recipient:  # type: ignore[union-attr]
        raise RuleError(
            gettext_noop("This is not the key to which the bid was sealed."),
            code="rescue_wrong_key",
            basis="电子招标投标办法 31",
            next_step=gettext_noop("Choose the rescue file that was saved when this bid was sealed."),
        )
    if not _judged(row, time).may_rescue:
        raise RuleError(
            gettext_noop("The bid is not shut by its custodians; its key is not needed, or no longer taken."),
            code="rescue_closed",
            basis="电子招标投标办法 31",
        )
    if decide(row, time, rescue=secret):
        keep([row])


def prove(custodian: Custodian, identity: str, reported: Iterable[BadWrap]) -> Proved:
    """Try the wraps that a custodian reported with the key it shows. Raises RuleError if that is not its key."""
    secret = age.decode_identity(identity)
    if opening.recipient_of(secret) != custodian.recipient:
        raise RuleError(gettext_noop("This is not the custodian's key."), code="custodian_key_wrong")
    bad: list[int] = []
    good: list[int] = []
    for report in reported:
        report.proved = not _wrap_opens(report, secret)
        report.save(update_fields=["proved"])
        (bad if report.proved else good).append(report.opened.number)
    return Proved(sorted(set(bad)), sorted(set(good)))


def _wrap_opens(report: BadWrap, secret: bytes) -> bool:
    sealed = report.opened.bid.read()
    access = next(a for a in _access(sealed)[report.set_number] if a.holder == report.holder)
    place = shares.label(sealed.tender, sealed.bid, sealed.seq, report.set_number, report.holder)
    try:
        shares.unwrap(opening.unwrap(access.wrap, secret), place, access.commit)
    except RuleError:
        return False
    return True


def _judged(row: OpenedBid, time: Time) -> verdict.Verdict:
    sealed = row.bid.read()
    tried = [_try(row, sealed, number) for number in range(len(_access(sealed)))]
    return verdict.judge(_facts(row, sealed, tried, time, rescued=False))


def _access(sealed: Envelope) -> Any:
    return sealed.sealed.access if sealed.sealed else ()


def _try(row: OpenedBid, sealed: Envelope, number: int) -> Tried:
    """Combine the shares of a set, if all are here."""
    given = {share.holder: bytes(share.value) for share in row.shares.all() if share.set_number == number}
    holders = [access.holder for access in _access(sealed)[number]]
    if set(holders) - set(given) or sealed.sealed is None:
        return Tried(None, None)
    secret = shares.combine([given[holder] for holder in holders])
    return Tried(secret, opening.recipient_of(secret) == sealed.sealed.recipient)


def _facts(row: OpenedBid, sealed: Envelope, tried: list[Tried], time: Time, *, rescued: bool) -> verdict.Facts:
    given = {(share.set_number, share.holder) for share in row.shares.all()}
    spoiled = {(wrap.set_number, wrap.holder) for wrap in row.bad_wraps.all() if wrap.proved}
    sets = tuple(
        verdict.Set(
            tuple(verdict.Share(access.holder, _found((number, access.holder), given, spoiled)) for access in holders),
            tried[number].opens,
        )
        for number, holders in enumerate(_access(sealed))
    )
    return verdict.Facts(sets=sets, window=time.window, rescue=rescued or None, outage=time.down)


def _found(place: tuple[int, str], given: set[tuple[int, str]], spoiled: set[tuple[int, str]]) -> Found:
    if place in given:
        return Found.GIVEN
    return Found.SPOILED if place in spoiled else Found.AWAITED


def _decrypted(row: OpenedBid, found: verdict.Facts, key: bytes) -> verdict.Facts:
    """Decrypt the stored parts and read the items; say whether they were all there and whether the key fits."""
    sealed = row.bid.read().sealed
    leaves = [bytes(part.leaf_hash) for part in row.bid.upload.in_order()]
    if sealed is None or merkle.root(leaves) != sealed.root:
        return replace(found, stored=False)
    target = place(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("w+b") as file:
            plain = opening.decrypt(row.bid.upload.checked_pieces(), key, file)
            row.plaintext_sha256, row.plaintext_size = plain.sha256.hex(), plain.size
            file.seek(0)
            _read(row, file)
    except Lost:  # anything else that fails, such as a full disk, is tried again
        target.unlink(missing_ok=True)
        return replace(found, stored=False)
    except opening.NotDecryptable:
        target.unlink(missing_ok=True)
        return replace(found, decrypts=False)
    return replace(found, decrypts=True)


def _read(row: OpenedBid, file: Any) -> None:
    """Read what is to be read out; a bid that decrypts and says nothing readable is open, with a finding."""
    sealed, ceiling = row.bid.read(), row.opening.lot.tender.price_ceiling
    try:
        said = content.read(file, tender=sealed.tender, lot=sealed.lot, bidder=sealed.bidder, ceiling=ceiling)
    except RuleError as error:
        row.items, row.findings = {}, [error.code]
        return
    row.items, row.findings = items_of(said), [*said.findings, *_of_consortium(row, said)]
    if _is_longer(said):
        row.findings.append("text_too_long")


def _of_consortium(row: OpenedBid, said: content.ReadOut) -> list[str]:
    """Return what is wrong with a consortium: that none is taken, or that it is not the one that was prequalified."""
    lot = row.opening.lot
    if said.consortium and not lot.tender.consortium:
        return ["consortium_not_taken"]
    try:
        prequalified.may_bid(lot, row.bid.organisation, [partner.uscc for partner in said.consortium])
    except RuleError as refusal:
        return [refusal.code]
    return []


def _is_longer(said: content.ReadOut) -> bool:
    """Say whether a text is cut where it is read out: nobody's words may be longer than the record can hold."""
    texts = [said.quality, said.manager_name, said.manager_certificate, said.discount]
    texts += [text for partner in said.consortium for text in (partner.name, partner.share)]
    return len(said.consortium) > PARTNERS or any(len(text) > content.LONGEST_TEXT for text in texts)


def items_of(said: content.ReadOut) -> dict[str, Any]:
    """Return what is read out, as the transcript and the record hold it: amounts as text (domain.md, 5)."""
    return {
        "price": str(said.price),
        "price_figures": str(said.price_figures),
        "price_words": money.in_words(said.price),
        "duration_days": said.duration_days,
        "quality": said.quality[:LONGEST],
        "manager_name": said.manager_name[:LONGEST],
        "manager_certificate": said.manager_certificate[:LONGEST],
        "deposit_form": said.deposit_form,
        "deposit_amount": str(said.deposit_amount),
        "discount": said.discount[:LONGEST],
        "consortium": [
            {"uscc": p.uscc, "name": p.name[:LONGEST], "share": p.share[:LONGEST]} for p in said.consortium[:PARTNERS]
        ],
    }


def _note(row: OpenedBid, final: verdict.Verdict, key: bytes | None, at: datetime) -> None:
    row.outcome, row.ground, row.basis = final.outcome, final.ground, final.basis
    row.at_fault = _named(final)
    row.set_used, row.secret, row.decided_at = final.set_number, key.hex() if key else "", at


def _named(final: verdict.Verdict) -> str:
    """Return who is at fault: the bidder, the platform, or the custodians by their names."""
    if final.at_fault == verdict.Fault.CUSTODIAN:
        return ", ".join(final.custodians)
    return "" if final.at_fault == verdict.Fault.NONE else str(final.at_fault)


def place(row: OpenedBid) -> Path:
    """Return the file of the decrypted bid."""
    name = row.bid.upload_id.hex
    return Path(settings.MEDIA_ROOT) / "opened" / name[:2] / f"{name}.zip"
