"""`manage.py uscc CODE…`: say of each unified social credit code whether it is valid, or why not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trading import uscc


class Command(BaseCommand):
    help = "Check unified social credit codes (GB 32100); exit 1 if any is invalid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for text in options["codes"]:
            try:
                self.stdout.write(f"{uscc.check(text)} valid")
            except uscc.WrongCode as wrong:
                failed = True
                self.stdout.write(on_one_line(f"{uscc.normalise(text)} invalid: {wrong.detail}"))
        if failed:
            raise SystemExit(1)


def on_one_line(text: str) -> str:
    """Return a text with its line feeds and other signs that do not print written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
