"""The rescue file (receipt.age-key.txt): the key of one bid, kept by its bidder; `age -d -i` takes it. Pure."""

from dataclasses import dataclass, field

from bids.sealing import age, shares
from trading.errors import InvalidInput
from trading.ledger import notes
from trading.text import mark as _

FILE_NAME = "receipt.age-key.txt"
CREATED, RECIPIENT, SHARE, ENVELOPE = "# created: ", "# public key: ", "# ptseal share: ", "# ptseal envelope: "
MARKS = (CREATED, RECIPIENT, SHARE, ENVELOPE)
IDENTITY = "AGE-SECRET-KEY-1"


class WrongRescue(InvalidInput):
    """The text is not a rescue file."""

    code = "rescue_unreadable"
    next_step = _("Choose the file receipt.age-key.txt that was saved when the bid was sealed.")


@dataclass(frozen=True, slots=True)
class Rescue:
    """What the file holds; `own` is the bidder's share (b"" in mode T)."""

    created: str
    recipient: str
    secret: bytes = field(repr=False)
    own: bytes = field(repr=False)
    envelope: bytes

    def text(self) -> str:
        lines = [CREATED + self.created, RECIPIENT + self.recipient, age.encode_identity(self.secret)]
        lines += [SHARE + shares.to_code(self.own)] if self.own else []
        return "\n".join([*lines, ENVELOPE + notes.base64_text(self.envelope), ""])


def parse(text: str) -> Rescue:
    """Return what a rescue file holds, whoever wrote its line ends. Raises WrongRescue, without repeating the text."""
    lines = [line.strip() for line in text.splitlines()]
    identities = [line for line in lines if line.startswith(IDENTITY)]
    said = {mark: [line.removeprefix(mark) for line in lines if line.startswith(mark)] for mark in MARKS}
    if len(identities) != 1 or any(len(found) > 1 for found in said.values()) or not said[ENVELOPE]:
        raise WrongRescue("The file does not hold one key and one envelope.")
    try:
        return Rescue(
            created="".join(said[CREATED]),
            recipient="".join(said[RECIPIENT]),
            secret=age.decode_identity(identities[0]),
            own=shares.from_code(said[SHARE][0]) if said[SHARE] else b"",
            envelope=notes.unbase64(said[ENVELOPE][0]),
        )
    except (age.WrongKey, shares.WrongShareCode, notes.NoteError) as error:
        raise WrongRescue("A line of the file was changed.") from error
