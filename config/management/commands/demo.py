"""Load the demonstration, or walk a whole procedure through the API of a running server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import data, load, people, rehearsals
from config.demo.client import Unexpected
from config.demo.fixed_price.preparing import DEFENCE
from config.demo.fixed_price.stages import Story
from config.demo.tendering.preparing import BRIDGE, INSTRUMENTS
from config.demo.tendering.story import TenderStory
from config.demo.walk import Walk

TENDERS = {"public-tender": BRIDGE, "government-open-tender": INSTRUMENTS}


def server(url: str | None, port: int | None) -> str:
    """Return the address of the server: what was said, else what the settings say, else port 8000 of this machine."""
    if url is None and port is None:
        url = settings.SITE_URL
    return (url or f"http://127.0.0.1:{port or 8000}").rstrip("/")


class Command(BaseCommand):
    help = "Load the demonstration, or walk a whole procedure through the API of a running server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--load", action="store_true", help="enter people, rules, notices and rehearsals, each once"
        )
        parser.add_argument("--accounts", action="store_true", help="say who may sign in, and where the rehearsals are")
        parser.add_argument(
            "--walk", choices=["fixed-price", *TENDERS], help="walk this procedure from the project to its end"
        )
        parser.add_argument("--url", help="the server that --walk uses and addresses name")
        parser.add_argument("--port", type=int, help="the port of that server, if it is on this machine (8000)")
        parser.add_argument("--out", type=Path, help="where --walk puts the evidence (default: a new folder)")
        parser.add_argument("--registrants", type=int, default=1528, help="how many real enterprises --walk adds")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration's passwords are known to everybody; it does not run in production.")
        if not (options["load"] or options["walk"] or options["accounts"]):
            raise CommandError("Say --load, --accounts, or --walk with a procedure.")
        url = server(options["url"], options["port"])
        if options["load"]:
            load.load(self.stdout.write)
        if options["load"] or options["accounts"]:
            self.stdout.write(people.who_can_sign_in())
            self.stdout.write(rehearsals.where(url))
        if options["walk"]:
            self.walk(options["walk"], Walk(url, self.stdout.write, out=options["out"]), options["registrants"])

    def walk(self, procedure: str, walk: Walk, registrants: int) -> None:
        """Walk; the first answer that is not the expected one ends it."""
        played = tuple(code for code, _ in data.real_enterprises()[:registrants])
        story = TenderStory(TENDERS[procedure]) if procedure in TENDERS else Story(DEFENCE, played)
        try:
            with walk:
                story.tell(walk)
        except Unexpected as refusal:
            raise CommandError(f"The walk stops: {refusal}") from refusal
        except httpx.HTTPError as failure:
            raise CommandError(f"{walk.url} does not answer ({failure}). Start it first: make run") from failure
        where = walk.made.get("evidence") or f"{walk.url}/openings/{walk.made['opening']}/record/"
        self.stdout.write(self.style.SUCCESS(f"\nThe evidence is in {where}"))
