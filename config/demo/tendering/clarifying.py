"""Documents and questions: enterprises take the documents unseen, one asks unnamed, an answer changes the documents."""

from config.demo.tendering import preparing
from config.demo.walk import Walk

ENTERPRISES = ("qiming", "changhong", "qingyuan")


def take(walk: Walk) -> None:
    """Each enterprise takes the documents; nobody learns of it."""
    walk.pass_to(walk.made["documents_from"])
    for username in ENTERPRISES:
        person = walk.person(username)
        person.create(
            "takings",
            lot=walk.made["lot"],
            organisation=str(person.organisations["bidder"]),
            email=f"{username}@enterprise.example",
        )
        walk.tell(username, "takes the tender documents; the entry is sealed")


def ask_and_answer(walk: Walk) -> None:
    """One asks, the agency answers with an amendment, in time for the deadline to stay."""
    person = walk.person("qiming")
    asked = person.create(
        "questions",
        lot=walk.made["lot"],
        organisation=str(person.organisations["bidder"]),
        text="图纸第 12 页与工程量清单中护栏长度不一致，以何者为准？",
    )
    walk.tell("somebody", "asks about the documents; the question is public, the asker is not")
    walk.person("agency").act(
        "questions",
        asked["id"],
        "answer",
        reply="以工程量清单为准，图纸第 12 页予以更正，见补遗书第 1 号。",
        changes_documents=True,
        documents=[preparing.store(walk, "补遗书第 1 号")],
    )
    walk.tell("agency", "answers with an amendment; everybody who took the documents is told")
