"""The report: what it says, who signs it or is deemed to, and the file that carries it."""

import io

import pytest
from pypdf import PdfReader

from bids.room import report, report_pdf
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def test_the_report_names_at_most_three_candidates_in_order_and_everybody_who_judged(room):
    evaluation = room.report()
    said = evaluation.report
    assert [(one["rank"], one["number"], one["price"]) for one in said["candidates"]] == [
        (1, 2, "4755000.50"),
        (2, 1, "4800000.00"),
        (3, 3, "4890000.00"),
    ]
    assert [(one["seat"], one["chair"]) for one in said["members"]] == [
        (1, True), (2, False), (3, False), (4, False), (5, False)
    ]  # fmt: skip
    assert report.digest(said) == evaluation.report_sha256


def test_every_member_signs_once_dissents_in_writing_or_is_deemed_to_agree(room):
    room.report()
    for seat in (1, 2, 3):
        perform(room.member(seat).sign, by=room.people[seat])
    refused(room.member(1).sign, "signed_already", by=room.people[1])
    perform(room.member(4).sign, by=room.people[4], dissent="2号报价偏低")
    assert refused(room.evaluation.finish, "not_signed", by=room.host).params["seats"] == "5"
    done = perform(room.evaluation.finish, by=room.host, refusals="代表离场，监督在场见证")
    assert done.state == "signed"
    assert room.member(5).deemed
    assert [(one["seat"], one["dissent"], one["deemed"]) for one in done.report["signatures"][3:]] == [
        (4, "2号报价偏低", False),
        (5, "", True),
    ]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_of(done))).pages)
    assert all(words in text for words in ("评标报告", "2号报价偏低", "视为同意", "第1名", "代表离场"))


def pdf_of(evaluation):
    return report_pdf.place(evaluation, "pdf").read_bytes()


def test_nobody_signs_before_the_report_or_for_another(room):
    room.score()
    refused(room.member(1).sign, "not_at_this_stage", by=room.people[1])
    with pytest.raises(NotPermitted):
        perform(room.evaluation.write_report, by=room.people[2])
    perform(room.evaluation.write_report, by=room.chair)
    with pytest.raises(NotPermitted):
        perform(room.member(1).sign, by=room.people[2])
    with pytest.raises(NotPermitted):
        perform(room.evaluation.finish, by=room.people[2])


def test_the_same_report_gives_the_same_bytes_and_prints_what_was_asked_corrected_and_rejected(room):
    facts = {
        **room.finish().report,
        "inquiries": [
            {"number": 1, "about": "low_price", "question": "价低何故", "answer": "自有设备", "answered_at": None},
            {"number": 2, "about": "clarification", "question": "页码", "answer": "", "answered_at": None},
        ],
        "corrections": [
            {"number": 1, "was": "10.00", "price": "9.00", "basis": "", "state": "confirmed",
             "steps": [{"rule": 4, "was": "10.00", "now": "9.00"}]},
        ],
    }  # fmt: skip
    reasons = [{"ground": "unsigned", "basis": "招标投标法实施条例 51(1)", "said": ["第3页"]}]
    facts["bids"] = [{**facts["bids"][0], "rejected": True, "reasons": reasons, "price": "9.00"}, *facts["bids"][1:]]
    facts["members"] = [*facts["members"], {**facts["members"][0], "left": {"reason": "持股"}, "state": "recused"}]
    pdf = report_pdf.write(facts, "0" * 64)
    assert pdf == report_pdf.write(facts, "0" * 64)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for words in ("价低何故", "未在规定时间内答复", "以单价计算为准", "未按要求盖章", "持股"):
        assert words in text
