"""Evaluate bids: read a document of bids and method, print every intermediate figure and the ranking as JSON.

Exit 2 with one line per fault, a JSON pointer and a reason. The format is described in docs/evaluation.md.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bids.evaluation import output
from bids.evaluation.engine import evaluate
from bids.evaluation.reading import read
from bids.evaluation.reading.place import Faulty


def text_of(name: str) -> str:
    """Return what the file holds, or with `-` what stands on the standard input. Raises CommandError."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise CommandError(f"/: {name} cannot be read: {reason}", returncode=2) from error


class Command(BaseCommand):
    help = "Evaluate the bids of a JSON document and print every figure and the ranking as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the document, or - for the standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            document = read(text_of(file))
        except Faulty as faulty:
            for fault in faulty.faults:
                self.stderr.write(str(fault), self.style.ERROR)
            sys.exit(2)
        result = output.as_json(evaluate(document))
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
