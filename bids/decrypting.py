"""The second stage of the opening: custodians and bidders give their shares, and the clock decrypts bid after bid.

Nothing of any bid is shown before all are decided or the window has ended (integrity.md, 2.4; 电子招标投标办法 30).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from bids import decryption, outage, suspended
from bids.closing import Closing
from bids.custody import BIDDER, Custodian, Holder, sets_of
from bids.opened import BadWrap, OpenedBid, Outcome, Share, SharesRefused
from bids.sealing import envelope, shares
from bids.sealing.verdict import Window
from trading import clock
from trading.errors import RuleError
from trading.ledger import notes
from trading.party import Role
from trading.transitions import THE_CLOCK, Act, Power, act

BASIS = "电子招标投标办法 29, 30"
MOST = 600  # shares in one request
Listed = dict[str, tuple[OpenedBid, list[list[dict[str, str]]]]]  # a bid's number: its row and its access sets


def _keeps(opening: Any, person: Any) -> bool:
    held = {m.organisation_id for m in person.active_memberships()} if _signed_in(person) else set()
    return bool(held) and opening.lot.custodians.filter(organisation_id__in=held).exists()


def _bids(opening: Any, person: Any) -> bool:
    return bool(own_rows(opening, person))


def _signed_in(person: Any) -> bool:
    return person is not None and person.is_authenticated and person.is_active


def own_rows(opening: Any, person: Any) -> list[OpenedBid]:
    """Return the bids on the list that are the person's own."""
    if not _signed_in(person):
        return []
    held = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
    return list(opening.opened.filter(bid__organisation_id__in=held).select_related("bid__organisation"))


CUSTODIAN = Power("custodian", _keeps)
BIDS_HERE = Power(Role.BIDDER, _bids)


@dataclass(frozen=True)
class Given:
    """A share as it was handed in: for which bid's number and which set, and its bytes."""

    bid: str
    set_number: int
    value: bytes


class Decrypting(Closing):
    """An opening while shares come in."""

    class Meta(Closing.Meta):
        abstract = True

    @act(
        "opening.shares_given",
        source="decrypting",
        target="decrypting",
        may=CUSTODIAN,
        label=gettext_noop("Give shares as a custodian"),
    )
    def give_shares(self, act: Act, *, holder: str, given: Sequence[Given]) -> dict[str, Any]:
        """Take a custodian's shares; what misses its commitment is refused one by one, the others count."""
        self.session.check_open()
        self._check_holder(act.by, holder)
        refused = self._take(holder, given, act.at)
        accepted = len(given) - len(refused)
        if not accepted:
            raise SharesRefused(refused)
        act.say(self.session.transcript_id, "opening.shares_given", {"holder": holder, "accepted": accepted})
        self.refused = [
            {"bid": given[n].bid, "set": given[n].set_number, "code": error.code} for n, error in refused.items()
        ]
        return {"holder": holder, "accepted": accepted, "refused": len(refused)}

    @act(
        "opening.bidder_share_given",
        source="decrypting",
        target="decrypting",
        may=BIDS_HERE,
        label=gettext_noop("Give your own share"),
    )
    def give_own_share(self, act: Act, *, code: str) -> dict[str, Any]:
        """Take a bidder's share, typed from any device, while the window runs (电子招标投标办法 30)."""
        self.session.check_open()
        value = shares.from_code(code)
        row = self._own_undecided(act.by)
        self._check_window()
        numbers = range(len(sets_of(self.tender.mode)))
        given = [Given(row.bid.number, number, value) for number in numbers]
        refused = self._take(BIDDER, given, act.at)
        if refused:
            raise shares.WrongShare(gettext_noop("The share is not the one that the bidder committed to."))
        act.say(self.session.transcript_id, "opening.bidder_share_given", {"number": row.number})
        return {"bid": row.bid.number}

    @act(
        "opening.wraps_refused",
        source="decrypting",
        target="decrypting",
        may=CUSTODIAN,
        label=gettext_noop("Report wraps that do not open"),
    )
    def refuse_wraps(self, act: Act, *, holder: str, given: Sequence[tuple[str, int, str]]) -> dict[str, Any]:
        """Take a custodian's report of wraps that its key does not open; an arbiter may ask for proof."""
        self.session.check_open()
        self._check_holder(act.by, holder)
        rows = self._listed({bid for bid, _number, _code in given})
        for bid, number, code in given:
            row, _commit = _place(rows, bid, number, holder)
            BadWrap.objects.get_or_create(
                opened=row, set_number=number, holder=holder, defaults={"code": code, "reported_at": act.at}
            )
        facts = {"holder": holder, "numbers": sorted({rows[bid][0].number for bid, _number, _code in given})}
        act.say(self.session.transcript_id, "opening.wraps_refused", facts)
        return facts

    @act(
        "opening.custodian_key_shown",
        source="decrypting",
        target="decrypting",
        may=CUSTODIAN,
        label=gettext_noop("Show the custodian's key to prove a wrap bad"),
    )
    def show_key(self, act: Act, *, holder: str, identity: str) -> dict[str, Any]:
        """Let the platform see, by the custodian's own key, whether bidder or custodian is at fault."""
        self.session.check_open()
        custodian = self._check_holder(act.by, holder)
        proved = decryption.prove(custodian, identity, BadWrap.objects.filter(opened__opening=self.pk, holder=holder))
        return {"holder": holder, "bad": proved.bad, "good": proved.good}

    @act(
        "opening.rescued",
        source="decrypting",
        target="decrypting",
        may=BIDS_HERE,
        label=gettext_noop("Hand in the rescue key"),
    )
    def rescue(self, act: Act, *, identity: str) -> dict[str, Any]:
        """Take the bid's own key where no set can open it through the custodians' fault (integrity.md, 2.5)."""
        self.session.check_open()
        row = self._own_undecided(act.by)
        decryption.rescue(row, identity, self.time(act.at))
        act.say(self.session.transcript_id, "opening.decrypted", self._decided([row]))
        return {"bid": row.bid.number, "outcome": row.outcome}

    @act(
        "opening.decrypted",
        source="decrypting",
        target="decrypting",
        may=THE_CLOCK,
        label=gettext_noop("Decrypt what can be decrypted"),
    )
    def decrypt(self, act: Act) -> dict[str, Any]:
        """Decide the next bids: decrypt those with a full set of shares; after the window judge those without."""
        self.session.check_open()
        decided = decryption.decide_next(self, self.time(act.at))
        if not decided:
            raise RuleError(gettext_noop("No bid can be decided yet."), code="nothing_to_decide")
        facts = self._decided(decided)
        act.say(self.session.transcript_id, "opening.decrypted", facts)
        return facts

    @act(
        "opening.window_extended",
        source="decrypting",
        target="decrypting",
        may=THE_CLOCK,
        label=gettext_noop("Extend the decryption window"),
    )
    def extend_window(self, act: Act) -> dict[str, Any]:
        """Give custodians the window once more where a bid cannot be opened through their fault (integrity.md, 2.5)."""
        if self.extended or not self.window_is_over() or not decryption.asks_for_extension(self, self.time(act.at)):
            raise RuleError(gettext_noop("The window is not to be extended."), code="not_to_extend")
        self.extended = True
        ends = self.lot.now() + timedelta(minutes=self.tender.window_minutes)
        self.window_until = ends - self.stood_still()  # pauses until now are over and count no more
        facts = {"until": clock.iso(ends)}
        act.say(self.session.transcript_id, "opening.window_extended", facts)
        return facts

    def window_ends(self) -> datetime:
        """Return when the window ends: pauses of the session do not count."""
        if self.window_until is None:
            raise RuleError(gettext_noop("The opening has not begun."), code="not_begun")
        return self.window_until + self.stood_still()

    def stood_still(self) -> timedelta:
        """Return how long session or lot were suspended: nobody could act, so the window did not run."""
        lost = suspended.stood_still(self.lot, self.began_at or self.deadline)
        return lost + suspended.paused(self.session.transcript_id)

    def window_is_over(self) -> bool:
        return self.lot.now() >= self.window_ends()

    def time(self, at: datetime) -> decryption.Time:
        """Return where the time for shares stands."""
        over = self.window_is_over()
        first, last = (Window.EXTENDED, Window.OVER) if self.extended else (Window.OPEN, Window.ENDED)
        return decryption.Time(last if over else first, at, self.was_down())

    def was_down(self) -> bool:
        """Say whether the platform was down in every window that has ended, so that bidders could not act."""
        minutes = timedelta(minutes=self.tender.window_minutes)
        began = self.began_at or self.deadline
        windows = [(began, began + minutes + self.stood_still())]
        if self.extended and self.window_is_over():
            windows.append((self.window_ends() - minutes, self.window_ends()))
        ahead = self.lot.clock_ahead
        return all(outage.was_down(start - ahead, end - ahead) for start, end in windows)

    def _decided(self, rows: Sequence[OpenedBid]) -> dict[str, Any]:
        """Return what everybody hears of bids just decided: which, who shut those that stay shut, and the progress."""
        total = self.opened.count()
        shut = [
            {"number": row.number, "outcome": row.outcome, "at_fault": row.at_fault, "basis": row.basis}
            for row in rows
            if row.outcome != Outcome.OPENED
        ]
        done = {"done": total - self.opened.undecided().count(), "total": total}
        return {"numbers": [row.number for row in rows], **done, **({"shut": shut} if shut else {})}

    def _check_window(self) -> None:
        """Refuse a bidder after the window; the extension is the custodians', unless the platform was down."""
        if self.window_is_over() or (self.extended and not self.was_down()):
            raise RuleError(
                gettext_noop("The decryption window ended at %(until)s."),
                code="window_over",
                basis="电子招标投标办法 31",
                until=self.window_ends().astimezone(clock.LOCAL).isoformat(),
            )

    def _check_holder(self, person: Any, holder: str) -> Custodian:
        held = [m.organisation_id for m in person.active_memberships()]
        custodian = self.lot.custodians.filter(holder=holder, organisation_id__in=held).first()
        if custodian is None or holder not in Holder.values:
            raise RuleError(
                gettext_noop("Your organisation does not hold this share."), code="not_this_custodian", basis=BASIS
            )
        return custodian

    def _own_undecided(self, person: Any) -> OpenedBid:
        row = next((row for row in own_rows(self, person) if row.outcome == Outcome.WAITING), None)
        if row is None:
            raise RuleError(gettext_noop("Your bid has been decided on already."), code="bid_decided", basis=BASIS)
        return row

    def _listed(self, numbers: set[str]) -> Listed:
        found = self.opened.filter(bid__number__in=numbers).select_related("bid")
        return {row.bid.number: (row, envelope.access_of(row.bid.envelope)) for row in found}

    def _take(self, holder: str, given: Sequence[Given], at: datetime) -> dict[int, RuleError]:
        """Store the shares that keep their commitments; return the places of the others, each with the reason."""
        rows, tender = self._listed({one.bid for one in given}), self.lot.code[:-3]
        kept, refused = [], {}
        for n, one in enumerate(given):
            try:
                row, commit = _place(rows, one.bid, one.set_number, holder)
                place = shares.label(tender, one.bid, row.bid.seq, one.set_number, holder)
                shares.check_share(one.value, place, commit)
            except RuleError as error:
                refused[n] = error
            else:
                kept.append(Share(opened=row, set_number=one.set_number, holder=holder, value=one.value, given_at=at))
        Share.objects.bulk_create(kept, ignore_conflicts=True, batch_size=500)
        return refused


def _place(rows: Listed, bid: str, number: int, holder: str) -> tuple[OpenedBid, bytes]:
    """Return the bid on the list and the commitment to the holder's share in the set."""
    if bid not in rows:
        raise RuleError(gettext_noop("The opening list has no such bid."), code="bid_not_listed", basis=BASIS)
    row, sets = rows[bid]
    holders = sets[number] if 0 <= number < len(sets) else []
    found = next((access for access in holders if access["holder"] == holder), None)
    if found is None:
        raise RuleError(gettext_noop("This holder has no share in this set."), code="no_such_share", basis=BASIS)
    return row, notes.unbase64(found["commit"])
