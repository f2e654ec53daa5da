"""Nobody outside can tell a lot whose committee is being drawn from one without (招标投标法 37; 87号令 47).

The same lot is looked at twice: with cover entries alone, and with a session, sign-ins and a draw of experts. Every
page, list, size and tag that somebody else can get must be the same.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from tests.bids.tenders.conftest import FROM
from tests.bids.tenders.test_nothing_shows import Fixed, case_for_real, seen, sequenced  # noqa: F401  # a fixture
from tests.bids.tenders.test_opening import tick
from tests.trading.draws import scene
from tests.trading.draws.test_experts import FACTS
from trading import clock
from trading.conduct import ConductRules
from trading.draws import sources
from trading.draws.draw import Draw
from trading.ledger import sealed
from trading.ledger.tables import LogLeaf
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def draw_of_experts(case, centre, supervisor, room, rules):
    """Hold the draw of the lot's experts up to its commit record."""
    start = clock.now()
    end = start + timedelta(hours=2)
    made = Session(room=room, lot=case.lot, kind=Kind.PANEL, title="专家抽取", starts_at=start, ends_at=end)
    session = perform(perform(made.book, by=centre).open, by=centre)
    for person in (centre, supervisor):
        scene.signed_in(session, person, rules.sha256)
    facts = {"beacon": scene.PHYSICAL, "rule": {"id": "committee", "sha": scene.EVIDENCE}, **FACTS}
    draw = perform(Draw(lot=case.lot, session=session, **facts).prepare, by=centre)
    for who, person in (("operator", centre), ("supervisor", supervisor)):
        secret = scene.SECRETS["centre" if who == "operator" else who]
        perform(draw.contribute, by=person, c=sources.commitment("sha256", draw.draw_id, who, secret).hex())
    perform(draw.commit, by=centre)


def test_nobody_can_tell_that_experts_are_drawn(case_for_real, rival, stranger, centre, supervisor, monkeypatch):  # noqa: F811
    case, people = case_for_real, {"visitor": None, "rival": rival, "stranger": stranger}
    room = perform(Room(kind=Kind.PANEL, name="专家抽取室", place="301").register, by=centre)
    rules = perform(ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=centre)
    case.open()
    case.clock.move_to(FROM + timedelta(hours=1), tick=False)
    tick()
    sequenced()
    before, worlds, entries = LogLeaf.objects.count(), [], 0
    for full in (True, False):
        start = transaction.savepoint()
        if full:
            draw_of_experts(case, centre, supervisor, room, rules)
        else:
            monkeypatch.setattr(sealed, "chance", Fixed(entries))
            sealed.cover(clock.now())
        sequenced()
        entries = LogLeaf.objects.count() - before
        worlds.append(seen(case, people))
        transaction.savepoint_rollback(start)
    drawn, quiet = worlds
    assert entries == 2 + 2 + 1 + 2 + 1  # the session, the sign-ins, the list, the contributions, the record
    assert len(drawn) > 150
    assert drawn.keys() == quiet.keys()
    assert [key for key, answer in drawn.items() if quiet[key] != answer] == []
