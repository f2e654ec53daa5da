"""The enterprises of a fixed-price comparison: what keeps one out, and when discipline inspection is told of one."""

from dataclasses import dataclass
from datetime import date

from trading.procedures.fixed_price import PROCEDURE
from trading.procedures.procedure import Limits
from trading.text import mark as _

BARRED = _("barred from tendering")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why discipline inspection is told about an enterprise."""

    kind: str
    facts: str


def grounds(
    *,
    barred: bool,
    active_projects: int,
    manager_projects: int,
    days_since_unsigned: int | None,
    limits: Limits,
) -> list[str]:
    """Return what keeps an enterprise out of the draw, in words; nothing if it may take part."""
    unsigned = days_since_unsigned is not None and days_since_unsigned < limits["not_signed_penalty_days"]
    facts = {
        BARRED: barred,
        _("too many active projects"): active_projects >= limits["max_active_projects_per_enterprise"],
        _("project manager on another project"): manager_projects >= limits["max_active_per_pm"],
        _("did not sign an earlier drawn contract"): unsigned,
    }
    return [ground for ground, holds in facts.items() if holds]


def discipline_triggers(
    *, active_projects: int, milestones_late: int, sign_by: date | None, signed_on: date | None, today: date
) -> tuple[Trigger, ...]:
    """Return why discipline inspection must be told of a drawn enterprise.

    First: as many projects as the limit allows or more, and it cannot keep their progress.
    Second: drawn, and the contract not signed in time.
    """
    most = PROCEDURE.rule("max_active_projects_per_enterprise", today).count
    found: list[Trigger] = []
    if active_projects >= most and milestones_late:
        found.append(Trigger("too_many_projects", f"{active_projects} projects, {milestones_late} milestones late"))
    if sign_by is not None and (signed_on or today) > sign_by:
        found.append(Trigger("unsigned", f"not signed by {sign_by}"))
    return tuple(found)
