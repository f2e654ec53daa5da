"""Registration: three enterprises by themselves, with documents; many more played by the centre."""

from collections.abc import Sequence
from typing import Any

from config.demo import data
from config.demo.client import Person
from config.demo.fixed_price.preparing import participant_notice
from config.demo.walk import Walk

ENTERPRISES = ("qiming", "changhong", "qingyuan")
BATCH = 250
LICENCE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def register_enterprises(walk: Walk) -> None:
    """Each of the three confirms the participant's notice, stores a document and registers."""
    for username in ENTERPRISES:
        person = walk.person(username)
        registration = _register(walk, person)
        walk.made.setdefault("registrations", {})[username] = registration["id"]
        walk.tell(username, "confirms the participant's notice, stores a document and registers; the entry is sealed")


def import_registrants(walk: Walk, played: Sequence[str]) -> None:
    """The centre plays further enterprises, and one more, invented, that will not qualify."""
    codes = [*played, unqualified_code()]
    centre = walk.person("centre")
    for start in range(0, len(codes), BATCH):
        path = f"/lots/{walk.made['lot']}/import-registrants/"
        centre.send("POST", path, json={"codes": codes[start : start + BATCH]})
    walk.tell("centre", f"plays {len(codes)} further enterprises, each through the same act")


def unqualified_code() -> str:
    """Return the code of the invented enterprise that fails the qualification."""
    return str(next(row["uscc"] for row in data.read("organisations") if row["key"] == "enterprise4"))


def close_registration(walk: Walk) -> None:
    """Registration closes at the announced moment."""
    walk.pass_to(walk.made["closes_at"])
    walk.wait_for_state("qualifying")


def _register(walk: Walk, person: Person) -> dict[str, Any]:
    notice = participant_notice(walk)
    organisation = str(person.organisations["bidder"])
    document = person.upload(
        "documents", LICENCE, "licence.pdf", organisation=organisation, lot=walk.made["lot"], title="安全生产许可证"
    )
    return person.create(
        "registrations",
        lot=walk.made["lot"],
        organisation=organisation,
        grade="水利水电工程施工总承包三级",
        manager_name="项目经理（演练）",
        manager_certificate=f"演练建造师-{person.username}-{walk.made['lot'][-10:]}",
        safety_licence=f"演练安许证-{person.username}",
        confirmed_sha256=notice["sha256"],
        documents=[str(document["id"])],
    )
