"""Before the law's moment no file, page, answer or entry tells who is drawn or called (招标投标法 37; 87号令 47)."""

import pytest
from django.test import Client

from tests import make
from trading.ledger import publish, sequencer
from trading.ledger.tables import LogLeaf
from trading.party import Role

LISTS = ("sessions", "sign-ins", "draws", "panels", "seats", "experts", "lots", "notices", "documents", "tenders")


def published(settings, start=0):
    """Return all that the published ledger tells from an entry on, and the text of its other files."""
    while sequencer.sequence_once() is not None:
        pass
    publish.publish()
    folder = settings.LEDGER["DIR"]
    files = [one for one in folder.rglob("*") if one.is_file() and "entries" not in one.as_posix()]
    entries = LogLeaf.objects.filter(idx__gte=start).select_related("event")
    told = [bytes(row.event.leaf) for row in entries] + [one.read_bytes() for one in files]
    return b"\n".join(told).decode(errors="replace")


def places(desk):
    lot, tender, draw = desk.case.lot, desk.case.tender, desk.fresh().draw
    made = ["/", "/sessions/", "/verify/", "/statistics/", "/site-map/", "/tenders/", "/work/"]
    made += [f"/ledger/?q={one}" for one in (lot.code, draw.draw_id)]
    made += [
        f"/lots/{lot.code}/",
        f"/tenders/{tender.pk}/",
        f"/projects/{lot.project.code}/",
        f"/panels/{desk.panel.pk}/",
    ]
    made += [f"/draws/{draw.pk}/{part}" for part in ("", "verify/", "evidence.zip", "evidence.json")]
    made += [f"/sessions/{desk.hall.session.pk}/{part}" for part in ("", "screen/", "names.json", "cut-off.json")]
    made += [f"/api/v1/{name}/" for name in LISTS]
    made += [f"/api/v1/draws/{draw.pk}/", f"/api/v1/sessions/{desk.hall.session.pk}/events"]
    return [*made, f"/api/v1/panels/{desk.panel.pk}/", f"/api/v1/lots/{lot.code}/"]


@pytest.mark.parametrize("role", [None, Role.BIDDER])
def test_no_page_file_or_entry_names_an_expert_before_the_result(desk, settings, role):
    while sequencer.sequence_once() is not None:
        pass
    start = LogLeaf.objects.count()  # what the library itself entered is public
    desk.call()
    desk.accept()
    secrets = [word for one in desk.experts for word in (one.number, one.personal.name, one.personal.phone)]
    secrets += [seat.leaf for seat in desk.seats()]
    browser = Client()
    if role:
        browser.force_login(make.user(role))
    told = {path: browser.get(path, follow=True).content.decode(errors="replace") for path in places(desk)}
    told["ledger"] = published(settings, start)
    assert {path for path, text in told.items() if any(word in text for word in secrets)} == set()
    assert desk.fresh().state == "locked"
