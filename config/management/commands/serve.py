"""The whole site in one process: web, WebSocket, clock and ledger sequencer.

For one machine. A larger site runs web processes, `tick` and the sequencer side by side
(docs/operations.md).
"""

import os
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.management.commands import tick
from trading.ledger import publisher, sequencer

GRACE_SECONDS = 3


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything is started; an address in use is the commonest failure."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise CommandError(f"Cannot listen on {host}:{port}: {reason}. Another port: PORT=8001 make run") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address under which this machine reaches the server: one of its own where it listens on all."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def take_the_terminal() -> None:
    """Become the terminal's foreground group, so that Ctrl-C reaches the server, not the `make` that waits."""
    if sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpgrp())


class Command(BaseCommand):
    help = "Serve the site, its clock and its ledger sequencer in one process until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="first migrate, and load the demonstration once")

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # both, also where whoever started us ignores one
            signal.signal(number, signal.default_int_handler)
        take_the_terminal()
        try:
            listener = listen(options["host"], options["port"])
            if options["prepare"]:
                self.prepare(settings.SITE_URL or address_of(listener))
            self.serve(listener)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def prepare(self, url: str) -> None:
        """Migrate; load the demonstration into a database without people, or go on where that was interrupted."""
        self.stdout.write(f"Preparing the database in {settings.VAR_DIR}")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.PRODUCTION:
            return
        unfinished = settings.VAR_DIR / "demonstration-is-loading"
        if get_user_model()._base_manager.exists() and not unfinished.exists():
            call_command("demo", accounts=True, url=url)
            return
        self.stdout.write("Loading the demonstration")
        unfinished.touch()
        call_command("demo", load=True, url=url)
        unfinished.unlink()

    def serve(self, listener: socket.socket) -> None:
        config = uvicorn.Config(
            "config.asgi:application",
            log_level="warning",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        stop = threading.Event()
        threads = [threading.Thread(target=work, args=[stop]) for work in (tick.run, sequencer.run, publisher.run)]
        for thread in threads:
            thread.start()
        listener.listen(config.backlog)
        self.stdout.write(self.style.SUCCESS(f"\nServing {address_of(listener)}/  (Ctrl-C stops)"))
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            stop.set()
            for thread in threads:
                thread.join()
