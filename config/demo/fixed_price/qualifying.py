"""Qualification by owner and supervisor, the numbered list, and an objection to it."""

from typing import Any

from config.demo.fixed_price.registering import unqualified_code
from config.demo.walk import Walk


def qualify(walk: Walk) -> None:
    """Owner and supervisor find on every registration, each alone; the supervisor settles."""
    owner, supervisor = walk.person("owner"), walk.person("supervisor")
    registrations = list(owner.listed("/registrations/", lot__code=walk.made["lot"]))
    walk.made["organisations"] = {row["uscc"]: row["organisation"] for row in registrations}
    qualification = owner.create("qualifications", lot=walk.made["lot"])
    walk.tell("owner", f"begins the qualification of {len(registrations)} registrants")
    findings = [_finding(row) for row in registrations]
    owner.act("qualifications", qualification["id"], "find", findings=findings)
    supervisor.act("qualifications", qualification["id"], "find", findings=findings)
    walk.tell("owner", "and the supervisor enter their findings, each for every registrant")
    supervisor.act("qualifications", qualification["id"], "settle")
    failed = sum(finding["verdict"] == "fail" for finding in findings)
    walk.tell("supervisor", f"settles: {len(findings) - failed} pass, {failed} fails, with its reason")


def publish_list(walk: Walk) -> None:
    """The owner publishes the numbered list; the sealed registrations are opened."""
    walk.person("owner").act("comparisons", walk.made["comparison"], "publish_list")
    walk.tell("owner", "publishes the numbered list; the ledger opens what was sealed")


def object_and_answer(walk: Walk) -> None:
    """An enterprise objects to the list and the owner answers; only then may the draw begin."""
    enterprise = walk.person("qingyuan")
    objection = enterprise.create(
        "objections",
        lot=walk.made["lot"],
        organisation=str(enterprise.organisations["bidder"]),
        matter="list",
        text="名单中个别企业名称与营业执照不一致，请核对。（演练）",
    )
    walk.tell("qingyuan", f"objects to the list; the reply is due on {objection['reply_due_on']}")
    walk.person("owner").act(
        "objections",
        objection["id"],
        "answer",
        outcome="rejected",
        reply="已核对，名单以统一社会信用代码为准，无误。（演练）",
    )
    walk.tell("owner", "answers the objection")


def _finding(registration: dict[str, Any]) -> dict[str, Any]:
    if registration["uscc"] == unqualified_code():
        return {"registration": registration["id"], "verdict": "fail", "reason": "安全生产许可证已过有效期（演练）"}
    return {"registration": registration["id"], "verdict": "pass", "reason": ""}
