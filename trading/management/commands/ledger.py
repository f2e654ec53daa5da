"""The public ledger on the command line: its state, an export, a proof, the sequencer as a process of its own."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from trading.ledger import export, proofs, publisher, sequencer, witness
from trading.ledger.merkle import TreeError
from trading.ledger.tables import LedgerFault, LogCheckpoint, Pending, SealedEntry


class Command(BaseCommand):
    help = "Show, export and prove the public ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help="size, root, what waits, who watches")
        acts.add_parser("sequence", help="run the sequencer until Ctrl-C, for a site of several processes")
        writing = acts.add_parser("export", help="write the log as files that verify_ledger.py checks")
        writing.add_argument("folder", type=Path)
        writing.add_argument("--upto", type=int, help="the newest cosigned size that is at most this")
        proving = acts.add_parser("proof", help="print the proof of one entry")
        proving.add_argument("entry", help="its index, id or leaf hash")
        proving.add_argument("--size", type=int, help="in the checkpoint of this size")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["act"])(**options)
        except (LedgerFault, TreeError, OSError) as fault:
            raise CommandError(str(fault)) from fault
        except (DatabaseError, OverflowError) as fault:
            raise CommandError(f"The database does not answer ({fault}). Prepare it: manage.py migrate") from fault
        except LogCheckpoint.DoesNotExist as fault:
            raise CommandError(f"The log has no checkpoint of size {options['size']}.") from fault

    def status(self, **_: Any) -> None:
        newest = proofs.head()
        cosigned = proofs.cosigned_sizes()
        self.stdout.write(f"size: {newest.size if newest else 0}")
        self.stdout.write(f"root: {bytes(newest.root).hex() if newest else '-'}")
        self.stdout.write(f"signed: {newest.at.isoformat() if newest else '-'}")
        self.stdout.write(f"cosigned: {cosigned[-1] if cosigned else '-'} ({len(cosigned)} kept checkpoints)")
        self.stdout.write(f"waiting: {Pending.objects.count()}")
        self.stdout.write(f"still sealed: {SealedEntry.objects.filter(opened_at=None, cover=False).count()}")
        self.stdout.write(f"witnesses: {', '.join(each.key.name for each in witness.witnesses())}")

    def sequence(self, **_: Any) -> None:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        publishing = threading.Thread(target=publisher.run, args=[stop])
        publishing.start()
        try:
            sequencer.run(stop)
        except KeyboardInterrupt:
            self.stdout.write("stopped")
        finally:
            stop.set()
            publishing.join()

    def export(self, *, folder: Path, upto: int | None, **_: Any) -> None:
        if upto is None:
            while sequencer.sequence_once():
                pass
            witness.cosign()
        self.stdout.write(f"{export.export(folder, upto)} entries in {folder}")

    def proof(self, *, entry: str, size: int | None, **_: Any) -> None:
        found = proofs.find(entry)
        if found is None:
            raise CommandError(f"The log has no entry {entry}.")
        self.stdout.write(proofs.proof(found.idx, size).text(), ending="")
