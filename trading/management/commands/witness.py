"""The witnesses on the command line: ask them now, or carry request and answer of one without a network."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from trading.ledger import proofs, sequencer, witness
from trading.ledger.notes import NoteError
from trading.ledger.tables import LedgerFault, LogCheckpoint


class Command(BaseCommand):
    help = "Have the newest checkpoint of the ledger cosigned."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("cosign", help="ask every witness that answers over the network")
        for act, text in (("request", "write the request for a witness"), ("response", "take its answer")):
            carried = acts.add_parser(act, help=text)
            carried.add_argument("name", help="the witness's name, as in its key")
            carried.add_argument("file", type=Path)
        acts.choices["response"].add_argument("--size", type=int, help="the size asked for; without it the newest")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            while sequencer.sequence_once():
                pass
            getattr(self, options["act"])(**options)
        except (LedgerFault, NoteError, LogCheckpoint.DoesNotExist, OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        except (DatabaseError, OverflowError) as fault:
            raise CommandError(f"The database does not answer ({fault}). Prepare it: manage.py migrate") from fault

    def cosign(self, **_: Any) -> None:
        checkpoint = witness.cosign()
        if checkpoint is None:
            raise CommandError(f"The newest checkpoint has not the quorum of {proofs.quorum()}.")
        self.stdout.write(f"cosigned: {checkpoint.size}")

    def request(self, *, name: str, file: Path, **_: Any) -> None:
        checkpoint = witness.write_request(self.named(name), file)
        self.stdout.write(f"request for size {checkpoint.size} in {file}")

    def response(self, *, name: str, file: Path, size: int | None, **_: Any) -> None:
        newest = proofs.head()
        asked = size or (newest.size if newest else 0)
        complete = witness.read_response(self.named(name), asked, file)
        self.stdout.write(f"cosigned: {asked}" if complete else f"one more cosignature of {asked}, not the quorum yet")

    def named(self, name: str) -> witness.Witness:
        for each in witness.witnesses():
            if each.key.name == name:
                return each
        raise CommandError(f"No witness {name} is configured.")
