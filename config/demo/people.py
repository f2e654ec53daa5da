"""Who acts in the demonstration: invented organisations and one account for each role, all with one known password."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser

from config.demo import data
from trading.party import Membership, Organisation, Role, User
from trading.transitions import perform

PASSWORD = "sunlight-demo-2026"  # noqa: S105  # known to everybody; the demonstration refuses to load in production
REGION = "510699"


@dataclass(frozen=True)
class Account:
    """One account of the demonstration, as it is printed at the end."""

    username: str
    role: str
    organisation: str
    to_try: str


def accounts() -> list[Account]:
    """Return every account, in the order of the file."""
    names = {row["key"]: row["name"] for row in data.read("organisations")}
    rows = data.read("people")
    return [Account(row["username"], row["role"], names.get(row["organisation"], ""), row["try"]) for row in rows]


def who_can_sign_in() -> str:
    """Return a line for each account: its name, its role and what to try."""
    lines = [f"  {account.username:<11} {account.role:<17} {account.to_try}" for account in accounts()]
    return "\n".join([f"Sign in with the password {PASSWORD} as", *lines])


def person(username: str) -> User:
    """Return the account, read anew, as a new request would."""
    return User.objects.get(username=username)


def organisation(key: str) -> Organisation:
    """Return an invented organisation by its short name."""
    codes = {row["key"]: row["uscc"] for row in data.read("organisations")}
    return Organisation.objects.get(uscc=codes[key], rehearsal=True)


def load() -> None:
    """Register the organisations and give the accounts their roles, each once."""
    rows = data.read("organisations")
    register([(row["uscc"], row["name"]) for row in rows], region=REGION)
    enter([(row["username"], row["name"], row["organisation"], row["role"]) for row in data.read("people")])


def enter(rows: Iterable[tuple[str, str, str, str]]) -> None:
    """Give people accounts and roles, each once; a row is account, name, the organisation's short name, role."""
    known = make_password(PASSWORD)
    for username, name, party, role in rows:
        user, _ = User.objects.get_or_create(username=username, defaults={"name": name, "password": known})
        if role:
            _grant(user, organisation(party), role)


def register(enterprises: list[tuple[str, str]], *, region: str = "") -> int:
    """Register organisations for rehearsals, those that are not yet; return how many were new."""
    known = set(Organisation.objects.filter(rehearsal=True).values_list("uscc", flat=True))
    missing = [(code, name) for code, name in enterprises if code not in known]
    for code, name in missing:
        perform(Organisation(uscc=code, name=name, region=region, rehearsal=True).register, by=AnonymousUser())
    return len(missing)


def _grant(user: User, party: Organisation, role: str) -> None:
    if Membership.objects.filter(user=user, organisation=party, role=role, ended_at=None).exists():
        return
    first = role == Role.SECURITY_ADMIN
    perform(Membership(user=user, organisation=party, role=role).grant, by=None if first else person("secadmin"))
