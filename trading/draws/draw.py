"""The draw, from its cut-off on: the last entropy, the result, and the alternates who come after a recorded skip.

The dice are rolled by three hands, read by two people at two screens and confirmed by the supervisor; a drand round is
verified against its pinned key. The result is arithmetic on what is then public; anyone can do it again (docs/draw.md).
"""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_noop

from trading import secrecy
from trading.attendance import SiteBadge, check_present
from trading.draws import beacon, cutoff, drand, leaves, selector, skipping, sources, wire
from trading.draws.committing import BASIS, CENTRE, Committing, State
from trading.draws.entries import Contribution, DiceEntry, Skip
from trading.draws.private import HELD_IN
from trading.errors import InvalidInput, RuleError
from trading.party import Role, anywhere
from trading.session import SUPERVISING, SUPERVISION, Session
from trading.transitions import THE_CLOCK, Act, act

__all__ = ["Contribution", "DiceEntry", "Draw", "Skip"]

READING = frozenset({Role.CENTRE_STAFF, Role.OWNER, Role.AGENCY, Role.NOTARY})
READERS = CENTRE | anywhere(Role.OWNER, Role.AGENCY, Role.NOTARY)
HANDS = 3
READINGS = 2
SHOWN = 200


def known() -> models.Q:
    """Return the condition that a draw is no secret of a committee."""
    return ~models.Q(purpose__in=HELD_IN) | secrecy.committee_is_public()


class DrawQuerySet(models.QuerySet["Draw"]):
    def public(self) -> Self:
        """Return the draws that everybody sees: from their first act on, those of experts once that is no secret."""
        return self.filter(known())

    def visible_to(self, person: Any) -> Self:
        """Return the public draws, and those of experts in whose session the person takes part."""
        return self.filter(known() | models.Q(session__in=Session.objects.visible_to(person).values("pk")))


class Draw(Committing):
    """One draw of one frozen list."""

    attempt = models.PositiveSmallIntegerField(default=1, editable=False)
    cut_off_size = models.PositiveBigIntegerField(null=True, editable=False)
    beacon_value = models.CharField(max_length=256, blank=True, editable=False)
    beacon_proof = models.JSONField(default=dict, editable=False)
    seed = models.CharField(max_length=64, blank=True, editable=False)
    result = models.JSONField(default=dict, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["lot", "purpose", "seq"], name="a_draw_once"),
            models.UniqueConstraint(
                fields=["lot", "purpose"], condition=~models.Q(state="void"), name="one_live_draw_of_a_list"
            ),
        ]

    @act(
        "draw.moved",
        source=[State.PREPARING, State.COMMITTED, State.CLOSED],
        target=None,
        may=CENTRE,
        label=gettext_noop("Go on in another session"),
    )
    def move(self, act: Act, *, session: Session) -> dict[str, Any]:
        """Go on, before witnesses, in an open session of the same lot after the first was ended by force."""
        if not self.session.is_over:
            raise RuleError(
                gettext_noop("The session of the draw is not over."),
                code="session_goes_on",
                basis=BASIS,
                next_step=gettext_noop("Go on there; what is suspended can be resumed."),
            )
        before, self.session = self.session_id, session
        self._check_witnessed()
        facts = {"draw_id": self.draw_id, "commit_hash": self.commit_hash}
        act.say(self.transcript_id, "draw.moved", facts)
        return {**facts, "from": before, "session": session.pk}

    @act(
        "draw.dice_entered",
        source=State.CLOSED,
        target=State.CLOSED,
        may=READERS,
        label=gettext_noop("Enter the dice"),
    )
    def enter_dice(self, act: Act, *, digits: str, hands: list[str]) -> dict[str, Any]:
        """Read the dice, in roll order; two people do it, and only equal readings count.

        `hands` are the badge numbers of those who rolled. A difference stops the entry, not the draw: the dice stay on
        the table.
        """
        self._check_dice_may_fall(act)
        beacon.check_value(beacon.label(self.beacon), digits.encode())
        self._check_hands(hands)
        first = self.dice.filter(attempt=self.attempt).first()
        self.dice.create(user=act.by, attempt=self.attempt, digits=digits, hands=sorted(set(hands)), at=act.at)
        if first is None:
            act.say(self.transcript_id, "draw.dice_entered", {"attempt": self.attempt, "entry": 1})
            return {"attempt": self.attempt, "entry": 1}
        facts = {"attempt": self.attempt, "entry": 2, "equal": first.digits == digits}
        if first.digits != digits:
            self.attempt += 1
            act.say(self.transcript_id, "draw.dice_differ", facts)
            return facts
        act.say(self.transcript_id, "draw.dice_entered", {**facts, "digits": digits})
        return {**facts, "digits": digits}

    @act(
        "draw.dice_rejected",
        source=State.CLOSED,
        target=State.CLOSED,
        may=SUPERVISION,
        label=gettext_noop("Reject the readings"),
    )
    def reject_dice(self, act: Act) -> dict[str, Any]:
        """Have the dice read again where the first reading is not what the supervisor sees on the table.

        Once two equal readings are out, everybody can compute the result: from then on nobody may ask for another.
        """
        self._check_present(act, SUPERVISING)
        read = self.dice.filter(attempt=self.attempt).count()
        if not read:
            raise RuleError(gettext_noop("Nobody has read the dice yet."), code="dice_not_read")
        if read >= READINGS:
            raise RuleError(
                gettext_noop("Two people have read the same digits; the result follows from them."),
                code="dice_agreed",
                basis="ggzy-draw/1, 2 row 4",
                next_step=gettext_noop("If they are not the digits on the table, suspend the session and report it."),
            )
        rejected = self.attempt
        self.attempt += 1
        act.say(self.transcript_id, "draw.dice_rejected", {"attempt": rejected})
        return {"attempt": rejected}

    @act(
        "draw.dice_confirmed",
        source=State.CLOSED,
        target=State.DRAWN,
        may=SUPERVISION,
        label=gettext_noop("Confirm the dice"),
    )
    def confirm_dice(self, act: Act) -> dict[str, Any]:
        """Confirm what two people read and the supervisor sees on the table; the result follows at once."""
        self._check_present(act, SUPERVISING)
        read = list(self.dice.filter(attempt=self.attempt).order_by("pk"))
        if len(read) < READINGS:
            raise RuleError(gettext_noop("Two people must have read the same digits."), code="dice_not_read")
        hands = sorted({badge for entry in read for badge in entry.hands})
        return self._conclude(act, read[0].digits.encode(), {"hands": hands})

    @act(
        "draw.beacon_taken",
        source=[State.COMMITTED, State.CLOSED],
        target=State.DRAWN,
        may=CENTRE | SUPERVISION | THE_CLOCK,
        label=gettext_noop("Take the beacon"),
    )
    def take_beacon(self, act: Act, *, number: int, signature: str, randomness: str = "") -> dict[str, Any]:
        """Take the round that the commit record names, once the league has signed it; anybody could."""
        if self.beacon["kind"] != "drand":
            raise RuleError(gettext_noop("This draw takes its last entropy from dice."), code="other_beacon")
        self.cut_off_size = cutoff.before(self.drand_limit(), self.event_of("draw.committed"))
        given = drand.Round(number, signature, randomness=randomness)
        value = drand.verify(drand.CHAINS[self.beacon["chain"]], given, self.beacon["round"])
        return self._conclude(act, value, {"round": number, "signature": signature})

    @act(
        "draw.skipped",
        source=State.DRAWN,
        target=State.DRAWN,
        may=SUPERVISION | THE_CLOCK | anywhere(Role.BIDDER, Role.EXPERT),
        label=gettext_noop("Pass over a drawn candidate"),
    )
    def skip(self, act: Act, *, candidate: str, code: str, evidence: str) -> dict[str, Any]:
        """Pass over one who is seated, for a listed reason with evidence; the same ranking gives the next.

        It is a part of the act that lapses the award or calls the next expert. Without a supervisor only who declines
        itself, or the clock where the contract was not signed, or the expert not reached, in time.
        """
        skipping.check(self.purpose, act.role, code)
        if act.role == Role.EXPERT:
            act.hide()  # the leaf says who it is, once it is opened
        seats = [ident for ident, _stratum in self.result["seated"]]
        if candidate not in seats:
            raise RuleError(gettext_noop("%(id)s holds no seat."), code="not_seated", id=candidate)
        stratum = self.result["seated"][seats.index(candidate)][1]
        wire.parse_hex(evidence, "The hash of the evidence", size=32)
        if self.purpose != leaves.PURPOSE or act.role not in SUPERVISING:  # beyond the cap a supervisor decides (3.7)
            self._check_alternate(stratum)
        self.skips.create(candidate=candidate, stratum=stratum, code=code, evidence=evidence, user=act.by, at=act.at)
        self.result = self._chosen()
        place = {"seat": seats.index(candidate) + 1, "rank": self._rank_of(candidate)}
        facts = {"skipped": candidate, **place, "code": code, "evidence": evidence, **self._facts()}
        act.then(self._ask_witnesses)
        act.say(self.transcript_id, "draw.skipped", facts)
        return facts

    def given(self) -> list[sources.Source]:
        """Return the sources in committed order: what counted at the cut-off, and the beacon."""
        told = {f"commit:{who}": bytes.fromhex(value) for who, value in self._revealed().items()}
        *contributed, last = self.committed().labels
        first = [sources.Source(label, label in told, told.get(label, b"")) for label in contributed]
        return [*first, sources.Source(last, present=True, value=bytes.fromhex(self.beacon_value))]

    def ranking(self) -> list[bytes]:
        """Return the slips of all candidates, first drawn first."""
        return selector.rank(self.suite, bytes.fromhex(self.seed), self.frozen().candidates)

    def _revealed(self) -> dict[str, str]:
        """Return the reveals that stood in the ledger at the cut-off."""
        counted = {}
        for one in self.contributions.exclude(value="").order_by("pk"):
            if one.stood_before(self.cut_off_size or 0):
                counted[one.who] = one.value
        return counted

    def _conclude(self, act: Act, value: bytes, proof: dict[str, Any]) -> dict[str, Any]:
        self.beacon_value, self.beacon_proof, self.drawn_at = value.hex(), proof, act.at
        self.seed = sources.seed(self.committed(), self.given()).hex()
        self.result = self._chosen()
        facts = {**self._facts(), "value": self.beacon_value, **proof}
        order = [[selector.ticket_of(slip), selector.ident_of(slip)] for slip in self.ranking()[:SHOWN]]
        act.say(self.transcript_id, "draw.result", {**facts, "ranking": order, "n": self.list_facts["n"]})
        act.then(self._ask_witnesses)
        return facts

    def _chosen(self) -> dict[str, Any]:
        committed, skipped = self.committed(), [one.candidate for one in self.skips.order_by("pk")]
        chosen = selector.select(self.ranking(), self.frozen().candidates, committed.plan, committed.caps, skipped)
        pairs = {"seated": chosen.seated, "alternates": chosen.alternates}
        return {
            **{name: [list(pair) for pair in value] for name, value in pairs.items()},
            "walk_events": list(chosen.events),
        }

    def _rank_of(self, candidate: str) -> int:
        return [selector.ident_of(slip) for slip in self.ranking()].index(candidate) + 1

    def _facts(self) -> dict[str, Any]:
        return {"commit_hash": self.commit_hash, "seed": self.seed, **self.result}

    def _check_dice_may_fall(self, act: Act) -> None:
        if self.beacon["kind"] != "physical":
            raise RuleError(gettext_noop("This draw takes its last entropy from a beacon."), code="other_beacon")
        self._check_present(act, READING)
        self.cut_off_size = self.cut_off_size or cutoff.after(self.event_of("draw.closed"))
        cutoff.check_past(self.cut_off_size, act.at)
        readers = list(self.dice.filter(attempt=self.attempt).values_list("user_id", flat=True))
        if len(readers) == READINGS:
            raise RuleError(gettext_noop("Two people have read the dice; the supervisor confirms."), code="dice_read")
        if act.by.pk in readers:
            raise RuleError(gettext_noop("Another person must read the dice too."), code="same_reader")

    def _check_present(self, act: Act, roles: Collection[str]) -> None:
        """Refuse who is not in the open session now, in one of the roles that may do this."""
        self.session.check_open()
        check_present(self.session, act.by, roles, BASIS)

    def _check_hands(self, hands: list[str]) -> None:
        badges = SiteBadge.objects.filter(sign_in__session=self.session, returned_at=None)
        holders = dict(badges.values_list("number", "sign_in__user"))
        if strangers := sorted(set(hands) - set(holders)):
            raise InvalidInput(
                gettext_noop("No badge of this session: %(badges)s."), code="unknown_badge", badges=", ".join(strangers)
            )
        if (have := len({holders[badge] for badge in hands})) < HANDS:
            raise RuleError(
                gettext_noop("%(have)s hands rolled the dice; at least %(need)s must."),
                code="too_few_hands",
                basis="ggzy-draw/1, 3.8",
                have=have,
                need=HANDS,
            )

    def _check_alternate(self, stratum: str) -> None:
        quota = next(quota for quota in self.committed().plan if quota.stratum == stratum)
        used, most = self.skips.filter(stratum=stratum).count(), min(quota.alt, quota.k * self.skip_cap)
        if used >= most:
            raise RuleError(
                gettext_noop("%(used)s of %(most)s alternates are used."),
                code="no_alternate_left",
                used=used,
                most=most,
            )
