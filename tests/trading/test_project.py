from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tests import make
from trading.errors import NotPermitted, RuleError, WrongState
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.project import Category, Project
from trading.transitions import perform

TODAY = date(2026, 3, 2)


def covers(basis, **changes):
    return basis.covers(
        **{
            "category": Category.WORKS,
            "on": TODAY,
            "region": make.REGION,
            **changes,
        }
    )


def test_a_repealed_basis_allows_no_further_draw(regulator):
    basis = make.legal_basis()
    before = covers(basis)
    perform(basis.repeal, by=regulator)
    assert (before, covers(basis)) == (True, False)


@pytest.mark.parametrize(
    "beyond",
    [
        {"category": Category.GOODS},
        {"on": date(2019, 12, 31)},
        {"on": date(2036, 1, 1)},
        {"region": "510000"},
    ],
)
def test_a_basis_covers_nothing_beyond_its_scope(db, beyond):
    assert not covers(make.legal_basis(), **beyond)


def test_a_returned_registration_says_why_and_is_submitted_again(owner, centre):
    project = make.project(owner=owner, accepted=False)
    code = project.code
    perform(project.give_back, by=centre, reason="批准文件缺页")
    returned = (project.state, project.return_reason)
    perform(project.submit, by=owner)
    assert returned == ("returned", "批准文件缺页")
    assert (project.state, project.code) == ("submitted", code)


@pytest.fixture
def returned(owner, centre):
    """An entry registration that the centre returned."""
    project = make.project(owner=owner, accepted=False)
    return perform(project.give_back, by=centre, reason="概算与批复不符")


def test_a_returned_registration_is_corrected_and_submitted_again(returned, owner, centre):
    code, agency = returned.code, make.home(make.user(Role.AGENCY))
    facts = {"approved_estimate": Decimal("1800000.00"), "agency": agency, "name": returned.name}
    perform(returned.correct, by=owner, **facts)
    changed = leaf.decode(bytes(AuditEvent.objects.latest("pk").leaf))["data"]["changed"]
    assert changed == {
        "approved_estimate": {"was": "1850000.00", "now": "1800000.00"},
        "agency": {"was": None, "now": agency.uscc},
    }
    perform(returned.submit, by=owner)
    perform(returned.accept, by=centre)
    stored = Project.objects.get()
    assert (stored.code, stored.state) == (code, "accepted")
    assert (stored.approved_estimate, stored.agency) == (Decimal("1800000.00"), agency)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "nothing_corrected"),
        ({"name": "村道排水沟整治工程", "funds_in_place": True}, "nothing_corrected"),
        ({"code": "E4109000000000001"}, "invalid_input"),
        ({"owner": None}, "invalid_input"),
    ],
)
def test_a_correction_of_nothing_or_of_what_stays_is_refused(returned, owner, facts, code):
    before = AuditEvent.objects.count()
    with pytest.raises(RuleError) as caught:
        perform(returned.correct, by=owner, **facts)
    assert caught.value.code == code
    assert (Project.objects.get().version, AuditEvent.objects.count()) == (returned.version, before)


def test_a_correction_that_fits_no_field_changes_nothing(returned, owner):
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError):
        perform(returned.correct, by=owner, name="x" * 201)
    assert (Project.objects.get().name, AuditEvent.objects.count()) == ("村道排水沟整治工程", before)


def test_only_the_applicant_corrects_and_only_what_was_returned(returned, owner, centre):
    with pytest.raises(NotPermitted):
        perform(returned.correct, by=centre, name="另一工程")
    submitted = make.project(owner=owner, accepted=False)
    with pytest.raises(WrongState):
        perform(submitted.correct, by=owner, name="另一工程")
    assert set(Project.objects.values_list("name", flat=True)) == {"村道排水沟整治工程"}


def test_the_page_of_the_correction_begins_with_what_was_registered(returned, owner, browser_of):
    browser, path = browser_of(owner), f"/projects/{returned.code}/correct/"
    page = browser.get(path).text
    assert all(f'value="{known}"' in page for known in ("村道排水沟整治工程", "1850000.00", returned.approval_no))
    typed = {"name": "村道排水沟整治工程（二期）", "funds_in_place": "on", "title_clear": "on"}
    answer = browser.post(path, {**typed, "_version": str(returned.version)})
    assert answer.status_code == 302
    changed = leaf.decode(bytes(AuditEvent.objects.latest("pk").leaf))["data"]["changed"]
    assert list(changed) == ["name"]


def test_an_accepted_registration_is_not_given_back(owner, centre):
    project = make.project(owner=owner)
    with pytest.raises(WrongState):
        perform(project.give_back, by=centre, reason="批准文件缺页")
    assert project.state == "accepted"


def test_an_owner_does_not_accept_its_own_registration(owner):
    project = make.project(owner=owner, accepted=False)
    with pytest.raises(NotPermitted):
        perform(project.accept, by=owner)
    assert project.state == "submitted"


@pytest.mark.parametrize(
    ("facts", "code", "basis"),
    [
        ({"approval_no": " "}, "approval_missing", "招标投标法实施条例 7; 濮阳市公共资源交易管理条例 13"),
        ({"title_clear": False}, "title_unclear", "濮阳市公共资源交易管理条例 13"),
    ],
)
def test_a_project_without_approval_or_clear_title_does_not_enter(owner, facts, code, basis):
    with pytest.raises(RuleError) as refusal:
        make.project(owner=owner, **facts)
    assert (refusal.value.code, refusal.value.basis) == (code, basis)
