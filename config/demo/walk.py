"""A walk: people of the demonstration take a procedure from stage to stage through the API, and say what they do."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx

from config.demo.client import Person, Unexpected
from config.demo.people import PASSWORD
from trading import clock


def nap() -> None:
    """Let a running server's own clock and sequencer work."""
    time.sleep(0.1)


@dataclass
class Walk:
    """One walk: the site, the people who signed in so far, and what they made; its end closes their connections.

    `settle` lets the platform do what falls due: a running server does it by itself, in one process it must be called.
    """

    url: str
    say: Callable[[str], object]
    transport: httpx.BaseTransport | None = None
    settle: Callable[[], None] = nap
    out: Path | None = None
    made: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for person in self.people.values():
            person.http.close()

    def person(self, username: str) -> Person:
        """Return the person, signed in."""
        if username not in self.people:
            person = Person(self.url, self.transport, username)
            if username != "visitor":
                person.sign_in(PASSWORD)
            self.people[username] = person
        return self.people[username]

    def tell(self, who: str, words: str) -> None:
        """Print one step: when, who, what."""
        self.say(f"{time.monotonic() - self.started:6.1f} s  {who:<10} {words}")

    def lot_now(self) -> datetime:
        """Return the time that counts for the lot."""
        ahead = self.person("owner").read(f"/lots/{self.made['lot']}/")["clock_ahead"]
        return (clock.now() + timedelta(seconds=ahead)).astimezone(clock.LOCAL)

    def pass_to(self, when: datetime) -> None:
        """Move the rehearsal's clock to `when` or up to an hour later; it moves in whole hours."""
        hours = math.ceil((when - self.lot_now()).total_seconds() / 3600)
        if hours > 0:
            self.person("centre").act("lots", self.made["lot"], "move_clock", hours=hours)
            self.tell("centre", f"moves the rehearsal's clock {hours} h ahead: it is {self.lot_now():%Y-%m-%d %H:%M}")

    def pass_exactly_to(self, when: datetime) -> None:
        """Move the rehearsal's clock to `when`, to the second."""
        seconds = math.floor((when - self.lot_now()).total_seconds())
        if seconds > 0:
            hours, rest = divmod(seconds, 3600)
            self.person("centre").act("lots", self.made["lot"], "move_clock", hours=hours, seconds=rest)
            self.tell("centre", f"moves the rehearsal's clock: it is {self.lot_now():%Y-%m-%d %H:%M:%S}")

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Let the platform work until something is so."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise Unexpected(f"The walk waited {seconds} s in vain.")
            self.settle()

    def wait_for_opening(self, state: str, seconds: float = 30) -> dict[str, Any]:
        """Wait until the platform's clock has brought the opening to the state; return it."""
        path = f"/openings/{self.made['opening']}/"
        found: dict[str, Any] = self.person("visitor").wait_for(
            path, lambda found: found["state"] == state, settle=self.settle, seconds=seconds
        )
        self.tell("clock", f"brings the opening to the state {state}")
        return found

    def sign_in(self, session: int, username: str, role: str) -> str:
        """Let a person confirm the rules of conduct and enter a session; return the badge."""
        person = self.person(username)
        rules = [row for row in self.person("visitor").listed("/conduct/") if row["role"] in {role, ""}]
        conduct = max(rules, key=lambda row: (row["role"], row["number"]))
        organisation = str(person.organisations[role])
        signed = person.create(
            "sign-ins", session=str(session), organisation=organisation, role=role, conduct_sha256=conduct["sha256"]
        )
        return str(signed["badge"])

    def comparison(self) -> dict[str, Any]:
        """Return the comparison as everybody may read it now."""
        found: dict[str, Any] = self.person("owner").read(f"/comparisons/{self.made['comparison']}/")
        return found

    def until_given(self, ask: Callable[[], Any], refusal: str, seconds: float = 30) -> Any:
        """Return what `ask` gives as soon as it is not refused with this code any more."""
        end = time.monotonic() + seconds
        while True:
            try:
                return ask()
            except Unexpected as said:
                if said.code != refusal or time.monotonic() > end:
                    raise
            self.settle()

    def wait_for_state(self, state: str, seconds: float = 20) -> None:
        """Wait until the platform's clock has brought the comparison to the state."""
        path = f"/comparisons/{self.made['comparison']}/"
        person = self.person("owner")
        person.wait_for(path, lambda found: found["state"] == state, settle=self.settle, seconds=seconds)
        self.tell("clock", f"brings the comparison to the state {state}")


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def approval_no() -> str:
    """Return the number of an approval that no other project has: those of one approval count together."""
    return f"示发改投资〔{clock.now():%Y}〕{clock.now():%m%d%H%M%S%f}号（演练）"
