"""What a test needs to stand on: organisations, people and records, each entered as it would be in life.

Plain functions; every record walks through `perform`, so its ledger entries exist too.
"""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from trading import uscc
from trading.lot import Lot
from trading.party import Membership, Organisation, Role, User
from trading.project import Category, Funding, LegalBasis, Project
from trading.transitions import perform

_numbers = itertools.count(1)
REGION = "410900"
NAMES = {
    Role.OWNER: "村镇建设办公室",
    Role.AGENCY: "招标代理有限公司",
    Role.BIDDER: "建筑工程有限公司",
    Role.CENTRE_STAFF: "公共资源交易中心",
    Role.SECTOR_REGULATOR: "住房和城乡建设局",
    Role.SITE_SUPERVISOR: "住房和城乡建设局监督科",
    Role.DISCIPLINE: "纪委监委驻中心组",
    Role.AUDITOR: "审计局",
}


def code() -> str:
    """Return a valid unified social credit code that no other test organisation has."""
    number = f"{next(_numbers):08d}"
    first = f"91{REGION}{number}"
    first += uscc.organisation_check_character(number)
    return first + uscc.check_character(first)


def account(name: str = "", **facts: Any) -> User:
    """Return an account without any role; it signs in by `force_login`, for its password is unusable."""
    number = next(_numbers)
    person = User(username=f"{name or 'person'}{number}", name=name or f"人{number}", **facts)
    person.set_unusable_password()
    person.save()
    return person


def organisation(name: str = "", **facts: Any) -> Organisation:
    """Return a registered organisation."""
    made = Organisation(uscc=code(), name=name or f"单位{next(_numbers)}", region=REGION, **facts)
    done: Organisation = perform(made.register, by=account())
    return done


def member(person: User, of: Organisation, role: str) -> User:
    """Give a person a role, by the security administrator."""
    perform(Membership(user=person, organisation=of, role=role).grant, by=security_admin())
    person.__dict__.pop("_memberships", None)
    return person


def user(role: str, *, of: Organisation | None = None, name: str = "") -> User:
    """Return a person who holds `role` in an organisation."""
    return member(account(name or str(role)), of or organisation(NAMES.get(Role(role), "")), role)


def security_admin() -> User:
    """Return the first administrator of security, whom the installation itself enters."""
    held = Membership.objects.filter(role=Role.SECURITY_ADMIN, ended_at=None).select_related("user").first()
    if held is not None:
        return held.user
    person = account("security_admin")
    made = Membership(user=person, organisation=organisation("平台运维单位"), role=Role.SECURITY_ADMIN)
    made.save()  # the first administrator has nobody above
    return person


def home(person: User) -> Organisation:
    """Return the organisation that a person acts for."""
    return person.active_memberships()[0].organisation


def legal_basis(**facts: Any) -> LegalBasis:
    """Return a local rule that covers small works of up to four million yuan."""
    given = {
        "document_no": f"〔2025〕{next(_numbers)}号",
        "title": "小型工程固定价比选办法",
        "issuer": "县人民政府",
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2035, 12, 31),
        "amount_cap": Decimal(4_000_000),
        "categories": [Category.WORKS],
        "region": REGION,
        **facts,
    }
    done: LegalBasis = perform(LegalBasis(**given).enter, by=user(Role.SECTOR_REGULATOR))
    return done


APPROVALS = itertools.count(1)  # the projects of one approval count together


def project(*, owner: User | None = None, accepted: bool = True, **facts: Any) -> Project:
    """Return a project that the centre has accepted for entry, or one that waits for it."""
    by = owner or user(Role.OWNER)
    given = {
        "name": "村道排水沟整治工程",
        "owner": home(by),
        "category": Category.WORKS,
        "region": REGION,
        "funding": Funding.BUDGET,
        "approval_no": f"发改投资〔2026〕{next(APPROVALS)}号",
        "approved_estimate": Decimal("1850000.00"),
        "funds_in_place": True,
        **facts,
    }
    submitted: Project = perform(Project(**given).submit, by=by)
    if accepted:
        perform(submitted.accept, by=user(Role.CENTRE_STAFF))
    return submitted


def lot(*, owner: User | None = None, of: Project | None = None, **facts: Any) -> Lot:
    """Return a registered lot."""
    by = owner or user(Role.OWNER)
    given = {
        "project": of or project(owner=by),
        "name": "村道排水沟整治工程 一标段",
        "kind": "fixed_price",
        "estimate": Decimal("1800000.00"),
        **facts,
    }
    done: Lot = perform(Lot(**given).register, by=by)
    return done
