"""From the drawn enterprise to the closed contract."""

import hashlib
from datetime import date, timedelta
from typing import Any

from config.demo.client import Person
from config.demo.fixed_price.preparing import at
from config.demo.fixed_price.registering import ENTERPRISES
from config.demo.walk import Walk

MILESTONES = (
    ("mobilised", "人员、机械进场", 10),
    ("progress", "护坡完成过半", 45),
    ("completion", "完工验收", 90),
)


def publicise(walk: Walk) -> None:
    """The owner publicises the result."""
    walk.person("owner").act("comparisons", walk.made["comparison"], "publicise")
    award = standing_award(walk)
    walk.made["winner"] = award
    walk.tell("owner", f"publicises the result until {award['public_until']}: no. {award['number']} {award['name']}")


def send_notice(walk: Walk) -> None:
    """After the publicity the owner sends the notice of award."""
    award = standing_award(walk)
    walk.pass_to(at(date.fromisoformat(award["public_until"]) + timedelta(days=1), 9))
    walk.person("owner").act("comparisons", walk.made["comparison"], "send_notice")
    walk.tell("owner", f"sends the notice of award; the contract is due by {standing_award(walk)['sign_by']}")


def sign_contract(walk: Walk) -> None:
    """The owner enters the signed contract, the enterprise confirms it."""
    digest = enter_contract(walk)
    winner = winning_person(walk)
    winner.act("contracts", walk.made["contract"], "confirm", sha256=digest)
    walk.tell(winner.username, "confirms the contract for the drawn enterprise")


def enter_contract(walk: Walk) -> str:
    """The owner enters the signed contract; return the hash that the enterprise must confirm."""
    owner, comparison = walk.person("owner"), walk.comparison()
    digest = hashlib.sha256(f"施工合同（演练） {walk.made['lot']}".encode()).hexdigest()
    facts = {"price": comparison["fixed_price"], "signed_on": walk.lot_now().date().isoformat(), "sha256": digest}
    owner.act("comparisons", walk.made["comparison"], "conclude_contract", **facts)
    walk.made["contract"] = walk.comparison()["contract"]
    walk.tell("owner", f"enters the contract at the fixed price, {comparison['fixed_price']['amount']} yuan")
    return digest


def track(walk: Walk) -> None:
    """The regulator assigns a tracker, who plans the milestones."""
    walk.person("regulator").act("comparisons", walk.made["comparison"], "track", tracker="supervisor")
    walk.tell("regulator", "assigns the tracker")
    supervisor, today = walk.person("supervisor"), walk.lot_now().date()
    walk.made["milestones"] = [
        supervisor.create(
            "milestones",
            contract=str(walk.made["contract"]),
            kind=kind,
            title=title,
            due_on=(today + timedelta(days=days)).isoformat(),
        )
        for kind, title, days in MILESTONES
    ]
    walk.tell("supervisor", f"plans {len(MILESTONES)} milestones")


def report_first(walk: Walk) -> None:
    """The enterprise reports the first milestone, the tracker verifies it."""
    _reach(walk, walk.made["milestones"][0], percent=10)


def finish(walk: Walk) -> None:
    """The remaining milestones are reached; the owner closes."""
    for milestone, percent in zip(walk.made["milestones"][1:], (50, 100), strict=True):
        _reach(walk, milestone, percent=percent)
    price = walk.comparison()["fixed_price"]
    walk.person("owner").act(
        "comparisons", walk.made["comparison"], "close", final_price=price, assessment="按期完工，质量合格（演练）"
    )
    walk.tell("owner", "closes the comparison with the final price and an assessment of the enterprise")
    stand_down(walk)


def standing_award(walk: Walk) -> dict[str, Any]:
    """Return the award that stands: the first that has not lapsed."""
    return next(award for award in walk.comparison()["awards"] if award["lapsed_at"] is None)


def winning_person(walk: Walk) -> Person:
    """Return who acts for the drawn enterprise: its own account, or a stand-in where it was played."""
    organisation = walk.made["organisations"][walk.made["winner"]["uscc"]]
    for username in ENTERPRISES:
        if walk.person(username).organisations["bidder"] == organisation:
            return walk.person(username)
    if organisation not in walk.made.setdefault("stand_ins", {}):
        granted = walk.person("secadmin").create(
            "memberships", user="standin", organisation=str(organisation), role="bidder"
        )
        walk.made["stand_ins"][organisation] = granted["id"]
        walk.tell("secadmin", "lets a stand-in act for the drawn enterprise, which exists in rehearsals only")
    return walk.person("standin")


def stand_down(walk: Walk) -> None:
    """The stand-in's roles end with the rehearsal."""
    for granted in walk.made.get("stand_ins", {}).values():
        walk.person("secadmin").act("memberships", granted, "end")
        walk.tell("secadmin", "ends the stand-in's role")


def _reach(walk: Walk, milestone: dict[str, Any], *, percent: int) -> None:
    winner = winning_person(walk)
    winner.act("milestones", milestone["id"], "report", percent=percent, note="现场照片已存档（演练）")
    walk.person("supervisor").act("milestones", milestone["id"], "verify")
    walk.tell(winner.username, f"reports “{milestone['title']}”, the tracker verifies it")
