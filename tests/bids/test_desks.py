"""The pages on which enterprises register and examiners find."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bids.registration import Registration
from tests import make
from tests.bids.test_grounds import bar
from trading.document import Document
from trading.ledger.tables import AuditEvent
from trading.party import Role, User
from trading.transitions import perform

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(name="letter.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def typed(organisation, **changes):
    return {
        "organisation": str(organisation.pk),
        "grade": "市政三级",
        "manager_name": "王工",
        "manager_certificate": "川251000000001",
        "safety_licence": "(川)JZ安许证字〔2026〕1",
        "read": "on",
        "commitment": pdf(),
        "qualification": pdf("grade.pdf"),
        "_key": "one-click",
        **changes,
    }


@pytest.fixture
def desk(case, bidder, browser_of):
    case.open()
    return browser_of(bidder), f"/comparisons/{case.comparison.pk}/register/", make.home(bidder)


def test_registration_with_its_files_is_recorded(case, desk):
    browser, path, organisation = desk
    answer = browser.post(path, typed(organisation))
    made = Registration.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/registrations/{made.pk}/")
    assert made.state == "submitted"
    assert made.documents.count() == 2
    page = browser.get(answer.url).content.decode()
    assert f"/registrations/{made.pk}/receipt.json" in page


def test_double_click_registers_once(case, desk):
    browser, path, organisation = desk
    first, second = (browser.post(path, typed(organisation)) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"commitment": pdf(content=b"")}, ""),
        ({"commitment": pdf(content=b"MZ\x90\x00 not a document")}, ""),
        ({"read": ""}, ""),
        ({"grade": ""}, ""),
    ],
)
def test_refused_registration_keeps_what_was_typed_and_leaves_nothing(case, desk, change, sentence):
    browser, path, organisation = desk
    before = AuditEvent.objects.count()
    answer = browser.post(path, typed(organisation, **change))
    assert answer.status_code == 400
    assert "川251000000001" in answer.content.decode()
    assert (Registration.objects.count(), Document.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == before


def test_document_that_is_too_large_is_refused(case, desk, settings):
    settings.DOCUMENT_MAX_BYTES = 20
    browser, path, organisation = desk
    answer = browser.post(path, typed(organisation))
    assert answer.status_code == 400
    assert "document_too_large" in answer.content.decode()
    assert not Registration.objects.exists()


def test_second_registration_is_refused_with_its_article_and_keeps_the_form(case, desk):
    browser, path, organisation = desk
    browser.post(path, typed(organisation))
    answer = browser.post(path, typed(organisation, _key="another-click"))
    assert answer.status_code == 409
    assert "already_registered" in answer.content.decode()
    assert Registration.objects.count() == 1


def test_an_old_form_with_other_facts_is_not_taken_for_the_first_one(case, desk):
    browser, path, organisation = desk
    browser.post(path, typed(organisation))
    perform(Registration.objects.get().withdraw, by=User.objects.get(pk=browser.session["_auth_user_id"]))
    answer = browser.post(path, typed(organisation, grade="市政二级"))
    assert answer.status_code == 422
    assert list(Registration.objects.values_list("state", flat=True)) == ["withdrawn"]
    page = browser.get(f"/registrations/{Registration.objects.get().pk}/").content.decode()
    assert "您的报名已撤回" in page
    assert "您的报名已记录" not in page


def test_stranger_may_not_read_a_registration(case, desk, browser_of, rival):
    browser, path, organisation = desk
    browser.post(path, typed(organisation))
    made = Registration.objects.get()
    for reader in (browser_of(rival), browser_of(case.owner), browser_of(case.supervisor)):
        assert reader.get(f"/registrations/{made.pk}/").status_code == 404
        assert reader.get(f"/registrations/{made.pk}/receipt.json").status_code == 404


def test_registration_page_of_a_comparison_without_notice_is_not_found(case, bidder, browser_of):
    assert browser_of(bidder).get(f"/comparisons/{case.comparison.pk}/register/").status_code == 404


def test_examiner_passes_the_rest_and_fails_one_with_a_reason(case, browser_of):
    case.open()
    registrations = [case.register() for _ in range(3)]
    qualification = case.close()
    path = f"/qualifications/{qualification.pk}/find/"
    browser = browser_of(case.owner)
    assert registrations[0].organisation.name in browser.get(path).content.decode()
    one = registrations[0].pk
    sheet = {"version": "1", f"verdict-{one}": "fail", f"reason-{one}": "证书过期", "pass_rest": "1"}
    assert browser.post(path, sheet).status_code == 302
    found = {f.registration_id: f.verdict for r in registrations for f in r.findings.all()}
    assert found == {one: "fail", registrations[1].pk: "pass", registrations[2].pk: "pass"}


def test_fail_without_a_reason_is_refused_and_stays_typed(case, browser_of):
    case.open()
    registration = case.register()
    qualification = case.close()
    path = f"/qualifications/{qualification.pk}/find/"
    answer = browser_of(case.owner).post(path, {"version": "1", f"verdict-{registration.pk}": "fail"})
    assert answer.status_code == 409
    assert "reason_missing" in answer.content.decode()
    assert 'value="fail" checked' in answer.content.decode()
    assert not registration.findings.exists()


def test_stale_sheet_is_refused(case, browser_of):
    case.open()
    registration = case.register()
    qualification = case.close()
    path = f"/qualifications/{qualification.pk}/find/"
    answer = browser_of(case.owner).post(path, {"version": "0", f"verdict-{registration.pk}": "pass"})
    assert answer.status_code == 412
    assert not registration.findings.exists()


def test_pass_against_a_ground_of_the_register_is_refused(case, browser_of):
    case.open()
    first, second = (case.register() for _ in range(2))
    for one in (first, second):
        bar(case, one)
    qualification = case.close()
    path = f"/qualifications/{qualification.pk}/find/"
    browser = browser_of(case.owner)
    answer = browser.post(path, {"version": "1", f"verdict-{first.pk}": "pass"})
    assert "ground_for_exclusion" in answer.content.decode()
    browser.post(path, {"version": "1", "pass_rest": "1"})
    assert not first.findings.exists()
    assert not second.findings.exists()


def test_enterprise_may_not_see_the_desk(case, browser_of):
    case.open()
    registration = case.register()
    qualification = case.close()
    person = registration.organisation.memberships.get(role=Role.BIDDER).user
    assert browser_of(person).get(f"/qualifications/{qualification.pk}/find/").status_code == 404


def test_papers_of_an_enterprise_are_its_own_until_the_qualification(case, desk, bidder, browser_of):
    browser, path, organisation = desk
    browser.post(path, typed(organisation))
    paper = Document.objects.first()

    def read_by(*people):
        answers = [browser_of(person).get(f"/documents/{paper.pk}/file/") for person in people]
        for answer in answers:
            answer.close()
        return [answer.status_code for answer in answers]

    assert read_by(bidder, case.owner, case.supervisor, None) == [200, 404, 404, 404]
    case.close()
    assert read_by(bidder, case.owner, case.supervisor, None) == [200, 200, 200, 404]


def test_after_a_reopening_the_desk_suggests_what_was_found_and_counts_none_of_it(case, browser_of):
    case.open()
    case.register()
    qualification = case.close()
    case.settle(qualification)
    perform(qualification.reopen, by=case.supervisor, reason="新情况")
    page = browser_of(case.owner).get(f"/qualifications/{qualification.pk}/find/")
    assert (page.context["undecided"], [row["verdict"] for row in page.context["rows"]]) == (1, ["pass"])
    assert [row["others"] for row in page.context["rows"]] == [[]]
