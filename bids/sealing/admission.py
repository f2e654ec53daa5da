"""Admission: what is checked when a bid is submitted, without any key, so that nothing malformed waits for the opening.

First the place (whose bid, for which lot), then the four admission checks in order: signature, ciphertext, header,
access. Pure; the parts come as sizes and leaf hashes, so no byte is read twice. Source: integrity.md 2.4, 2.5.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bids.sealing import age, shares
from bids.sealing.envelope import PART, Access, Envelope, Sealed, verify
from trading.errors import RuleError
from trading.ledger import merkle
from trading.text import mark as _


class NotAdmitted(RuleError):
    """A bid that the platform must refuse; `code` says why."""

    code = "bid_not_admitted"
    basis = "电子招标投标办法 26"
    next_step = _("Seal the bid again on its page or with the sealing tool, and submit it before the deadline.")


class Elsewhere(NotAdmitted):
    """The envelope belongs to another lot, bidder or upload."""

    code = "bid_elsewhere"
    next_step = _("Submit the envelope that was made for this lot, by the enterprise that made it.")


class Incomplete(NotAdmitted):
    """The parts that arrived are not the ones that the envelope names."""

    code = "bid_incomplete"
    basis = "电子招标投标办法 27"
    next_step = _("Upload the missing or changed parts, then submit the same envelope again.")


class WrongAccess(NotAdmitted):
    """The envelope does not give its key to the published custodians, or not in their form."""

    code = "access_wrong"
    basis = "电子招标投标办法 29"
    next_step = _("Load the lot's sealing parameters again and seal the bid anew.")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the platform knows of the bid before it looks at the envelope; `sets` are the published ones in order."""

    tender: str
    lot: int
    bidder: str
    bid: str
    mode: str
    sets: tuple[tuple[str, ...], ...]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it was stored: its number from 0, its bytes and its RFC 6962 leaf hash (SHA-256 of 0x00 and it)."""

    n: int
    size: int
    leaf_hash: bytes


def check(envelope: Envelope, expected: Expected, parts: Sequence[Part], head: bytes) -> None:
    """Check a bid's envelope against its stored parts; `head` is the first age.HEAD_BYTES of the first part.

    Raises Elsewhere, envelope.WrongSignature, Incomplete, age.NotEncrypted, age.WrongAgeFile, WrongAccess.
    """
    _check_place(envelope, expected)
    if envelope.sealed is None:
        raise Elsewhere("The envelope withdraws a bid; it holds none.", code="envelope_kind")
    submission = Submission(envelope, envelope.sealed, expected, tuple(parts), head)
    for admission_check in CHECKS.values():
        admission_check(submission)


def check_withdrawal(envelope: Envelope, expected: Expected) -> None:
    """Check a withdrawal's envelope; `expected.bid` is the bid it withdraws. Raises Elsewhere, WrongSignature."""
    _check_place(envelope, expected)
    if envelope.sealed is not None:
        raise Elsewhere("The envelope holds a bid; it withdraws none.", code="envelope_kind")
    verify(envelope)


def _check_place(envelope: Envelope, expected: Expected) -> None:
    for name in ("tender", "lot", "bidder", "bid"):
        have, need = getattr(envelope, name), getattr(expected, name)
        if have != need:
            raise Elsewhere(
                "The envelope's %(name)s is %(have)s, not %(need)s.",
                code=f"wrong_{name}",
                name=name,
                have=have,
                need=need,
            )


@dataclass(frozen=True, slots=True)
class Submission:
    """What the four admission checks look at."""

    envelope: Envelope
    sealed: Sealed
    expected: Expected
    parts: tuple[Part, ...]
    head: bytes


def check_signature(submission: Submission) -> None:
    """First: the key in the envelope signed it. Raises WrongSignature."""
    verify(submission.envelope)


def check_ciphertext(submission: Submission) -> None:
    """Second: the parts are all there, each full but the last, and they are the signed ones. Raises Incomplete."""
    size, numbers = submission.sealed.size, [part.n for part in submission.parts]
    if size > submission.expected.max_bytes:
        raise NotAdmitted(
            "The bid has %(size)s bytes; at most %(most)s are taken.",
            code="bid_too_large",
            size=size,
            most=submission.expected.max_bytes,
        )
    full, rest = divmod(size, PART)
    needed = [PART] * full + ([rest] if rest else [])
    if any(n >= len(needed) for n in numbers):
        raise Incomplete(
            "%(have)s parts have arrived, but the envelope names %(need)s.",
            code="part_surplus",
            next_step=_("A part that has arrived stays; seal the bid anew, which gives it another number."),
            have=len(numbers),
            need=len(needed),
        )
    if len(numbers) < len(needed):
        raise Incomplete(
            "%(have)s of %(need)s parts have arrived.", code="part_missing", have=len(numbers), need=len(needed)
        )
    if [part.size for part in submission.parts] != needed:
        raise Incomplete("The parts do not have the sizes that the envelope implies.", code="part_size")
    if merkle.root([part.leaf_hash for part in submission.parts]) != submission.sealed.root:
        raise Incomplete("The parts are not those that the envelope names.", code="root_differs")


def check_header(submission: Submission) -> None:
    """Third: an age file to one recipient, of a length that content can have. Raises NotEncrypted, WrongAgeFile."""
    age.parse_header(submission.head)
    age.payload_size(submission.sealed.size)


def check_access(submission: Submission) -> None:
    """Fourth: exactly the published sets, and for each custodian an age file as long as a share. Raises WrongAccess."""
    sealed, expected = submission.sealed, submission.expected
    if sealed.mode != expected.mode:
        raise WrongAccess(
            "The lot is sealed in mode %(need)s, not %(have)s.",
            code="wrong_mode",
            have=sealed.mode,
            need=expected.mode,
        )
    given = tuple(tuple(access.holder for access in holders) for holders in sealed.access)
    if given != expected.sets:
        raise WrongAccess("The envelope's sets of custodians are not the published ones.", code="wrong_sets")
    for number, holders in enumerate(sealed.access):
        for access in holders:
            _check_wrap(submission.envelope, number, access)


def _check_wrap(envelope: Envelope, number: int, access: Access) -> None:
    """Check the form of a wrap; whose it is and what it holds, its holder's key alone can tell."""
    if access.holder == shares.BIDDER:
        return
    place = shares.label(envelope.tender, envelope.bid, envelope.seq, number, access.holder)
    try:
        age.parse_header(access.wrap)
    except (age.NotEncrypted, age.WrongAgeFile) as error:
        raise WrongAccess(
            "The wrap for %(holder)s in set %(number)s is no age file to one recipient.",
            code="wrong_wrap",
            holder=access.holder,
            number=number,
        ) from error
    if len(access.wrap) != age.file_size(len(place) + shares.SHARE_BYTES):
        raise WrongAccess(
            "The wrap for %(holder)s in set %(number)s is not as long as a share's.",
            code="wrong_wrap",
            holder=access.holder,
            number=number,
        )


CHECKS: dict[str, Callable[[Submission], None]] = {
    "signature": check_signature,
    "ciphertext": check_ciphertext,
    "header": check_header,
    "access": check_access,
}
