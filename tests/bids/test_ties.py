"""Ties that come to light after the registration keep those tied off the list, until they are failed."""

import pytest

from bids.candidate_list import CandidateList
from bids.qualification import Finding
from tests import make
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.transitions import perform


def examined(case, registrations):
    """Close registration and let both examiners pass everybody."""
    qualification = case.close()
    for examiner in (case.owner, case.supervisor):
        find(qualification, examiner, registrations, "pass")
    return qualification


def find(qualification, examiner, registrations, verdict):
    rows = [{"registration": r.pk, "verdict": verdict, "reason": "与同一控制人"} for r in registrations]
    perform(qualification.find, by=examiner, findings=rows)


def control(case, child, parent):
    perform(child.enter_controller, by=case.regulator, controller=parent)


def verdicts(registrations):
    for one in registrations:
        one.refresh_from_db(fields=["verdict", "number"])
    return [(one.verdict, one.number) for one in registrations]


@pytest.fixture
def registered(case):
    case.open()
    return [case.register() for _ in range(4)]


def test_control_entered_after_the_registration_keeps_the_qualification_from_settling(case, registered):
    qualification = examined(case, registered)
    first, second = registered[:2]
    control(case, second.organisation, first.organisation)
    error = refused(qualification.settle, "tied_registrants", by=case.supervisor)
    assert error.basis == "招标投标法实施条例 34(2)(3)"
    assert [one.organisation.uscc in error.params["names"] for one in registered] == [True, True, False, False]
    assert verdicts(registered) == [("", None)] * 4
    find(qualification, case.owner, [second], "fail")
    perform(qualification.settle, by=case.supervisor)
    assert verdicts(registered) == [("pass", None), ("fail", None), ("pass", None), ("pass", None)]


def test_a_common_parent_and_a_circle_of_control_tie_as_well(case, registered):
    qualification = examined(case, registered)
    first, second, third, fourth = [one.organisation for one in registered]
    parent = make.organisation()
    control(case, first, parent)
    control(case, second, parent)
    control(case, third, fourth)
    control(case, fourth, third)
    error = refused(qualification.settle, "tied_registrants", by=case.supervisor)
    assert len(error.params["names"].split("; ")) == 2


def test_a_registrant_tied_to_the_owner_since_keeps_the_qualification_from_settling(case, registered):
    qualification = examined(case, registered)
    control(case, registered[0].organisation, make.home(case.owner))
    error = refused(qualification.settle, "registrant_tied_to_project", by=case.supervisor)
    assert (error.params["rule"], registered[0].organisation.uscc in error.params["names"]) == ("RC-01", True)


def test_control_entered_after_the_settling_keeps_the_list_from_being_published(case, registered):
    qualification = examined(case, registered)
    perform(qualification.settle, by=case.supervisor)
    first, second = registered[:2]
    control(case, second.organisation, first.organisation)
    refused(case.fresh().publish_list, "tied_registrants", by=case.owner)
    assert (case.fresh().state, CandidateList.objects.count()) == ("qualifying", 0)

    perform(qualification.reopen, by=case.supervisor, reason="登记册新录入控股关系")
    assert verdicts(registered) == [("", None)] * 4
    find(qualification, case.supervisor, [second], "fail")
    refused(qualification.settle, "findings_incomplete", by=case.supervisor)
    find(qualification, case.supervisor, [one for one in registered if one != second], "pass")
    find(qualification, case.owner, registered, "pass")
    perform(qualification.settle, by=case.supervisor)
    perform(case.fresh().publish_list, by=case.owner)
    listed = case.lot.candidate_list.file
    assert [one.organisation.uscc in listed for one in registered] == [True, False, True, True]


def test_a_stranger_to_the_examination_learns_no_names(case, registered):
    qualification = examined(case, registered)
    control(case, registered[1].organisation, registered[0].organisation)
    person = registered[0].organisation.memberships.get().user
    for act in (qualification.settle, case.fresh().publish_list):
        with pytest.raises(NotPermitted) as caught:
            perform(act, by=person)
        assert not [one for one in registered if one.organisation.uscc in caught.value.detail]


def test_a_qualification_is_reopened_with_a_reason_and_before_the_list(case, registered):
    qualification = examined(case, registered)
    perform(qualification.settle, by=case.supervisor)
    refused(qualification.reopen, "reason_missing", by=case.supervisor, reason=" ")
    perform(case.fresh().publish_list, by=case.owner)
    refused(qualification.reopen, "qualification_final", by=case.supervisor, reason="登记册新录入控股关系")
    assert qualification.state == "settled"
    assert [verdict for verdict, _number in verdicts(registered)] == ["pass"] * 4


def test_the_desk_shows_a_tie_beside_both_and_does_not_pass_them_with_the_rest(case, registered, browser_of):
    qualification = case.close()
    first, second = registered[:2]
    control(case, second.organisation, first.organisation)
    browser, path = browser_of(case.owner), f"/qualifications/{qualification.pk}/find/"
    browser.cookies["django_language"] = "en"
    page = browser.get(path).text
    for one, other in ((first, second), (second, first)):
        assert f"under the same control as {other.organisation.name} ({other.organisation.uscc})" in page
        assert one.organisation.name in page
    browser.post(path, {"version": str(qualification.version), "pass_rest": "1"})
    found = set(Finding.objects.values_list("registration_id", flat=True))
    assert found == {one.pk for one in registered[2:]}


@pytest.fixture
def with_one_manager(case):
    """Three registrations; the first two name one project manager, typed differently."""
    case.open()
    certificates = ("川251-0001", " 川２５１０００１", "川2510002")
    return [case.register(manager_certificate=certificate) for certificate in certificates]


def test_two_registrations_with_one_project_manager_both_fail(case, with_one_manager):
    qualification = case.close()
    first, second, third = with_one_manager
    for one in (first, second):
        row = {"registration": one.pk, "verdict": "pass", "reason": ""}
        error = refused(qualification.find, "shared_project_manager", by=case.owner, findings=[row])
        assert error.basis == "招标投标法实施条例 40(3), 51(7)"
        assert all(tied.organisation.uscc in error.params["names"] for tied in (first, second))
    assert not Finding.objects.exists()
    find(qualification, case.owner, [first, second], "fail")
    find(qualification, case.owner, [third], "pass")
    assert Finding.objects.count() == 3


def test_whose_certificate_another_copied_passes_with_the_proof(case, with_one_manager):
    qualification = case.close()
    first, second, third = with_one_manager
    for examiner in (case.owner, case.supervisor):
        find(qualification, examiner, [second], "fail")
        row = {"registration": first.pk, "verdict": "pass", "reason": "全国建筑市场监管平台：该建造师注册于本单位"}
        perform(qualification.find, by=examiner, findings=[row])
        find(qualification, examiner, [third], "pass")
        perform(qualification.find, by=examiner, findings=[{**row, "registration": second.pk}])
    refused(qualification.settle, "shared_project_manager", by=case.supervisor)
    for examiner in (case.owner, case.supervisor):
        find(qualification, examiner, [second], "fail")
    perform(qualification.settle, by=case.supervisor)
    assert [verdict for verdict, _number in verdicts(with_one_manager)] == ["pass", "fail", "pass"]


@pytest.fixture
def namesakes(case):
    """Four registrations; the first two name one person in charge, typed differently."""
    case.open()
    names = ("甲乙丙", "甲 乙　丙", "丁", "")
    return [case.register(make.organisation(responsible_person=name)) for name in names]


def pass_all(qualification, examiner, registrations):
    rows = [{"registration": one.pk, "verdict": "pass", "reason": ""} for one in registrations]
    perform(qualification.find, by=examiner, findings=rows)


def test_of_two_with_one_person_in_charge_one_passes(case, namesakes):
    qualification = case.close()
    for examiner in (case.owner, case.supervisor):
        pass_all(qualification, examiner, namesakes)
    error = refused(qualification.settle, "same_person_in_charge", by=case.supervisor)
    assert (error.basis, bool(error.next_step)) == ("招标投标法实施条例 34(2)", True)
    assert [one.organisation.uscc in error.params["names"] for one in namesakes] == [True, True, False, False]
    find(qualification, case.owner, [namesakes[1]], "fail")
    perform(qualification.settle, by=case.supervisor)
    assert [verdict for verdict, _number in verdicts(namesakes)] == ["pass", "fail", "pass", "pass"]


def test_of_two_findings_on_one_registration_the_later_counts(case, namesakes):
    qualification = case.close()
    facts = {"registration": namesakes[2].pk, "reason": "无证书"}
    twice = [{**facts, "verdict": "fail"}, {**facts, "verdict": "pass"}]
    perform(qualification.find, by=case.owner, findings=twice)
    assert [one.verdict for one in Finding.objects.all()] == ["pass"]


def test_namesakes_pass_when_both_examiners_say_how_they_differ(case, namesakes):
    qualification = case.close()
    for examiner in (case.owner, case.supervisor):
        pass_all(qualification, examiner, namesakes)
    row = {"registration": namesakes[0].pk, "verdict": "pass", "reason": "身份证号与另一企业负责人不同"}
    perform(qualification.find, by=case.owner, findings=[row])
    refused(qualification.settle, "same_person_in_charge", by=case.supervisor)
    perform(qualification.find, by=case.supervisor, findings=[row])
    perform(qualification.settle, by=case.supervisor)
    assert [verdict for verdict, _number in verdicts(namesakes)] == ["pass"] * 4


def test_the_desk_names_the_other_with_the_same_person_in_charge(case, namesakes, browser_of):
    qualification = case.close()
    browser = browser_of(case.owner)
    browser.cookies["django_language"] = "en"
    page = browser.get(f"/qualifications/{qualification.pk}/find/").text
    for other in namesakes[:2]:
        assert f"same person in charge as {other.organisation.name} ({other.organisation.uscc})" in page


def test_the_desk_shows_one_project_manager_beside_both_registrations(case, with_one_manager, browser_of):
    qualification = case.close()
    browser = browser_of(case.supervisor)
    browser.cookies["django_language"] = "en"
    page = browser.get(f"/qualifications/{qualification.pk}/find/").text
    first, second, third = with_one_manager
    for other in (first, second):
        assert f"same project manager as {other.organisation.name} ({other.organisation.uscc})" in page
    assert f"same project manager as {third.organisation.name}" not in page


def test_a_registration_does_not_tell_that_its_project_manager_is_taken(case, with_one_manager):
    assert [one.state for one in with_one_manager] == ["submitted"] * 3
