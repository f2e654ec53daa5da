"""`manage.py rules`: print the table of rules, or write the calendar anew from the `chinesecalendar` package."""

from pathlib import Path
from typing import Any

import chinese_calendar
from django.core.management.base import BaseCommand, CommandParser

from trading.rules import markdown, workdays

TABLE = Path(workdays.__file__).with_name("calendar.json")


class Command(BaseCommand):
    help = "Print the table of rules (--markdown: as docs/rules.md), or seed the calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="print docs/rules.md")
        parser.add_argument("--seed", action="store_true", help="print the calendar as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seed"]:
            self.stdout.write(seed(), ending="")
            return
        if options["markdown"]:
            self.stdout.write(markdown.document(), ending="")
            return
        for line in markdown.lines():
            self.stdout.write(line)


def seed() -> str:
    """Return the calendar of every year the package knows, as the committed table writes it."""
    years = sorted({day.year for day in chinese_calendar.holidays})
    return workdays.dump(
        {
            year: (
                frozenset(day for day in chinese_calendar.holidays if day.year == year),
                frozenset(day for day in chinese_calendar.workdays if day.year == year),
            )
            for year in years
        }
    )
