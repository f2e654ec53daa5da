"""Load the demonstration, or walk a whole procedure through the API of a running server."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import load, people


class Command(BaseCommand):
    help = "Load the demonstration, or walk a whole procedure through the API of a running server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--load", action="store_true", help="enter people, rules, notices and rehearsals, each once"
        )

        parser.add_argument("--people", action="store_true", help="say who can sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration's passwords are known to everybody; it does not run in production.")
        if options["load"]:
            load.load(self.stdout.write)
        if options["load"] or options["people"]:
            self.say_who_can_sign_in()

    def say_who_can_sign_in(self) -> None:
        self.stdout.write(f"\nSign in with the password {people.PASSWORD} as")
        for account in people.accounts():
            self.stdout.write(f"  {account.username:<11} {account.role:<17} {account.to_try}")
