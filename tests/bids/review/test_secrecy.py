"""Nobody but the enterprise learns before the deadline that, or how often, somebody applied; nor strangers after it."""

import itertools
import json

import pytest

from bids.application import Application
from bids.examination import Examination
from tests import make
from tests.bids.review.conftest import DUE
from trading.document import Document
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

PATHS = (
    *("applications/", "examinations/", "reviews/", "requirements/", "tenders/", "documents/", "deposits/", "notices/"),
    *("lots/", "projects/"),
)


def everybody(taking):
    """Return who must learn nothing: the sides of the project, the officials, the operator, strangers, nobody."""
    roles = (*(Role.CENTRE_STAFF, Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR),
             *(Role.BIDDER, Role.SYS_ADMIN, Role.AUDIT_ADMIN, Role.EXPERT))  # fmt: skip
    return [taking.case.owner, taking.case.agency, *(make.user(role) for role in roles), None]


def seen(api, people):
    """Return what each reads at every address that lists something."""
    found = {}
    for person in people:
        reader = api(person)
        for path in PATHS:
            found[str(person), path] = reader.get(path).content.decode()
    return found


@pytest.fixture
def applied(taking):
    """Three enterprises that applied with papers; one replaced its application, one took it back."""
    companies = []
    for _ in range(3):
        company = make.organisation()
        paper = taking.paper(company)
        companies.append(company)
        taking.apply(company, documents=[paper])
    given = {"manager_name": "李工", "manager_certificate": "川2"}
    perform(Application.objects.get(organisation=companies[0]).replace, by=taking.person(companies[0]), **given)
    perform(Application.objects.get(organisation=companies[1]).withdraw, by=taking.person(companies[1]))
    return companies


def test_before_the_deadline_nothing_that_others_read_changes(api, taking, time_machine):
    people = everybody(taking)
    before = seen(api, people)
    for _ in range(4):
        company = make.organisation()
        taking.apply(company, documents=[taking.paper(company)])
    assert seen(api, people) == before


def test_before_the_deadline_no_name_and_no_number_gets_out(api, taking, applied):
    people = everybody(taking)
    for (who, path), text in seen(api, people).items():
        assert not any(one.uscc in text or one.name in text for one in applied), (who, path)
    for person in people:
        for application in Application.objects.all():
            assert api(person).get(f"applications/{application.pk}/").status_code in {401, 404}
        for paper in Document.objects.filter(organisation__in=applied):
            assert api(person).get(f"documents/{paper.pk}/").status_code in {401, 404}


def test_the_ledger_tells_nothing_but_sealed_entries(taking, applied):
    types = set(AuditEvent.objects.values_list("type", flat=True))
    assert not {one for one in types if one.startswith(("application.", "examination."))}
    leaves = b"".join(bytes(leaf) for leaf in AuditEvent.objects.values_list("leaf", flat=True)
                      if b"application" in bytes(leaf))  # fmt: skip
    assert not any(one.uscc.encode() in leaves for one in applied)


def test_numbers_of_applications_count_nobody(taking, applied):
    keys = sorted(Application.objects.values_list("pk", flat=True))
    assert min(b - a for a, b in itertools.pairwise(keys)) > 1_000_000


def test_the_version_of_what_everybody_sees_does_not_count(taking):
    before = (taking.review().version, taking.case.fresh().version, taking.case.lot.version)
    for _ in range(3):
        taking.apply()
    assert (taking.review().version, taking.case.fresh().version, taking.case.lot.version) == before


def test_after_the_deadline_the_examiners_alone_see_who_applied(api, taking, applied):
    people = everybody(taking)
    taking.case.clock.move_to(DUE)
    before = seen(api, people[2:])
    perform(taking.review().open_applications, by=None)
    standing = [one for one in applied if Application.objects.standing().filter(organisation=one).exists()]
    for (who, path), text in seen(api, people[2:]).items():
        assert not any(one.uscc in text for one in applied), (who, path)
        assert path == "reviews/" or text == before[who, path], (who, path)
    for examiner in people[:2]:
        rows = api(examiner).get("examinations/").json()["items"]
        assert {row["uscc"] for row in rows} == {one.uscc for one in standing}
        papers = {row["organisation"] for row in api(examiner).get("documents/").json()["items"]}
        assert papers == {applied[2].pk}  # the first replaced its application by one without papers
    for one in standing:
        taking.find(one)


def test_a_result_stays_the_applicants_own_while_the_tender_goes_on(api, taking, auditor, regulator):
    companies = [taking.apply().organisation for _ in range(4)]
    taking.open()
    for number, one in enumerate(companies):
        taking.find(one, **({"A1": "资质不符"} if number == 0 else {}))
    taking.settle()
    for person in (auditor, regulator, make.user(Role.BIDDER), None):
        text = json.dumps(api(person).get("examinations/").json()) + json.dumps(api(person).get("applications/").json())
        assert not any(one.uscc in text for one in companies)
    own = api(taking.person(companies[0])).get("examinations/").json()["items"]
    assert [(row["uscc"], row["verdict"]) for row in own] == [(companies[0].uscc, "fail")]
    assert Examination.objects.count() == 4
    assert not AuditEvent.objects.filter(type__in=["review.settled", "examination.found"]).exists()


def test_who_the_register_ties_is_not_told_to_the_applicant(api, taking, regulator):
    companies = [taking.apply().organisation for _ in range(3)]
    perform(companies[0].enter_controller, by=regulator, controller=companies[1])
    taking.open()
    for number, one in enumerate(companies):
        taking.find(one, **({"RC": "与其他申请人存在控股关系"} if number < 2 else {}))
    taking.settle()
    first = taking.examination(companies[0])
    own = api(taking.person(companies[0])).get(f"examinations/{first.pk}/").json()
    assert (own["conflicts"], companies[1].uscc in json.dumps(own)) == ([], False)
    examiner = api(taking.case.agency).get(f"examinations/{first.pk}/").json()
    assert examiner["conflicts"][0]["rule"] == "RC-02"
