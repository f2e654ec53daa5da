"""“Recompute this evaluation”: nothing before the result, everything after it, and the same by the command."""

import hashlib
import io
import json
import sys

import pytest
from django.core.management import call_command

from bids.room.evaluation import Evaluation
from bids.room.ranking import Candidate
from trading import clock
from trading.lot import Lot


@pytest.fixture
def evaluated(room):
    """A lot whose committee has signed its report; the result is not out yet."""
    room.finish()
    return room.case


def addresses(case):
    return [f"/tenders/{case.tender.pk}/evaluation/", f"/tenders/{case.tender.pk}/evaluation.json"]


def publish(case):
    Lot.objects.get(pk=case.lot.pk).end_committee_secrecy(clock.now())


def test_before_the_result_there_is_nothing_and_no_hint(evaluated, browser_of, bidder, auditor):
    people = (None, bidder, auditor, evaluated.agency)
    for person in people:
        browser = browser_of(person)
        for address in addresses(evaluated):
            answer = browser.get(address)
            nowhere = browser.get(address.replace(str(evaluated.tender.pk), "999999"))
            assert (answer.status_code, nowhere.status_code) == (404, 404)
        assert "evaluation/" not in browser.get(f"/tenders/{evaluated.tender.pk}/").content.decode()
    publish(evaluated)
    Evaluation.objects.update(state="summed")
    assert [browser_of(None).get(address).status_code for address in addresses(evaluated)] == [404, 404]
    assert browser_of(None).get(f"/tenders/{10**30}/evaluation/").status_code == 404


def test_after_the_result_everybody_recomputes_every_figure(evaluated, browser_of):
    publish(evaluated)
    visitor = browser_of(None)
    page, document = addresses(evaluated)
    assert page in visitor.get(f"/tenders/{evaluated.tender.pk}/").content.decode()
    answer = visitor.get(page)
    text, figures = answer.content.decode(), Evaluation.objects.get().figures
    assert answer.context["same"] is True
    assert 'data-state="verified"' in text
    for one in figures["bids"]:
        assert one["total_exact"] in text
        assert all(points in text for points in one["parts"].values())
    assert figures["benchmark"] in text
    assert [row["place"] for row in answer.context["rows"]] == [1, 2, 3]
    assert all(len(row["sheets"]) == 5 for row in answer.context["rows"])
    assert "manage.py evaluate" in text
    sent = visitor.get(document)
    assert hashlib.sha256(sent.content).hexdigest() == answer.context["sha256"]


def test_the_download_evaluated_by_the_command_ranks_as_published(evaluated, browser_of, tmp_path, monkeypatch):
    publish(evaluated)
    file = tmp_path / "evaluation.json"
    file.write_bytes(browser_of(None).get(addresses(evaluated)[1]).content)
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    call_command("evaluate", str(file), stdout=out)
    printed = {one["id"]: (one["rank"], one["total"]) for one in json.loads(out.getvalue())["bids"]}
    rows = Candidate.objects.select_related("opened__bid__organisation")
    assert printed == {
        f"{one.number} {one.opened.bid.organisation.name}": (one.rank, f"{one.total:.2f}") for one in rows
    }


def test_a_published_rank_that_the_figures_do_not_give_is_shown(evaluated, browser_of):
    publish(evaluated)
    Candidate.objects.filter(rank=1).update(rank=2)
    answer = browser_of(None).get(addresses(evaluated)[0])
    assert answer.context["same"] is False
    assert 'data-state="tampered"' in answer.content.decode()
