"""`manage.py deadline RULE --from DAY`: the limit of a rule.

Exit 2 when the input is invalid (no such rule, no such day), else 0: an answer that is uncertain for want of a calendar
or of the start is an answer. Where no database has been prepared yet, the years of the bundled table are known.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from trading import holiday_notice
from trading.rules import engine, workdays
from trading.rules.finding import Status
from trading.rules.rule import Roll


class Command(BaseCommand):
    help = "Compute the limit of a rule from the day of its start event (--before: from the day of its end event)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rule", metavar="RULE", help="an id of docs/rules.md, such as T04")
        parser.add_argument("--from", dest="start", metavar="YYYY-MM-DD", help="left out: the day is not known")
        parser.add_argument("--before", action="store_true", help="count back from the end event")
        parser.add_argument("--roll", metavar="|".join(Roll), help="when the last day is a day off")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = engine.ask(
            options["rule"],
            options["start"],
            before=options["before"],
            roll_on=options["roll"],
            calendar=known(),
        )
        answer = found.as_deadline()
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            used = ", ".join(f"{year} v{version}" for year, version in found.calendars)
            for key, value in {**answer, "calendar": used or None, "because": found.explanation}.items():
                self.stdout.write(f"{key:8} {'-' if value is None else value}")
        if found.status is Status.INVALID_INPUT:
            raise SystemExit(2)


def known() -> workdays.Calendar:
    """Return the working days that this platform knows."""
    prepared = holiday_notice.HolidayNotice._meta.db_table in connection.introspection.table_names()
    return holiday_notice.calendar() if prepared else workdays.PUBLISHED
