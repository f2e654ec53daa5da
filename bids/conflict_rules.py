"""Conflicts of interest (回避) that a register can show of those who bid: each rule small and named. Pure.

RC-01 tie to the owner, RC-02 one person in charge or control between bidders, RC-03 an earlier service to the project,
RC-04 the agency, RC-11 the operator, RC-14 a consortium's member in two bids, RC-15 one project manager in two bids.
Not here: RC-05 to RC-10 concern the committee and staff of a procurement (the draw of experts and the evaluation),
RC-12 auctions, RC-13 transfers of assets. Source: domain.md, 1.3.

A conflict is `certain` where the register itself shows what the law forbids. Namesakes, and sisters under one parent,
are shown to the examiner, who decides with a reason (招标投标法实施条例 34(2) names control of one by the other).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

TENDERING_34 = "招标投标法实施条例 34"


class Rule(NamedTuple):
    """A rule of recusal: its number in domain.md, 1.3, and its articles."""

    id: str
    basis: str


OWNER = Rule("RC-01", f"{TENDERING_34}(1)")
CONTROL = Rule("RC-02", f"{TENDERING_34}(2)(3)")
CONTROL_PROCURED = Rule("RC-02", "政府采购法实施条例 18")
SERVICE = Rule("RC-03", "工程建设项目施工招标投标办法 35")
SERVICE_PROCURED = Rule("RC-03", "政府采购法实施条例 18")
AGENCY = Rule("RC-04", "招标投标法实施条例 13")
OPERATOR = Rule("RC-11", "电子招标投标办法 23")
CONSORTIUM = Rule("RC-14", "招标投标法实施条例 37")
MANAGER = Rule("RC-15", "招标投标法实施条例 40(3), 51(7)")


@dataclass(frozen=True)
class Company:
    """What the register says of one: `chain` are the codes from itself to the top of its control, `top` the last."""

    uscc: str
    name: str
    person: str = ""
    chain: tuple[str, ...] = ()
    top: str = ""


@dataclass(frozen=True)
class Bidder:
    """Who bids together, the leader first, and the project manager's certificate without what typing adds."""

    members: tuple[Company, ...]
    manager: str = ""

    @property
    def uscc(self) -> str:
        return self.members[0].uscc


@dataclass(frozen=True)
class Setting:
    """The project's own side: owner, agency, operators of the platform, and who served the project, by code."""

    owner: Company
    agency: Company | None = None
    operators: tuple[Company, ...] = ()
    served: Mapping[str, str] | None = None
    procurement: bool = False


@dataclass(frozen=True)
class Conflict:
    """A finding: the rule, how it is met, the companies concerned, and whose bids it touches."""

    rule: str
    how: str
    parties: tuple[str, ...]
    bidders: tuple[str, ...]
    basis: str
    certain: bool = True


Keys = Callable[[Bidder], Iterable[tuple[str, str]]]


def with_project(bidder: Bidder, setting: Setting) -> list[Conflict]:
    """Return what stands between one bidder and the project, whoever else bids."""
    found = [*_tied_to(bidder, setting.owner, OWNER, "control")]
    if setting.agency is not None:
        found += _tied_to(bidder, setting.agency, AGENCY, "control")
    for operator in setting.operators:
        found += _tied_to(bidder, operator, OPERATOR, "control")
    found += _served(bidder, setting)
    codes = [member.uscc for member in bidder.members]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        found.append(Conflict(CONSORTIUM.id, "named_twice", tuple(twice), (bidder.uscc,), CONSORTIUM.basis))
    return found


def among(bidders: Sequence[Bidder], setting: Setting) -> list[Conflict]:
    """Return every conflict that the register shows of these bidders, in the order of the rules."""
    found = [conflict for bidder in bidders for conflict in with_project(bidder, setting)]
    found += _one_control(bidders, CONTROL_PROCURED if setting.procurement else CONTROL)
    found += _shared(bidders, lambda one: ((m.uscc, m.uscc) for m in one.members), CONSORTIUM, "member_in_two_bids")
    found += _shared(bidders, lambda one: [(one.manager, one.uscc)], MANAGER, "same_manager")
    return sorted(found, key=lambda conflict: (conflict.rule, conflict.how, conflict.parties))


def _tied_to(bidder: Bidder, party: Company, rule: Rule, how: str) -> Iterator[Conflict]:
    for member in bidder.members:
        parties = (member.uscc, party.uscc)
        if member.top == party.top or member.uscc == party.uscc:
            yield Conflict(rule.id, how, parties, (bidder.uscc,), rule.basis)
        elif member.person and member.person == party.person:
            yield Conflict(rule.id, "namesake_in_charge", parties, (bidder.uscc,), rule.basis, certain=False)


def _served(bidder: Bidder, setting: Setting) -> Iterator[Conflict]:
    """Yield who served the project; in a tender also who is controlled by one that did."""
    rule = SERVICE_PROCURED if setting.procurement else SERVICE
    served = setting.served or {}
    for member in bidder.members:
        above = (member.uscc,) if setting.procurement else (member.uscc, *member.chain)
        if by := next((code for code in above if code in served), None):
            parties = tuple(dict.fromkeys((member.uscc, by)))
            yield Conflict(rule.id, served[by], parties, (bidder.uscc,), rule.basis)


def _one_control(bidders: Sequence[Bidder], rule: Rule) -> Iterator[Conflict]:
    yield from _shared(
        bidders, lambda one: ((m.person, m.uscc) for m in one.members), rule, "namesake_in_charge", certain=False
    )
    direct = list(_controlled(bidders, rule))
    yield from direct
    known = {frozenset(conflict.parties) for conflict in direct}
    for sisters in _shared(
        bidders, lambda one: ((m.top, m.uscc) for m in one.members), rule, "same_parent", certain=False
    ):
        if len(sisters.parties) > 1 and frozenset(sisters.parties) not in known:
            yield sisters


def _controlled(bidders: Sequence[Bidder], rule: Rule) -> Iterator[Conflict]:
    """Yield each bidder, or member, that another bidder controls, however far down the chain."""
    leaders: dict[str, set[str]] = defaultdict(set)
    for bidder in bidders:
        for member in bidder.members:
            leaders[member.uscc].add(bidder.uscc)
    for bidder in bidders:
        for member in bidder.members:
            for above in set(member.chain) - {member.uscc}:
                if others := leaders.get(above, set()) - {bidder.uscc}:
                    touched = tuple(sorted({bidder.uscc, *others}))
                    yield Conflict(rule.id, "control", (member.uscc, above), touched, rule.basis)


def _shared(
    bidders: Sequence[Bidder],
    keys: Keys,
    rule: Rule,
    how: str,
    *,
    certain: bool = True,
) -> Iterator[Conflict]:
    """Yield the values that stand in two or more bids; an empty one is shared by nobody."""
    parties: dict[str, set[str]] = defaultdict(set)
    touched: dict[str, set[str]] = defaultdict(set)
    for bidder in bidders:
        for key, uscc in keys(bidder):
            if key:
                parties[key].add(uscc)
                touched[key].add(bidder.uscc)
    for key, leaders in touched.items():
        if len(leaders) > 1:
            yield Conflict(rule.id, how, tuple(sorted(parties[key])), tuple(sorted(leaders)), rule.basis, certain)
