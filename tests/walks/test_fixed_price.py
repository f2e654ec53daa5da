"""A whole comparison through the API: its end, its secrets, and that a rehearsal is never taken for real."""

import pytest
from django.db import connection

from bids.comparison import Comparison
from bids.registration import Registration
from config.demo.client import Unexpected
from trading.draws.draw import Draw
from trading.ledger import export, verify_ledger
from trading.ledger.tables import LogLeaf, SealedEntry
from trading.notice import Notice

LISTS = ("projects", "lots", "comparisons", "notices", "contracts", "milestones", "documents", "objections")
PAGES = ("/", "/notices/", "/comparisons/", "/sessions/", "/draws/", "/contracts/", "/statistics/")


def shown(comparison):
    """Return what would tell who registered: every code and name."""
    organisations = [
        r.organisation for r in Registration.objects.filter(lot=comparison.lot).select_related("organisation")
    ]
    return [word for organisation in organisations for word in (organisation.uscc, organisation.name)]


def test_a_comparison_is_walked_from_the_project_to_the_closed_contract(walk, story, steps, tmp_path):
    story.tell(walk)

    comparison = Comparison.objects.get()
    draw = Draw.objects.get()
    assert comparison.state == "closed"
    assert draw.state == "drawn"
    assert comparison.lot.candidate_list.n == len(story.played) + 3
    assert [award.rank for award in comparison.lot.awards.all()] == [1, 2, 3]
    assert comparison.contract().price == comparison.fixed_price
    assert {milestone.state for milestone in comparison.contract().milestones.all()} == {"verified"}
    assert not SealedEntry.objects.filter(opened_at=None).exists()
    walk.settle()
    export.export(tmp_path / "export")
    assert verify_ledger.examine(tmp_path / "export")[0] == 0
    assert any("ends the stand-in's role" in step for step in steps) or walk.made["winner"]["uscc"] not in story.played


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL and Redis: make services")
def test_the_same_walk_on_postgresql(walk, story, steps, tmp_path):
    test_a_comparison_is_walked_from_the_project_to_the_closed_contract(walk, story, steps, tmp_path)


def test_nobody_learns_who_registered_before_the_list(walk, story):
    story.tell(walk, until="announced")
    before = LogLeaf.objects.count()
    for step in story.stages()["registering"]:
        step(walk)
    walk.settle()

    secret = shown(Comparison.objects.get())
    assert len(secret) == 2 * (len(story.played) + 4)
    entries = b"".join(bytes(row.event.leaf) for row in LogLeaf.objects.filter(idx__gte=before).select_related("event"))
    assert entries
    said = entries.decode() + "".join(answers(walk, "visitor")) + "".join(answers(walk, "centre"))
    assert not [word for word in secret if word in said]


def answers(walk, username):
    """Yield what the API tells somebody about everything but the register of organisations."""
    person = walk.person(username)
    for nouns in (*LISTS, "registrations", "qualifications", "draws", "sessions"):
        yield str(list(person.listed(f"/{nouns}/")))
    yield str(person.read(f"/lots/{walk.made['lot']}/"))
    yield str(person.read(f"/comparisons/{walk.made['comparison']}/"))


def test_a_rehearsal_says_so_on_its_pages_and_is_in_no_public_list(walk, story):
    story.tell(walk, until="publicity")
    visitor = walk.person("visitor")

    for path in (f"/comparisons/{walk.made['comparison']}/", f"/draws/{walk.made['draw']}/"):
        assert "演练" in visitor.page(path)
    for notice in Notice.objects.filter(lot__code=walk.made["lot"]):
        assert notice.rehearsal
        assert "演练" in visitor.page(f"/notices/{notice.pk}/")
    for nouns in LISTS:
        assert walk.made["lot"] not in str(list(visitor.listed(f"/{nouns}/")))
    for path in PAGES:
        assert story.works.name not in visitor.page(path)


def test_the_walk_stops_at_the_first_unexpected_answer(walk, story):
    story.tell(walk, until="announced")
    with pytest.raises(Unexpected, match="does not offer publish_list"):
        walk.person("owner").act("comparisons", walk.made["comparison"], "publish_list")
