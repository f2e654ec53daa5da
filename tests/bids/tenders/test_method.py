"""The method of a lot: stated before the notice, printed by it, fixed by it, changed by an amendment alone."""

import hashlib
import json

import pytest

from bids import method, method_rules
from bids.evaluation.reading import read
from bids.method import Method, MethodVersion
from tests.bids.tenders.conftest import CONTENT, DEADLINE, SCHEDULE
from tests.refusals import refused
from trading.ledger.tables import AuditEvent
from trading.notice import Kind, Notice
from trading.transitions import perform

PROPOSED = method_rules.proposal("public_tender", "works")
SCORED = {
    "method": "comprehensive_scoring",
    "parts": [
        {"id": "价格", "kind": "price", "weight": "55"},
        {"id": "技术", "kind": "expert", "weight": "45", "max": "100"},
    ],
}
DRAWN = {"when": "after_reading", "parameters": [{"name": "k", "values": ["0.95", "0.96"]}]}
BID = {"id": "1", "price": "4500000.00"}


def restate(case, terms, code, drawn=None):
    return refused(Method.objects.get(lot=case.lot).lay_down, code, by=case.agency, terms=terms, drawn=drawn)


def test_a_method_is_stated_and_stated_again_until_the_notice(case):
    first = method.current(case.lot)
    case.evaluate_by(SCORED)
    version = method.current(case.lot)
    assert (version.number, MethodVersion.objects.count()) == (1, 1)
    assert version.document == {"v": 1, "lot": case.lot.code, **SCORED, "ceiling": "4900000.00"}
    assert version.sha256 == hashlib.sha256(version.content).hexdigest() != first.sha256
    event = AuditEvent.objects.filter(type="method.stated").latest("pk")
    assert version.sha256 in bytes(event.leaf).decode()
    case.evaluate_by(SCORED)
    assert method.current(case.lot).sha256 == version.sha256


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({**SCORED, "parts": SCORED["parts"][:1]}, "weights_not_100"),
        ({**SCORED, "floor_price": "4000000"}, "floor_price_forbidden"),
        ({"method": "lowest_evaluated_price"}, "method_not_allowed"),
        ({**SCORED, "outlier": "NaN"}, "method_unreadable"),
        ({**SCORED, "outlier": "3e-1"}, "method_unreadable"),
        ({**SCORED, "outlier": "0." + "1" * 40}, "method_unreadable"),
    ],
)
def test_what_no_notice_may_state_is_refused_and_the_method_stays(case, terms, code):
    before = method.current(case.lot).sha256
    refusal = restate(case, terms, code)
    assert refusal.basis
    assert refusal.next_step
    assert method.current(case.lot).sha256 == before


def test_a_parameter_that_cannot_be_drawn_is_refused(case):
    restate(case, SCORED, "parameter_not_drawable", DRAWN)


def test_who_does_not_conduct_states_nothing(case, stranger, bidder):
    for person in (stranger, bidder):
        refused(Method.objects.get().lay_down, "not_permitted", by=person, terms=SCORED)


def test_without_a_method_nothing_is_announced(case):
    MethodVersion.objects.all().delete()
    Method.objects.all().delete()
    facts = {**SCHEDULE, "content": CONTENT, "documents": [case.file()]}
    refusal = refused(case.fresh().announce, "method_missing", by=case.agency, **facts)
    assert "招标投标法 19" in refusal.basis
    assert Notice.objects.count() == 0
    refused_document(case, "method_missing")


def test_the_notice_prints_the_method_in_both_languages_with_its_hash(case):
    case.announce()
    content = case.fresh().notice.newest().content
    version = method.current(case.lot)
    assert "评标方法：评标基准价法。" in content["method"]
    assert "Method: Benchmark price." in content["method_en"]
    assert (content["method_sha256"], content["method_version"]) == (version.sha256, 1)


def test_the_notice_freezes_the_method(case):
    case.announce()
    refusal = restate(case, SCORED, "method_frozen")
    assert "Amend" in refusal.next_step
    assert MethodVersion.objects.count() == 1


def amend(case, terms, **changes):
    facts = {"documents": [case.file("补遗")], "changes": "调整评标办法", **changes}
    return perform(Method.objects.get(lot=case.lot).amend, by=case.agency, terms=terms, **facts)


def test_an_amendment_changes_the_method_and_keeps_both_versions(case):
    case.open()
    before = method.current(case.lot)
    amend(case, SCORED)
    first, second = MethodVersion.objects.all()
    assert (first.sha256, first.number, second.number) == (before.sha256, 1, 2)
    assert Method.objects.get().document["method"] == "comprehensive_scoring"
    notice = case.fresh().notice
    assert [v.content["method_version"] for v in notice.versions.order_by("number")] == [1, 2]
    assert notice.newest().content["method_sha256"] == second.sha256
    assert Notice.objects.filter(kind=Kind.CHANGE).count() == 1
    entries = list(AuditEvent.objects.order_by("pk").values_list("type", flat=True))
    assert {"tender.amended", "method.amended"} <= set(entries)


def test_a_method_is_amended_as_documents_are_or_not_at_all(case):
    facts = {"documents": [case.file("补遗")], "changes": "调整评标办法"}
    standing = Method.objects.get()
    refused(standing.amend, "wrong_state", by=case.agency, terms=SCORED, **facts)
    case.open()
    refused(standing.amend, "method_unchanged", by=case.agency, terms=PROPOSED, **facts)
    refused(standing.amend, "weights_not_100", by=case.agency, terms={**SCORED, "parts": SCORED["parts"][:1]}, **facts)
    case.clock.move_to(DEADLINE.replace(day=30))
    refused(standing.amend, "amendment_too_late", by=case.agency, terms=SCORED, **facts)
    case.clock.move_to(DEADLINE)
    refused(standing.amend, "deadline_passed", by=case.agency, terms=SCORED, **facts)
    assert MethodVersion.objects.count() == 1


def refused_document(case, code):
    with pytest.raises(method.RuleError) as caught:
        method.document_of(case.lot, [BID])
    assert caught.value.code == code


def test_the_engine_reads_the_method_with_the_bids(case):
    document = method.document_of(case.lot, [BID, {**BID, "id": "2"}])
    found = read(json.dumps(document))
    assert ([bid.id for bid in found.bids], str(found.ceiling)) == (["1", "2"], "4900000")


def test_what_is_to_be_drawn_is_told_and_waited_for(case):
    terms = {**PROPOSED, "benchmark": {"rule": "B2", "deduct_above": "1", "deduct_below": "1"}}
    case.evaluate_by(terms, DRAWN)
    case.announce()
    assert (
        "k 由平台选择器在唱标后公开随机抽取，取值范围：0.95, 0.96。" in case.fresh().notice.newest().content["method"]
    )
    refused_document(case, "parameters_not_drawn")


# Doors


def test_a_method_over_the_api(case, api, bidder):
    agency, stated = api(case.agency), Method.objects.get()
    seen = agency.get(f"methods/{stated.pk}/").json()
    assert seen["versions"][0]["document"]["method"] == "benchmark"
    path = f"methods/{stated.pk}/lay-down/"
    done = agency.post(path, SCORED, match=stated.version)
    assert (done.status_code, done.json()["versions"][0]["document"]["parts"]) == (200, SCORED["parts"])
    assert api(bidder).get(f"methods/{stated.pk}/").status_code == 404
    again = done.json()["version"]
    for body, status, code in [
        ({**SCORED, "floor_price": "1"}, 409, "floor_price_forbidden"),
        ({**SCORED, "floor": "1"}, 400, "invalid"),
        ({**SCORED, "rounding": {"digits": 2}}, 400, "invalid"),
        ({**SCORED, "parts": [*SCORED["parts"], {"id": "x", "kind": "fixed", "weight": "1e1"}]}, 400,
         "method_unreadable"),
    ]:  # fmt: skip
        answer = agency.post(path, body, match=again)
        assert answer.status_code == status, answer.json()
        assert code in json.dumps(answer.json())
    case.open()
    assert api(bidder).get(f"methods/{stated.pk}/").json()["versions"][0]["sha256"] == method.current(case.lot).sha256


def test_what_is_drawn_comes_over_the_api_in_one_line(case, api):
    stated = Method.objects.get()
    terms = {**PROPOSED, "benchmark": {"rule": "B2", "deduct_above": "1", "deduct_below": "1", "places": "2"}}
    body = {**terms, "drawn_when": "after_reading", "drawn": [{"name": "K", "values": "0.95 0.96"}]}
    assert api(case.agency).post(f"methods/{stated.pk}/lay-down/", body, match=stated.version).status_code == 200
    version = method.current(case.lot)
    assert version.drawn == DRAWN
    assert version.document["benchmark"]["places"] == 2


def test_the_form_proposes_a_lawful_method_and_takes_it(case, browser_of):
    MethodVersion.objects.all().delete()
    Method.objects.all().delete()
    browser = browser_of(case.agency)
    tender = browser.get(f"/tenders/{case.tender.pk}/").content.decode()
    path = f"/methods/new/?lot={case.lot.code}"
    assert path in tender
    page = browser.get(path)
    form = page.context["form"]
    assert "施工组织设计 | expert | 30 | 100" in page.content.decode()
    assert browser.get("/methods/new/").context["form"].initial["method"] == "benchmark"
    assert browser.get("/methods/new/?lot=E0").context["form"].initial == {"lot": "E0"}
    typed = {bound.html_name: bound.field.widget.format_value(bound.value()) or "" for bound in form}
    typed = {name: value[0] if isinstance(value, list) else value for name, value in typed.items()}
    answer = browser.post("/methods/new/", {**typed, "lot": case.lot.code})
    assert answer.status_code == 302, answer.context["form"].errors
    assert method.current(case.lot).document == {
        "v": 1,
        "lot": case.lot.code,
        **PROPOSED,
        "ceiling": "4900000.00",
    }
    known = browser.get(f"/methods/{Method.objects.get().pk}/lay-down/").content.decode()
    assert "施工组织设计 | expert | 30 | 100" in known


def test_the_pages_print_the_method_and_give_its_file(case, browser_of, auditor):
    stated = Method.objects.get()
    path = f"/methods/{stated.pk}/1.json"
    assert [browser_of(person).get(path).status_code for person in (None, case.agency, auditor)] == [404, 200, 200]
    case.open()
    amend(case, SCORED)
    visitor = browser_of(None)
    answer = visitor.get(path)
    assert hashlib.sha256(answer.content).hexdigest() == MethodVersion.objects.get(number=1).sha256
    assert [visitor.get(f"/methods/{stated.pk}/{n}.json").status_code for n in (0, 2, 3, 10**9)] == [404, 200, 404, 404]
    assert visitor.get(f"/methods/{10**30}/1.json").status_code == 404
    page = f"/tenders/{case.tender.pk}/"
    chinese = visitor.get(page).content.decode()
    visitor.cookies["django_language"] = "en"
    english = visitor.get(page).content.decode()
    assert "Method: Comprehensive evaluation." in english
    assert "评标方法：综合评估法。" in chinese
    notice = visitor.get(f"/notices/{case.fresh().notice_id}/").content.decode()
    assert method.current(case.lot).sha256 in notice
    assert visitor.get(f"/methods/{stated.pk}/").status_code == 200
    assert browser_of(case.agency).get(f"/methods/{stated.pk}/amend/").status_code == 200
