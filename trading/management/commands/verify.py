"""Verify an export of the ledger; without a folder, the live log: every leaf is hashed again. Run it every night.

Exit 1: tampered. Exit 2: something is missing, such as a checkpoint that witnesses cosigned.
"""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from trading.ledger import export, verify_ledger


class Command(BaseCommand):
    help = "Verify the ledger: an export in a folder, or the live log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?")
        parser.add_argument("--keys", type=Path, help="the pinned keys; without it those of the export")

    def handle(self, *args: Any, folder: Path | None, keys: Path | None, **options: Any) -> None:
        if folder is not None:
            return self.verify(folder, keys)
        with tempfile.TemporaryDirectory() as name:
            try:
                call_command("ledger", "export", str(Path(name) / "log"), stdout=self.stdout)
            except CommandError as fault:
                lacking = isinstance(fault.__cause__, export.NothingCosigned | OSError | DatabaseError)
                raise CommandError(str(fault), returncode=2 if lacking else 1) from fault
            return self.verify(Path(name) / "log", keys)

    def verify(self, folder: Path, keys: Path | None) -> None:
        code, reason = verify_ledger.examine(folder, keys)
        if code:
            raise CommandError(reason, returncode=code)
        self.stdout.write(reason)
