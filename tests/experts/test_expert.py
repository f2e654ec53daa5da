"""An expert's way through the library, act by act, with every refusal."""

from datetime import date, timedelta

import pytest

from experts.application import Kind, Tie, Whose
from experts.due import resume
from experts.expert import Expert
from experts.facts import Relation
from tests import make
from tests.experts import people
from tests.refusals import refused
from trading.errors import NotPermitted, WrongState
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
SUSPENSION = {"reason": "absent", "basis": "招标投标法实施条例 71", "decision_no": "决〔2026〕1号"}


def last_entry():
    return leaf.decode(bytes(AuditEvent.objects.latest("pk").leaf))


def test_an_application_waits_with_its_facts_sealed(expert):
    who = people.who()
    entry = people.applied(by=expert, person=who)
    assert (entry.state, entry.user, entry.codes) == ("applied", expert, ["A0601", "A0802"])
    assert entry.personal.name == who.name
    assert entry.employer.organisation == "示范设计院"
    said = last_entry()
    assert said["type"] == "expert.applied"
    assert said["actor"] == {"id": "-", "role": "expert", "auth": "-"}
    assert said["subject"] == {"type": "expert", "id": entry.number}
    assert said["data"].keys() == {"facts"}
    assert said["data"]["facts"] == entry.digest(profile_of(entry))


def profile_of(entry):
    """Rebuild what was applied for, from the library alone."""
    relation = entry.employer
    tie = Tie(relation.kind, relation.whose, relation.uscc, relation.organisation, relation.starts_on)
    return people.profile(employer=tie, specialities=entry.codes, ties=())


def test_the_account_of_an_applicant_shows_the_masked_name(expert):
    people.applied(by=expert)
    expert.refresh_from_db()
    assert expert.name == "欧***"


def test_an_account_applies_once(expert):
    people.applied(by=expert)
    refused(Expert().apply, "expert_known", by=expert, who=people.who(), profile=people.profile())


def test_a_person_is_in_the_library_once_whatever_became_of_the_entry(expert, regulator):
    who = people.who()
    first = people.admitted(person=who)
    perform(first.remove, by=regulator, **SUSPENSION)
    spaced = people.who(id_number=f"{who.id_number[:6]} {who.id_number[6:].lower()}")
    refused(Expert().apply, "person_known", by=expert, who=spaced, profile=people.profile())


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": "middle"}, "title_too_low"),
        ({"field_since": date(2024, 1, 1)}, "experience_too_short"),
        ({"specialities": []}, "specialities_count"),
        ({"employer": people.employer(uscc="913")}, "uscc_length"),
        ({"ties": [people.employer(uscc="913")]}, "uscc_length"),
    ],
)
def test_an_application_that_the_law_does_not_carry_leaves_nothing(expert, facts, code):
    refused(Expert().apply, code, by=expert, who=people.who(), profile=people.profile(**facts))
    assert not Expert.objects.exists()
    assert not Relation.objects.exists()


@pytest.mark.parametrize(
    ("personal", "code"),
    [
        ({"id_number": "510699197503120011"}, "id_number_wrong"),
        ({"phone": "12345"}, "phone_wrong"),
        ({"id_number": people.id_number("19490101")}, "age_limit_reached"),
    ],
)
def test_an_application_of_nobody_or_too_late_is_refused(expert, personal, code):
    refused(Expert().apply, code, by=expert, who=people.who(**personal), profile=people.profile())


def test_only_an_expert_applies(owner, centre):
    for person in (owner, centre):
        with pytest.raises(NotPermitted):
            perform(Expert().apply, by=person, who=people.who(), profile=people.profile())


def test_the_centre_recommends_anybody_and_a_unit_its_own_staff(centre, bidder):
    person = perform(Expert().recommend, by=centre, who=people.who(), profile=people.profile())
    assert (person.state, person.user, person.recommended_by) == ("applied", None, centre)
    assert last_entry()["actor"] == {"id": "-", "role": "centre_staff", "auth": "-"}
    own = people.employer(uscc=make.home(bidder).uscc)
    staff = perform(Expert().recommend, by=bidder, who=people.who(), profile=people.profile(employer=own))
    assert staff.recommended_by == bidder
    refused(Expert().recommend, "not_your_staff", by=bidder, who=people.who(), profile=people.profile())


def test_the_centre_never_decides(centre, expert):
    entry = people.applied(by=expert)
    for act, facts in ((entry.admit, {}), (entry.send_back, {"reason": "incomplete"})):
        with pytest.raises(NotPermitted):
            perform(act, by=centre, **facts)
    active = people.admitted()
    for act in (active.suspend, active.remove):
        with pytest.raises(NotPermitted):
            perform(act, by=centre, **SUSPENSION)


def test_an_admitted_expert_cools_for_thirty_days(regulator):
    entry = people.applied()
    perform(entry.admit, by=regulator)
    assert (entry.state, entry.admitted_on) == ("active", people.today())
    assert entry.drawable_on == people.today() + timedelta(days=30)
    assert last_entry()["data"] == {"drawable_on": entry.drawable_on.isoformat()}
    assert last_entry()["actor"]["role"] == "sector_regulator"


def test_an_expert_for_rehearsals_does_not_cool(regulator):
    unit = make.organisation(rehearsal=True)
    entry = people.applied(by=make.user(Role.EXPERT, of=unit))
    perform(entry.admit, by=regulator)
    assert (entry.rehearsal, entry.drawable_on) == (True, people.today())
    assert last_entry()["data"]["rehearsal"] is True


def test_a_returned_application_is_corrected_and_sent_again(expert, regulator):
    entry = people.applied(by=expert)
    perform(entry.send_back, by=regulator, reason="not_proved")
    assert (entry.state, last_entry()["data"]) == ("returned", {"reason": "not_proved"})
    perform(entry.correct, by=expert, who=people.who(), profile=people.profile(specialities=["A0802", "B1001"]))
    assert (entry.state, entry.returned_for, last_entry()["type"]) == ("applied", "", "expert.corrected")
    assert Expert.objects.get().codes == ["A0802", "B1001"]
    assert Expert.objects.get().held.get(code="A0601").ends_on == people.today()


def test_a_recommender_corrects_and_nobody_else_does(centre, regulator, expert):
    entry = perform(Expert().recommend, by=centre, who=people.who(), profile=people.profile())
    perform(entry.send_back, by=regulator, reason="incomplete")
    with pytest.raises(NotPermitted):
        perform(entry.correct, by=expert, who=people.who(), profile=people.profile())
    perform(entry.correct, by=centre, who=people.who(), profile=people.profile())
    assert entry.state == "applied"


def test_a_suspension_has_its_reason_article_and_end(regulator):
    entry = people.admitted()
    until = people.today() + timedelta(days=90)
    perform(entry.suspend, by=regulator, until=until, **SUSPENSION)
    assert entry.state == "suspended"
    running = entry.suspension
    assert (running.starts_on, running.ends_on, running.basis) == (people.today(), until, "招标投标法实施条例 71")
    assert last_entry()["data"] == {**SUSPENSION, "until": until.isoformat()}


def test_a_suspension_does_not_end_before_it_begins(regulator):
    entry = people.admitted()
    yesterday = people.today() - timedelta(days=1)
    refused(entry.suspend, "suspension_days_wrong", by=regulator, until=yesterday, **SUSPENSION)


def test_the_clock_resumes_after_the_last_day_and_the_keeper_earlier(regulator):
    early, late, running = people.admitted(), people.admitted(), people.admitted()
    for entry in (early, late, running):
        perform(entry.suspend, by=regulator, until=people.today(), **SUSPENSION)
    refused(running.resume, "suspension_runs", by=None)
    perform(early.resume, by=regulator)
    assert (early.state, early.suspensions.get().ended_on) == ("active", people.today())
    gone = people.today() - timedelta(days=1)
    late.suspensions.update(starts_on=gone, ends_on=gone)
    resume()
    states = {one.number: one.state for one in Expert.objects.all()}
    assert states == {early.number: "active", late.number: "active", running.number: "suspended"}


def test_a_removed_expert_stays_removed(regulator, expert):
    entry = people.admitted(by=expert)
    perform(entry.remove, by=regulator, reason="bribery", basis="招标投标法 56", decision_no="决〔2026〕2号")
    assert (entry.state, entry.drawable_on) == ("removed", None)
    with pytest.raises(WrongState):
        perform(entry.correct, by=expert, who=people.who(), profile=people.profile())


def test_leave_is_dated_and_does_not_overlap(expert):
    entry = people.admitted(by=expert)
    first, last = people.today() + timedelta(days=3), people.today() + timedelta(days=9)
    perform(entry.take_leave, by=expert, starts_on=first, ends_on=last)
    assert [(one.starts_on, one.ends_on) for one in entry.leaves.all()] == [(first, last)]
    refused(entry.take_leave, "leave_overlaps", by=expert, starts_on=last, ends_on=last)
    refused(entry.take_leave, "leave_days_wrong", by=expert, starts_on=last, ends_on=first)
    past = people.today() - timedelta(days=1)
    refused(entry.take_leave, "leave_days_wrong", by=expert, starts_on=past, ends_on=last)


def test_coming_back_ends_a_leave_today_and_gives_up_the_next(expert):
    entry = people.admitted(by=expert)
    refused(entry.end_leave, "not_on_leave", by=expert)
    perform(entry.take_leave, by=expert, starts_on=people.today(), ends_on=people.today() + timedelta(days=5))
    later = people.today() + timedelta(days=20)
    perform(entry.take_leave, by=expert, starts_on=later, ends_on=later)
    entry.leaves.filter(starts_on=people.today()).update(starts_on=people.today() - timedelta(days=2))
    perform(entry.end_leave, by=expert)
    assert [one.ends_on for one in entry.leaves.all()] == [people.today()]


def test_nobody_takes_leave_for_another(expert, regulator):
    entry = people.admitted()
    for person in (expert, regulator):
        with pytest.raises(NotPermitted):
            perform(entry.take_leave, by=person, starts_on=people.today(), ends_on=people.today())


def test_a_new_employer_leaves_the_one_before_on_record(expert):
    entry = people.admitted(by=expert)
    before = entry.employer
    since = people.today() - timedelta(days=10)
    perform(entry.move, by=expert, employer=people.employer(organisation="示范监理公司", starts_on=since))
    assert (last_entry()["type"], last_entry()["actor"]["id"]) == ("expert.employer_changed", "-")
    found = Expert.objects.get()
    assert found.employer.organisation == "示范监理公司"
    assert found.relations.get(pk=before.pk).ends_on == since


def test_the_same_employer_again_changes_nothing(regulator):
    entry = people.admitted()
    perform(entry.move, by=regulator, employer=people.employer(uscc=entry.employer.uscc))
    assert last_entry()["actor"]["role"] == "sector_regulator"
    assert last_entry()["actor"]["id"] != "-"
    assert Relation.objects.count() == 1


def test_relations_are_declared_and_ended(expert):
    entry = people.admitted(by=expert)
    began = date(2020, 1, 1)
    office = Tie(Kind.DIRECTORSHIP, Whose.SPOUSE, make.code(), "示范建材公司", began)
    perform(entry.declare, by=expert, ties=[office])
    ended = Tie(office.kind, office.whose, office.uscc, office.organisation, began, people.today())
    perform(entry.declare, by=expert, ties=[ended])
    assert [(r.kind, r.whose, r.ends_on) for r in entry.relations.filter(uscc=office.uscc)] == [
        ("directorship", "spouse", people.today())
    ]
    backwards = Tie(office.kind, office.whose, office.uscc, office.organisation, began, date(2019, 1, 1))
    refused(entry.declare, "tie_days_wrong", by=expert, ties=[backwards])


def test_the_keeper_sets_the_specialities(regulator, expert):
    entry = people.admitted(by=expert)
    with pytest.raises(NotPermitted):
        perform(entry.set_specialities, by=expert, codes=["C0301"])
    perform(entry.set_specialities, by=regulator, codes=["C0301", "A0601"])
    assert entry.codes == ["A0601", "C0301"]
    refused(entry.set_specialities, "speciality_unknown", by=regulator, codes=["Z1"])


def test_contact_changes_and_what_is_left_empty_stays(expert):
    entry = people.admitted(by=expert)
    was = entry.personal
    perform(entry.change_contact, by=expert, phone="139 1111 2222")
    now = Expert.objects.get().personal
    assert (now.phone, now.email, now.bank_account, now.name) == ("13911112222", was.email, was.bank_account, was.name)
    refused(entry.change_contact, "phone_wrong", by=expert, phone="1")


def test_a_recommended_expert_gets_an_account(centre, regulator, expert, owner):
    entry = perform(Expert().recommend, by=centre, who=people.who(), profile=people.profile())
    refused(entry.bind, "account_unsuitable", by=regulator, account=owner)
    perform(entry.bind, by=regulator, account=expert)
    expert.refresh_from_db()
    assert (Expert.objects.get().user, expert.name) == (expert, "欧***")
    other = perform(Expert().recommend, by=centre, who=people.who(), profile=people.profile())
    refused(other.bind, "account_unsuitable", by=regulator, account=expert)


def test_who_left_may_apply_again(expert, regulator):
    entry = people.admitted(by=expert)
    perform(entry.leave, by=expert)
    assert (entry.state, entry.drawable_on) == ("left", None)
    who = entry.personal
    perform(entry.correct, by=expert, who=who, profile=people.profile())
    perform(entry.admit, by=regulator)
    assert entry.drawable_on == people.today() + timedelta(days=30)


def test_who_grew_too_old_while_waiting_is_not_admitted(regulator):
    entry = people.applied()
    Expert.objects.filter(pk=entry.pk).update(field_since=people.today())
    refused(entry.admit, "experience_too_short", by=regulator)
