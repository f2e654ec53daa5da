"""Who may not evaluate a project (回避): RC-05 to RC-10 and the owner's list, joined with the secret bidders. Pure.

A draw asks before anybody knows who bids, so the join happens here, in the server; the operator sees `counted`: how
many experts fell out under which code, never who bids. Source: domain.md 1.3, 4.3.

RC-05 an interest in a bidder, or in who controls it or is controlled by it (招标投标法 37).
RC-06 staff of who supervises the project (招标投标法实施条例 46).
RC-07 in procurement, own employment, office or holding with a supplier within three years, or a near relative in charge
      of it (政府采购法实施条例 9).
RC-08 whose recusal a supplier asked for and the buyer confirmed (政府采购法实施条例 9).
RC-09 the expert's own unit, and the agency's staff (87号令 47).
RC-10 a near relative in charge of a bidder, staff of the project's authority, a penalty for misconduct in tendering
      (评标委员会和评标方法暂行规定 12, not compared with the text yet).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from trading.rules import periods, table
from trading.rules.rule import Unit

LOOK_BACK = "G31"
OWN = "self"
IN_CHARGE = "principal"
LOOKED_BACK_AT = frozenset({"employment", "directorship", "holding"})  # 政府采购法实施条例 9(1) to (3)
ORDER_12 = "评标委员会和评标方法暂行规定 12"


class Code(StrEnum):
    """Why somebody is avoided, as the exchange of data codes it (GGZY, 4.2)."""

    BIDDER = "1"
    OWNER = "2"
    AUTHORITY = "3"
    AGENCY = "4"
    OTHER = "9"


class Recusal(NamedTuple):
    """One ground: the code for the record, the rule of domain.md 1.3, its article."""

    code: Code
    rule: str
    basis: str


INTEREST = Recusal(Code.BIDDER, "RC-05", "招标投标法 37；招标投标法实施条例 46")
SUPPLIER = Recusal(Code.BIDDER, "RC-07", "政府采购法实施条例 9")
RELATIVE = Recusal(Code.BIDDER, "RC-10", f"{ORDER_12}(1)")
SUPERVISOR = Recusal(Code.AUTHORITY, "RC-06", "招标投标法实施条例 46")
AUTHORITY = Recusal(Code.AUTHORITY, "RC-10", f"{ORDER_12}(2)")
OWN_UNIT = Recusal(Code.OWNER, "RC-09", "政府采购货物和服务招标投标管理办法(财政部令第87号) 47")
AGENCY = Recusal(Code.AGENCY, "RC-09", OWN_UNIT.basis)
ASKED = Recusal(Code.OTHER, "RC-08", "政府采购法实施条例 9")
PUNISHED = Recusal(Code.OTHER, "RC-10", f"{ORDER_12}(4)")
LISTED = Recusal(Code.OTHER, "list", "招标人回避名单")


class Tie(Protocol):
    """A dated tie of an expert, or of a near relative, to an organisation, as the library keeps it."""

    @property
    def kind(self) -> str: ...
    @property
    def whose(self) -> str: ...
    @property
    def uscc(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True)
class Candidate:
    """What the library says of an expert; `punished`: ever for misconduct in tendering."""

    number: str
    ties: tuple[Tie, ...] = ()
    punished: bool = False


@dataclass(frozen=True)
class Case:
    """The sides of a project, by credit code, on the day of the draw.

    `bidders` names for each bidder who controls it or is controlled by it. `listed` are organisations and experts that
    the owner names with the application, `asked` the experts against whom a supplier's request was confirmed.
    """

    day: date
    bidders: Mapping[str, frozenset[str]]
    owners: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    supervisors: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    procurement: bool = False

    @cached_property
    def since(self) -> date:
        """Return the first day that procurement looks back at."""
        return periods.plain(self.day, -table.find(LOOK_BACK, self.day).days, Unit.YEARS)

    @cached_property
    def group(self) -> frozenset[str]:
        """Return the bidders and everybody above and below them."""
        return frozenset(self.bidders).union(*self.bidders.values())

    @cached_property
    def sides(self) -> tuple[tuple[frozenset[str], Recusal], ...]:
        """Return the units whose own staff may not be experts, with the ground."""
        return (
            (self.owners, OWN_UNIT),
            (self.agencies, AGENCY),
            (self.supervisors, SUPERVISOR),
            (self.authorities, AUTHORITY),
        )


def grounds(expert: Candidate, case: Case) -> list[Recusal]:
    """Return why an expert may not evaluate, each ground once, by code; empty for who may."""
    found = {ground for tie in expert.ties for ground in _of_tie(tie, case)}
    if expert.number in case.listed:
        found.add(LISTED)
    if expert.number in case.asked:
        found.add(ASKED)
    if expert.punished:
        found.add(PUNISHED)
    return sorted(found)


def avoided(experts: Iterable[Candidate], case: Case) -> Iterator[tuple[str, list[Recusal]]]:
    """Yield who may not evaluate, with the grounds. For the sealed record, not for the operator."""
    for expert in experts:
        found = grounds(expert, case)
        if found:
            yield expert.number, found


def counted(found: Iterable[tuple[str, list[Recusal]]]) -> dict[str, int]:
    """Return how many experts fall out under each code, each counted once, under the first: what may be shown."""
    return dict(sorted(Counter(first.code.value for _number, (first, *_others) in found).items()))


def _of_tie(tie: Tie, case: Case) -> Iterator[Recusal]:
    now = tie.starts_on <= case.day and (tie.ends_on is None or tie.ends_on >= case.day)
    own = tie.whose == OWN
    if tie.uscc in case.group:
        yield from _with_bidder(tie, case, now=now, own=own)
    if not now:
        return
    if tie.uscc in case.listed:
        yield LISTED
    if own:
        yield from (ground for side, ground in case.sides if tie.uscc in side)


def _with_bidder(tie: Tie, case: Case, *, now: bool, own: bool) -> Iterator[Recusal]:
    """Yield the ground of a tie to a bidder or its group: any tie that lasts, and in procurement some that ended."""
    itself = tie.uscc in case.bidders
    lately = own and tie.kind in LOOKED_BACK_AT and (tie.ends_on is None or tie.ends_on >= case.since)
    if case.procurement and itself and ((lately and tie.starts_on <= case.day) or (now and tie.kind == IN_CHARGE)):
        yield SUPPLIER
    elif now:
        yield RELATIVE if itself and not own and tie.kind == IN_CHARGE else INTEREST
