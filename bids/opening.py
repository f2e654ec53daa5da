"""The last stage of the opening: reading out (唱标), objections on the spot, confirmation, signatures, the record.

It ends in a list of opened bids, with which the evaluation begins (招标投标法 36; 87号令 41, 42).
"""

import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from bids import method, record
from bids.decrypting import BIDS_HERE, Decrypting, own_rows
from bids.opened import OpenedBid, Outcome
from trading import attendance, clock
from trading.doors import addresses
from trading.errors import RuleError
from trading.ledger import entries, events
from trading.party import Role, anywhere, within
from trading.session import SUPERVISING
from trading.transitions import THE_CLOCK, Act, act

HOSTS = within(Role.OWNER, lambda opening: opening.lot.project.owner_id) | within(
    Role.AGENCY, lambda opening: opening.lot.project.agency_id
)
SUPERVISION = anywhere(Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE)
BASIS = "招标投标法 36; 招标投标法实施条例 44"
SIDES = ("host", "supervisor")


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, person: Any) -> "OpeningQuerySet":
        """Return every opening: it is public, and before the deadline it says nothing of any bid."""
        return self.all()


class Opening(Decrypting):
    """The opening of one lot's bids."""

    objects = OpeningQuerySet.as_manager()

    @act(
        "opening.read_out",
        source="decrypting",
        target="read_out",
        may=THE_CLOCK,
        label=gettext_noop("Read the bids out"),
    )
    def read_out(self, act: Act) -> dict[str, Any]:
        """Show every bid at once, when all are decided: who, for how much, by when (招标投标法 36)."""
        self.session.check_open()
        method.check_drawn_before_reading(self.lot)
        if self.opened.undecided().exists():
            raise RuleError(
                gettext_noop("Bids wait for decryption; nothing is shown before."),
                code="bids_undecided",
                basis="电子招标投标办法 29, 30",
            )
        rows = list(self.opened.select_related("bid__organisation"))
        for row in rows:
            act.say(self.session.transcript_id, "bid.read_out", spoken(row))
        act.then(lambda: self._record_bids(rows, act))
        return {"opened": sum(row.outcome == Outcome.OPENED for row in rows), "n": len(rows)}

    @act(
        "opening.confirmed",
        source="read_out",
        target="read_out",
        may=BIDS_HERE,
        label=gettext_noop("Confirm what was read out"),
    )
    def confirm(self, act: Act) -> dict[str, Any]:
        """Confirm one's own line; who does not is deemed to accept it (87号令 42)."""
        self.session.check_open()
        rows = [row for row in own_rows(self, act.by) if row.confirmed_at is None]
        if not rows:
            raise RuleError(gettext_noop("You have confirmed already."), code="confirmed_already", basis="87号令 42")
        for row in rows:
            row.confirmed_at = act.at
            row.save(update_fields=["confirmed_at"])
        numbers = [row.number for row in rows]
        act.say(self.session.transcript_id, "opening.confirmed", {"numbers": numbers})
        return {"numbers": numbers}

    @act(
        "opening.signed",
        source="read_out",
        target="read_out",
        may=HOSTS | SUPERVISION,
        label=gettext_noop("Sign the opening record"),
    )
    def sign(self, act: Act) -> dict[str, Any]:
        """Sign as host or as supervisor, having been there (87号令 42)."""
        self.session.check_open()
        side = "supervisor" if act.role in SUPERVISING else "host"
        if not any(attendance.is_present(self.session, act.by, role) for role in act.by.roles()):
            raise RuleError(
                gettext_noop("Only who is signed in to the session signs its record."),
                code="not_present",
                basis="87号令 42",
                next_step=gettext_noop("Sign in to the session first."),
            )
        self._check_objections()
        signature = Signature(side=side, role=act.role, name=str(act.by), signed_at=act.at)
        if self.signatures.filter(side=side).exists():
            raise RuleError(gettext_noop("This side has signed already."), code="signed_already", basis="87号令 42")
        act.then(lambda: signature.attach(self))
        act.say(self.session.transcript_id, "opening.signed", {"side": side, "role": act.role})
        return {"side": side, "role": act.role}

    @act(
        "opening.finished",
        source="read_out",
        target="finished",
        may=HOSTS | anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Finish the opening"),
    )
    def finish(self, act: Act) -> dict[str, Any]:
        """End with the signed record: the list of bids, complete and in order (招标投标法 36)."""
        self.session.check_open()
        self._check_objections()
        if missing := self._unsigned():
            raise RuleError(
                gettext_noop("Not signed yet by: %(missing)s."),
                code="not_signed",
                basis="87号令 42",
                next_step=gettext_noop("Host and supervisor sign the record; then finish."),
                missing=", ".join(sorted(missing)),
            )
        said = self._fix_record(act)
        act.say(self.session.transcript_id, "opening.finished", said)
        return {**said, "events": events.completeness(self.lot.code)}

    def is_signed(self) -> bool:
        """Say whether both sides have signed the record."""
        return not self._unsigned()

    def _unsigned(self) -> set[str]:
        return set(SIDES) - set(self.signatures.values_list("side", flat=True))

    def _fix_record(self, act: Act) -> dict[str, Any]:
        """Store the record and return its figures and hashes, for the ledger and for everybody."""
        address = addresses.of_site(record.address_of(self))
        facts = record.facts_of(self, address=address, recorder=str(act.by), finished_at=self.lot.now())
        self.record_facts = record.fix(self, facts)
        self.record_sha256 = self.record_facts["record_sha256"]
        opened = self.opened.filter(outcome=Outcome.OPENED).count()
        return {"bids": len(facts["bids"]), "opened": opened, **self.record_facts}

    def _check_objections(self) -> None:
        if self.objections.filter(state="raised").exists():
            raise RuleError(
                gettext_noop("An objection raised here waits for its answer."),
                code="objection_open",
                basis="招标投标法实施条例 44",
                next_step=gettext_noop("Answer it on the spot; the answer goes into the record."),
            )

    def _record_bids(self, rows: list[OpenedBid], act: Act) -> None:
        """Write each bid's own entry: what its content hashes to, so that whoever has its key can check."""
        made = (
            entries.members(
                "opening.bid",
                events.Actor(id="clock", role="clock", auth="-"),
                events.Subject("bid", row.bid.number),
                tender=self.lot.code,
                data=recorded(row),
                at=act.at,
            )
            for row in rows
        )
        entries.write_all(made)


def awaits_signature(opening: Opening, person: Any) -> bool:
    """Say whether the side for which a person would sign has not signed yet."""
    side = "supervisor" if SUPERVISION(opening, person) else "host"
    return not opening.signatures.filter(side=side).exists()


def opened_bids(opening: Opening) -> list[OpenedBid]:
    """Return the bids that were opened, in the order of the list: where the evaluation begins."""
    return list(opening.opened.read_out().select_related("bid__organisation"))


def spoken(row: OpenedBid) -> dict[str, Any]:
    """Return what is read out of a bid (domain.md, 5)."""
    said = {"number": row.number, "name": row.bid.organisation.name, "uscc": row.bid.organisation.uscc}
    received = clock.iso(row.bid.received_at)
    if row.outcome != Outcome.OPENED:
        return {**said, "received_at": received, "outcome": row.outcome, "at_fault": row.at_fault, "basis": row.basis}
    return {**said, "received_at": received, "outcome": row.outcome, **row.items, "findings": row.findings}


def recorded(row: OpenedBid) -> dict[str, Any]:
    """Return the ledger's entry of a bid at its opening (integrity.md, 2.4)."""
    found = {"number": row.number, "outcome": row.outcome, "at_fault": row.at_fault, "basis": row.basis}
    if row.outcome != Outcome.OPENED:
        return {**found, "ground": row.ground}
    digest = hashlib.sha256(bytes.fromhex(row.secret)).hexdigest()
    return {**found, "secret_sha256": digest, "plaintext_sha256": row.plaintext_sha256, "items": row.items}


class Signature(models.Model):
    """Who signed the record, for which side."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=16)
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opening", "side"], name="a_side_signs_once")]

    def __str__(self) -> str:
        return f"{self.side} {self.name}"

    def attach(self, opening: Opening) -> None:
        """Store the signature under its opening."""
        self.opening = opening
        self.save()
