"""The daily snapshot: taken once, reproducible, and without anybody's personal data."""

from datetime import date, timedelta

import pytest

from experts import library, snapshot
from experts.due import take_snapshots
from experts.library import Standing
from experts.snapshot import Snapshot
from tests import make
from tests.experts import people
from trading import holiday_notice
from trading.errors import NotPermitted, RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
SUSPENSION = {"reason": "absent", "basis": "招标投标法实施条例 71", "decision_no": "决〔2026〕1号"}


def test_the_clock_takes_one_snapshot_a_day_and_its_root_is_in_the_ledger():
    people.admitted()
    people.admitted(cooled=False)
    people.applied()
    take_snapshots()
    take_snapshots()
    taken = Snapshot.objects.get()
    assert (taken.day, taken.size, taken.rehearsal) == (people.today(), 2, False)
    said = leaf.decode(bytes(AuditEvent.objects.get(type="library_snapshot.taken").leaf))["data"]
    assert {key: said[key] for key in ("format", "root", "n", "sha256", "day")} == {
        "format": "ggzy-library/1",
        "root": taken.root,
        "n": 2,
        "sha256": taken.sha256,
        "day": people.today().isoformat(),
    }
    assert sorted(row.standing for row in taken.experts()) == [Standing.COOLING, Standing.READY]


def test_an_empty_library_has_no_snapshot():
    people.applied()
    take_snapshots()
    assert not Snapshot.objects.exists()


def test_a_rehearsals_library_is_apart():
    people.admitted()
    unit = make.organisation(rehearsal=True)
    played = people.admitted(by=make.user(Role.EXPERT, of=unit))
    take_snapshots()
    sizes = {taken.rehearsal: taken.size for taken in Snapshot.objects.all()}
    assert sizes == {False: 1, True: 1}
    assert [row.number for row in Snapshot.objects.get(rehearsal=True).experts()] == [played.number]
    assert snapshot.latest(people.today(), rehearsal=True).rehearsal is True
    assert snapshot.latest(people.today() - timedelta(days=1), rehearsal=True) is None


def test_only_the_clock_takes_a_snapshot(regulator):
    with pytest.raises(NotPermitted):
        perform(Snapshot(day=people.today()).take, by=regulator)


def test_the_same_library_gives_the_same_file_and_another_does_not():
    people.admitted()
    expert = people.admitted()
    take_snapshots()
    taken = Snapshot.objects.get()
    again = library.write(snapshot.rows(taken.day, rehearsal=False), snapshot.salting(taken.day))
    assert (again.sha256, again.root) == (taken.sha256, taken.root)
    expert.held.filter(code="A0601").update(ends_on=people.today())
    changed = library.write(snapshot.rows(taken.day, rehearsal=False), snapshot.salting(taken.day))
    assert changed.root != taken.root


def test_a_file_that_was_changed_is_not_drawn_from():
    people.admitted()
    take_snapshots()
    taken = Snapshot.objects.get()
    with taken.file.open("rb") as file:
        content = file.read()
    with open(taken.file.path, "wb") as file:  # noqa: PTH123  # as an intruder would
        file.write(content.replace(b"\tready\t", b"\tcooling\t"))
    with pytest.raises(RuleError) as caught:
        taken.experts()
    assert caught.value.code == "library_altered"


def test_a_row_says_why_somebody_is_not_drawn(regulator, expert):
    entry = people.admitted(by=expert)
    until = people.today() + timedelta(days=5)
    perform(entry.take_leave, by=expert, starts_on=people.today(), ends_on=until)
    assert row(entry).standing == Standing.AWAY
    perform(entry.suspend, by=regulator, until=until, **SUSPENSION)
    assert row(entry).standing == Standing.SUSPENDED
    assert row(entry).away == ((people.today(), until), (people.today(), until))
    perform(entry.resume, by=regulator)
    assert row(entry).away == ((people.today(), until),)


def test_who_reached_the_age_limit_is_not_drawn():
    entry = people.admitted()
    later = date(people.today().year + 40, 1, 1)
    assert snapshot.row(entry, later, calendar=holiday_notice.calendar()).standing == Standing.AGED


def test_an_employer_of_three_years_ago_still_counts_and_an_earlier_one_does_not():
    entry = people.admitted()
    now = entry.employer.uscc
    recent, old = people.employer(), people.employer()
    since = snapshot.looked_back(people.today())
    for tie, last in ((recent, since), (old, since - timedelta(days=1))):
        entry.relations.create(
            kind="directorship",
            whose="self",
            uscc=tie.uscc,
            organisation=tie.organisation,
            starts_on=tie.starts_on,
            ends_on=last,
        )
    assert set(row(entry).organisations) == {now, recent.uscc}


def test_three_years_before_a_leap_day():
    assert snapshot.looked_back(date(2028, 2, 29)) == date(2025, 2, 28)


def row(entry):
    return snapshot.row(entry, people.today(), calendar=holiday_notice.calendar())
