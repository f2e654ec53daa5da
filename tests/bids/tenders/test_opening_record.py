"""The opening record: fixed at the finish, its hashes in the ledger; a page, its data, a PDF that never changes."""

import hashlib
import io
import json

import pytest
from django.test import Client
from pypdf import PdfReader

from bids import opening_due, record, record_font, record_pdf, record_words
from bids.opening import Opening
from bids.opening_objection import OpeningObjection
from bids.sealing import content
from tests import make
from tests.bids.tenders.test_opening import begin, enter, kinds, release, tick
from trading.attendance import SignIn
from trading.conduct import ConductRules
from trading.errors import RuleError
from trading.ledger import jcs, leaf
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
ADDRESSES = ("record/", "record.json", "record.pdf")
FACTS = {
    "rehearsal": True,
    "lot": "C23",
    "name": "一标段",
    "project": "C20",
    "project_name": "村道工程",
    "procedure": "public_tender",
    "owner": "村镇建设办公室",
    "agency": "",
    "place": "开标一室",
    "room": "网上开标室 1",
    "deadline": "2026-03-31T01:30:00.000000Z",
    "closed_at": "2026-03-31T01:30:02.000000Z",
    "began_at": None,
    "finished_at": None,
    "mode": "TB",
    "custodians": [],
    "ceiling": None,
    "reference_price": None,
    "host": "",
    "supervisor": "",
    "recorder": "",
    "bids": [],
    "objections": [],
    "signatures": [],
    "head": None,
    "address": "https://trade.example/openings/7/record/",
}
SAID = {
    "price": "4755000.50",
    "price_figures": "4755000.50",
    "price_words": "肆佰柒拾伍万伍仟元伍角",
    "duration_days": 360,
    "quality": "合格",
    "manager_name": "王建国",
    "manager_certificate": "川151201520266",
    "deposit_form": "guarantee",
    "deposit_amount": "50000.00",
    "discount": "",
    "consortium": [],
}


def bid_of(number, name="建筑工程有限公司", **changes):
    return {
        "number": number,
        "name": name,
        "uscc": "91410900000000000X",
        "received_at": "2026-03-31T01:29:59.999999Z",
        "decided_at": "2026-03-31T01:31:00.000000Z",
        "outcome": "opened",
        "at_fault": "",
        "basis": "电子招标投标办法 30",
        "items": SAID,
        "findings": [],
        "confirmed_at": None,
        **changes,
    }


def texts(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def present(opening, person, role):
    rules = ConductRules.objects.first()
    if rules is None:
        rules = perform(
            ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=make.user(Role.CENTRE_STAFF)
        )
    there = SignIn(session=opening.session, organisation=make.home(person), role=role)
    perform(there.sign_in, by=person, conduct_sha256=rules.sha256)


def read_out(case, **changes):
    """Walk a case to the reading out; return the opening and the bids that were made."""
    case.open()
    made = enter(case, **changes)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    return Opening.objects.get(lot=case.lot), made


def signed(case, opening):
    present(opening, case.agency, Role.AGENCY)
    present(opening, case.keepers["supervisor"], Role.SITE_SUPERVISOR)
    perform(opening.sign, by=case.agency)
    perform(opening.sign, by=case.keepers["supervisor"])


def finished(case, **changes):
    opening, made = read_out(case, **changes)
    signed(case, opening)
    browser = Client()
    browser.force_login(case.agency)
    path = f"/api/v1/openings/{opening.pk}/"
    answer = browser.post(f"{path}finish/", headers={"If-Match": browser.get(path).headers["ETag"]})
    assert answer.status_code == 200, answer.content
    return Opening.objects.get(pk=opening.pk), made


def test_the_record_is_fixed_at_the_finish_and_its_hashes_stand_in_the_ledger(case):
    opening, _made = finished(case)
    pdf, data = (Client().get(f"/openings/{opening.pk}/record.{kind}").content for kind in ("pdf", "json"))
    entry = leaf.decode(bytes(AuditEvent.objects.get(type="opening.finished").leaf))["data"]
    assert hashlib.sha256(pdf).hexdigest() == opening.record_sha256 == entry["record_sha256"]
    assert hashlib.sha256(data).hexdigest() == opening.record_facts["data_sha256"] == entry["data_sha256"]
    facts = json.loads(data)
    assert jcs.encode(facts) == data
    assert (facts["host"], facts["recorder"]) == (str(case.agency), str(case.agency))
    assert [bid["items"]["price"] for bid in facts["bids"]] == ["4800000.00", "4755000.50", "4890000.00"]
    assert facts["address"] == f"http://testserver/openings/{opening.pk}/record/"
    assert facts["head"]["size"] > 0


def test_the_finish_ends_the_session_by_the_clock(case):
    opening, _made = finished(case)
    tick()
    opening.refresh_from_db()
    assert opening.session.state == "open"
    opening_due.end_sessions()
    opening.refresh_from_db()
    assert opening.session.state == "closed"
    assert kinds(opening)[-2:] == ["opening.finished", "session.closed"]


def test_the_pdf_can_be_read_and_searched(case):
    opening, made = finished(case)
    pages = texts(Client().get(f"/openings/{opening.pk}/record.pdf").content)
    everything = "".join(pages).replace("\n", "").replace(" ", "")
    for text in ("开标记录表（演练）", case.lot.code, "4,755,000.50", "肆佰柒拾伍万伍仟元伍角", "王建国", "密封完好"):
        assert text in everything
    for bidder, _sealed in made:
        assert bidder.organisation.uscc in everything
    assert opening.record_facts["data_sha256"] in everything
    assert "第1页共1页" in everything


def test_the_pdf_embeds_its_font_and_is_the_same_each_time():
    pdf = record_pdf.write(FACTS, "0" * 64)
    assert pdf == record_pdf.write(FACTS, "0" * 64)
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"]
    assert "尚无签名的树头" in "".join(texts(pdf))


def test_a_long_list_goes_over_pages_each_with_the_head_the_mark_and_its_number():
    facts = {**FACTS, "bids": [bid_of(n, f"第{n:02d}公司") for n in range(1, 61)], "head": {"size": 9, "root": "abc="}}
    pages = texts(record_pdf.write(facts, "0" * 64))
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        said = page.replace("\n", "").replace(" ", "")
        assert f"第{number}页共{len(pages)}页" in said
        assert "演练" in said
        assert "根哈希abc=" in said
        assert facts["address"] in said
    assert all("统一社会信用代码" in page for page in pages[:-1])
    everything = "".join(pages)
    assert [n for n in range(1, 61) if everything.count(f"第{n:02d}公司") != 1] == []


def test_a_row_taller_than_a_page_goes_on_over_pages_and_loses_nothing():
    long = bid_of(2, items={**SAID, "discount": "让" * 2000})
    facts = {**FACTS, "bids": [bid_of(1), long, bid_of(3, "末位公司")]}
    lowest = []

    def look(text, _matrix, place, _font, _size):
        lowest.extend([place[5]] * ("让" in text))

    pages = PdfReader(io.BytesIO(record_pdf.write(facts, "0" * 64))).pages
    said = [page.extract_text(visitor_text=look) for page in pages]
    assert "".join(said).count("让") == 2000
    assert "末位公司" in said[-1]
    assert len(pages) > 3
    assert all("统一社会信用代码" in page for page in said)
    foot = 15 / 25.4 * 72  # below 15 mm stands the page's foot
    assert min(lowest) > foot


def test_no_rehearsal_no_mark():
    facts = {**FACTS, "rehearsal": False, "signatures": [], "bids": [bid_of(1)]}
    assert "演练" not in "".join(texts(record_pdf.write(facts, "0" * 64)))


def test_a_rare_character_is_printed_and_one_that_no_font_has_is_shown_as_its_number():
    assert [run.text for run in record_font.runs("骉")] == ["骉"]
    assert record_font.runs("骉")[0].font != record_font.MAIN
    assert [run.text for run in record_font.runs("吉𠮷x")] == ["吉〔U+20BB7〕x"]
    facts = {**FACTS, "bids": [bid_of(1, "骉𠮷公司")]}
    said = "".join(texts(record_pdf.write(facts, "0" * 64))).replace("\n", "")
    assert "骉〔U+20BB7〕公司" in said


def test_the_font_is_made_once(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    made = record_font.file_of(record_font.MAIN)
    before = made.stat().st_mtime_ns
    assert record_font.file_of(record_font.MAIN).stat().st_mtime_ns == before
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_each_finding_has_its_words():
    assert set(record_words.FINDINGS) == set(content.TEXTS)
    assert record_words.finding("bid_json") == "投标内容不可识读（bid_json）"


def test_a_bid_that_stays_shut_a_consortium_and_words_that_count_are_printed():
    shut = bid_of(1, outcome="revoked", at_fault="bidder", basis="电子招标投标办法 31", items={})
    joint = {"name": "桥梁公司", "uscc": "91410900000000000Y", "share": "桥梁"}
    said = {**SAID, "price_figures": "4755000.00", "discount": "让利 1%", "consortium": [joint]}
    other = bid_of(2, items=said, findings=["words_differ"], confirmed_at="2026-03-31T02:00:00.000000Z")
    unread = bid_of(3, items={}, findings=["archive_missing"], at_fault="agency, supervisor", outcome="returned")
    rows = [" ".join(record_words.texts_of(bid)) for bid in (shut, other, unread)]
    assert "投标人原因（电子招标投标办法 31）" in rows[0]
    assert all(
        text in rows[1] for text in ("小写原文 4,755,000.00", "让利 1%", "联合体：桥梁公司", "以大写为准", "已确认")
    )
    assert "招标人（代理机构）原因、监督人原因" in rows[2]
    assert "投标内容不可识读" in rows[2]


def test_objections_and_signatures_close_the_record(case):
    opening, made = read_out(case)
    objection = perform(OpeningObjection(opening=opening, text="工期读错").raise_, by=made[0][0].person)
    signing = pytest.raises(RuleError)
    present(opening, case.agency, Role.AGENCY)
    with signing as refusal:
        perform(opening.sign, by=case.agency)
    assert refusal.value.code == "objection_open"
    perform(objection.answer, by=case.agency, text="以投标函为准")
    perform(opening.confirm, by=made[0][0].person)
    present(opening, case.keepers["supervisor"], Role.SITE_SUPERVISOR)
    perform(opening.sign, by=case.agency)
    perform(opening.sign, by=case.keepers["supervisor"])
    perform(opening.finish, by=case.agency)
    opening = Opening.objects.get()
    facts = record.fixed(opening)
    assert facts["address"] == record.address_of(opening)  # outside a request and without SITE_URL
    assert facts["objections"][0]["answer"] == "以投标函为准"
    assert [one["side"] for one in facts["signatures"]] == ["host", "supervisor"]
    assert facts["bids"][0]["confirmed_at"] is not None
    page = Client().get(f"/openings/{opening.pk}/record/").content.decode()
    assert all(text in page for text in ("工期读错", "以投标函为准", opening.record_sha256))
    closing = "".join(record_words.closing(facts))
    assert all(text in closing for text in ("序号 1：工期读错", "答复：以投标函为准", "开标结束"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_before_the_reading_out_there_is_no_record(case, address):
    case.open()
    enter(case)
    opening = begin(case)
    assert Client().get(f"/openings/{opening.pk}/{address}").status_code == 403


def test_before_the_finish_the_record_shows_how_it_stands(case):
    opening, _made = read_out(case)
    page = Client().get(f"/openings/{opening.pk}/record/")
    assert page.status_code == 200
    assert f"/openings/{opening.pk}/record/" in Client().get(f"/tenders/{case.tender.pk}/").content.decode()
    assert "4,755,000.50" in page.content.decode()
    assert Client().get(f"/openings/{opening.pk}/record.pdf").content.startswith(b"%PDF")


def test_a_record_that_was_changed_is_shown_as_such(case):
    opening, _made = finished(case)
    file = record.place(opening, "json")
    facts = json.loads(file.read_bytes())
    facts["bids"][0]["items"]["price"] = "1.00"
    file.write_bytes(jcs.encode(facts))
    page = Client().get(f"/openings/{opening.pk}/record/").content.decode()
    assert 'data-state="tampered"' in page
    record.place(opening, "pdf").unlink()
    assert Client().get(f"/openings/{opening.pk}/record.pdf").status_code == 200
    file.unlink()
    assert Client().get(f"/openings/{opening.pk}/record/").status_code == 404


def test_the_pages_turn_and_the_code_is_drawn(case, settings, monkeypatch):
    opening, _made = finished(case)
    monkeypatch.setattr("bids.opening_pages.PAGE", 2)
    first = Client().get(f"/openings/{opening.pk}/record/").content.decode()
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in Client().get(f"/openings/{opening.pk}/record/?page=2").content.decode()
    assert Client().get(f"/openings/{opening.pk}/record/code.svg").content.startswith(b"<svg")


def test_an_entitled_reader_finds_the_files_beside_each_bid(case, browser_of):
    opening, made = finished(case)
    number = made[0][1].number
    for person, expected in ((case.owner, 3), (made[0][0].person, 1), (make.user(Role.BIDDER), 0)):
        page = browser_of(person).get(f"/openings/{opening.pk}/record/").content.decode()
        assert page.count("/key.txt") == expected
    assert (
        f"/bids/{number}/key.txt"
        in browser_of(made[0][0].person).get(f"/openings/{opening.pk}/record/").content.decode()
    )
