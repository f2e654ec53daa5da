"""Bring new texts into the translation catalogues, or check that none lacks its translation."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import catalogue


class Command(BaseCommand):
    help = "Bring new texts into the translation catalogues, or check that none is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; fail where a translation is missing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for path in catalogue.catalogue_files():
            name = path.relative_to(settings.BASE_DIR)
            if not options["check"]:
                self.stdout.write(f"{name}: {catalogue.update(path)} texts lack a translation")
            elif found := catalogue.faults(path):
                raise CommandError("\n".join([f"{name}:", *found]))
