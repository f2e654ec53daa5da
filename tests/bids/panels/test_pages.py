"""The committee over HTTP: pages and doors of those who take part; an expert learns when and where, nothing else."""

import pyrage
from django.test import Client

from experts import due, pool
from experts.panel import Panel, name_of
from tests import make
from tests.bids.panels.conftest import GATHER, walk
from trading import clock
from trading.draws import leaves
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role


def browser(person):
    made = Client()
    made.force_login(person)
    return made


def post(person, path, body=()):
    own = browser(person)
    etag = own.get(f"/api/v1/{path.rsplit('/', 2)[0]}/").headers.get("ETag", "*")
    return own.post(f"/api/v1/{path}", dict(body), content_type="application/json", headers={"If-Match": etag})


def test_the_draw_begins_over_http_and_who_bids_is_added_by_the_server(desk):
    body = {"session": str(desk.hall.session.pk), "beacon": {"kind": "physical", "digits": 20}}
    answer = post(desk.hall["centre"], f"panels/{desk.panel.pk}/begin-draw/", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["counts"] == {"pool": {"A0802": 8, "A0601": 8}, "excluded": {}}
    forged = post(desk.hall["centre"], f"panels/{desk.panel.pk}/begin-draw/", {**body, "case": {}})
    assert forged.status_code in {400, 409}
    walk(desk.fresh().draw, desk.hall)
    for act in ("take-result", "notify"):
        assert post(desk.hall["centre"], f"panels/{desk.panel.pk}/{act}/").status_code == 200
    page = browser(desk.hall["centre"]).get(f"/panels/{desk.panel.pk}/").content.decode()
    assert "A0802" in page
    assert not any(one.number in page or one.personal.name in page for one in desk.experts)


def test_an_expert_answers_on_the_own_page_and_learns_no_project(desk):
    desk.call()
    seat = desk.seats("called")[0]
    own, lot = browser(seat.expert.user), desk.case.lot
    pages = [
        "/calls/",
        f"/seats/{seat.pk}/accept/",
        f"/seats/{seat.pk}/decline/",
        "/work/",
        f"/api/v1/seats/{seat.pk}/",
    ]
    for path in pages:
        text = own.get(path).content.decode()
        assert not any(word in text for word in (lot.code, lot.name, lot.project.owner.name)), path
    assert "评标三室" in own.get("/calls/").content.decode()
    assert own.get(f"/seats/{seat.pk}/").headers["Location"] == "/calls/"
    assert own.get(f"/panels/{seat.panel_id}/").status_code == 404
    assert own.get(f"/api/v1/seats/{desk.seats('called')[1].pk}/").status_code == 404
    done = post(seat.expert.user, f"seats/{seat.pk}/accept/")
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert "lot" not in done.json()


def test_the_telephone_gateway_reports_a_key_by_the_reference(desk):
    desk.call()
    one, two = desk.seats("called")[:2]
    centre = desk.hall["centre"]
    path = "/api/v1/expert-calls/{}/"
    reference = one.calls.first().reference
    assert browser(desk.case.agency).post(path.format(reference), {"key": "1"}).status_code == 403
    assert Client().post(path.format(reference), {"key": "1"}).status_code in {401, 403}
    assert browser(centre).post(path.format("0" * 32), {"key": "1"}).status_code == 404
    assert browser(centre).post(path.format(reference), {"key": "3"}).status_code == 400
    assert browser(centre).post(path.format(reference), {"key": "1"}).json() == {"state": "confirmed"}
    answer = browser(centre).post(path.format(two.calls.first().reference), {"key": "2"})
    assert answer.json() == {"state": "declined"}


def test_the_host_alone_unseals_and_sees_names_one_at_a_time(desk):
    desk.call()
    desk.accept()
    desk.case.clock.move_to(GATHER)
    for seat in desk.seats("confirmed"):
        assert post(seat.expert.user, f"seats/{seat.pk}/arrive/").status_code == 200
    path = f"/panels/{desk.panel.pk}/gathering/"
    first, second = desk.seats("arrived")[:2]
    agency, owner = browser(desk.case.agency), browser(desk.case.owner)
    assert post(desk.case.agency, f"seats/{first.pk}/unseal/").status_code == 200
    shown = agency.get(path).content.decode()
    numbers = [one.pk for one in desk.seats("arrived")]
    assert shown.count(name_of(first)) == 1, "the test's experts share a name; one is shown"
    assert name_of(first) not in owner.get(path).content.decode()
    assert str(second.pk) in shown
    assert len(numbers) == 4
    for person in (desk.hall["centre"], desk.hall["supervisor"], first.expert.user):
        assert browser(person).get(path).status_code == 404


def test_a_lot_leads_to_its_committee_or_to_a_proposal_for_one(case, panel):
    place = f"/lots/{case.lot.code}/committee/"
    assert browser(case.agency).get(place).headers["Location"] == f"/panels/{panel.pk}/"
    assert browser(make.user(Role.BIDDER)).get(place).status_code == 404
    Panel.objects.all().delete()
    found = browser(case.agency).get(place)
    assert "representatives=1" in found.headers["Location"]
    form = browser(case.agency).get(found.headers["Location"]).content.decode()
    assert "A0601 | 4" in form
    assert browser(make.user(Role.CENTRE_STAFF)).get(place).status_code == 404


def test_who_asks_for_a_committee_before_its_time_is_on_record(case, panel):
    stranger = make.user(Role.BIDDER)
    for path in (f"/panels/{panel.pk}/", f"/lots/{case.lot.code}/committee/", f"/api/v1/panels/{panel.pk}/key/"):
        assert browser(stranger).get(path).status_code == 404
    looks = SealedEntry.objects.filter(type="committee.look_refused")
    assert looks.count() == 1
    assert not AuditEvent.objects.filter(type="committee.look_refused").exists()


def test_the_list_of_seats_leads_an_expert_to_the_own_calls(case, panel):
    expert = browser(make.user(Role.EXPERT))
    assert expert.get("/seats/").headers["Location"] == "/calls/"
    assert "/panels/" not in expert.get("/calls/").content.decode()
    assert browser(case.agency).get("/seats/").status_code == 200


def test_the_desk_the_tender_s_page_and_the_forms_show(case, panel, approver):
    for person, path in ((case.agency, "apply"), (approver, "approve"), (approver, "hand-back")):
        assert browser(person).get(f"/panels/{panel.pk}/{path}/").status_code == 200
    tender = f"/tenders/{case.tender.pk}/"
    assert f"/lots/{case.lot.code}/committee/" in browser(case.agency).get(tender).content.decode()
    assert "/committee/" not in Client().get(tender).content.decode()
    assert "/committee/" not in browser(make.user(Role.BIDDER)).get(tender).content.decode()


def test_the_key_of_the_draw_is_the_auditor_s_after_the_result_and_sealed_to_the_supervisor_at_once(desk):
    panel, auditor = desk.draw(), make.user(Role.AUDITOR)
    path = f"/api/v1/panels/{panel.pk}"
    sealed = browser(desk.hall["supervisor"]).get(f"{path}/sealed-key/")
    assert pyrage.decrypt(sealed.content, [desk.key]) == panel.key()
    assert browser(desk.hall["centre"]).get(f"{path}/sealed-key/").status_code == 404
    assert browser(auditor).get(f"{path}/key/").status_code == 403
    panel.lot.end_committee_secrecy(clock.now())
    given = browser(auditor).get(f"{path}/key/").json()
    assert leaves.key_digest(pool.SUITE, bytes.fromhex(given["key"])).hex() == given["kd"] == panel.draw.kd
    assert browser(desk.hall["centre"]).get(f"{path}/key/").status_code == 404
    assert browser(make.user(Role.BIDDER)).get(f"{path}/key/").status_code == 404
    due.dissolve_panels()
    assert browser(auditor).get(f"/panels/{panel.pk}/").status_code == 200
