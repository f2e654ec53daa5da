"""Taking the documents: by a registered enterprise, on record, and nobody's to know before the opening."""

import json
from datetime import timedelta

import pytest

from bids import taking
from bids.taking import Download, Taking
from tests import make
from tests.bids.tenders.conftest import DEADLINE, FROM, UNTIL
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.ledger import reveal
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.lot import Lot
from trading.notification import Notification
from trading.party import Role
from trading.transitions import perform

INSTANT = timedelta(microseconds=1)


def taking_of(case, person, **facts):
    given = {"lot": case.lot, "organisation": make.home(person), "email": "bid@example.org", **facts}
    return Taking(**given)


def take(case, person, **facts):
    return perform(taking_of(case, person, **facts).take, by=person)


def enterprises(number):
    return [make.user(Role.BIDDER) for _ in range(number)]


def test_documents_are_taken_while_they_are_offered(case, bidder, rival):
    case.announce()
    case.clock.move_to(FROM - INSTANT, tick=False)
    refused(taking_of(case, bidder).take, "documents_not_offered", by=bidder)
    case.clock.move_to(UNTIL - INSTANT, tick=False)
    assert take(case, bidder).state == "taken"
    case.clock.move_to(UNTIL, tick=False)
    refused(taking_of(case, rival).take, "documents_not_offered", by=rival)


def test_an_enterprise_takes_once_and_for_itself(case, bidder, rival):
    case.open()
    take(case, bidder)
    refused(taking_of(case, bidder).take, "already_taken", by=bidder)
    with pytest.raises(NotPermitted):
        perform(taking_of(case, bidder).take, by=rival)


def test_an_enterprise_of_rehearsals_takes_nothing_real(case, bidder):
    case.open()
    organisation = make.home(bidder)
    type(organisation).objects.filter(pk=organisation.pk).update(rehearsal=True)
    Lot.objects.filter(pk=case.lot.pk).update(rehearsal=False, clock_ahead=timedelta(0))
    organisation.refresh_from_db()
    refused(taking_of(case, bidder, organisation=organisation).take, "organisation_is_rehearsal", by=bidder)


def test_the_ledger_says_nothing_of_it_until_the_secret_time_is_over(case, bidder):
    case.open()
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    take(case, bidder)
    (event,) = AuditEvent.objects.exclude(pk__in=before)
    entry = bytes(event.leaf).decode()
    home = make.home(bidder)
    assert json.loads(entry)["type"] == "sealed.entry"
    assert not any(word in entry for word in (home.uscc, home.name, case.lot.code, "taking", str(bidder.pk) + '"'))
    assert SealedEntry.objects.get(type="documents.taken").opened_at is None


READERS = ("owner", "agency", "centre", "supervisor", "regulator", "auditor", "rival", "stranger", None)


def seen(api, people, case):
    """Return everything that somebody can read of the tender: bodies, tags, sizes."""
    paths = (
        f"tenders/{case.tender.pk}/",
        f"lots/{case.lot.code}/",
        f"takings/?lot__code={case.lot.code}",
        f"questions/?lot__code={case.lot.code}",
        f"documents/?lot__code={case.lot.code}",
        f"notices/?lot={case.lot.code}",
        "tenders/",
    )
    answers = {}
    for name, person in people.items():
        for path in paths:
            answer = api(person).get(path)
            answers[name, path] = (answer.status_code, answer.headers.get("ETag"), answer.content)
    return answers


@pytest.mark.parametrize("rehearsal", [True, False])
def test_nobody_can_tell_a_tender_that_nobody_took_from_one_that_seven_took(request, case, api, rehearsal):
    case.open()
    if not rehearsal:
        Lot.objects.filter(pk=case.lot.pk).update(rehearsal=False)
    people = {name: request.getfixturevalue(name) if name else None for name in READERS}
    empty = seen(api, people, case)
    for person in enterprises(7):
        take(case, person)
    assert seen(api, people, case) == empty
    assert {status for status, _tag, _body in empty.values()} == {200}


def test_identifiers_count_nobody(case):
    case.open()
    first, second = (take(case, person).pk for person in enterprises(2))
    assert abs(first - second) > 1_000_000


def test_an_enterprise_sees_its_own_and_the_parties_see_it_after_the_opening(case, bidder, rival, auditor, centre):
    case.open()
    own = take(case, bidder)

    def visible(person):
        return list(Taking.objects.visible_to(person))

    assert [visible(p) for p in (bidder, rival, case.owner, case.agency, auditor)] == [[own], [], [], [], []]
    reveal.open_sealed(case.lot.code, DEADLINE)
    assert [visible(p) for p in (bidder, rival, case.owner, case.agency, auditor)] == [[own], [], [own], [own], [own]]
    assert visible(centre) == []


def test_everybody_who_took_the_documents_is_told_once_of_a_change(case, bidder, rival):
    case.open()
    take(case, bidder)
    taking.tell_takers()
    assert not Notification.objects.exists()
    perform(case.fresh().extend, by=case.agency, deadline=DEADLINE + timedelta(days=1), reason="场地调整")
    taking.tell_takers()
    taking.tell_takers()
    told = Notification.objects.get()
    assert (told.organisation, told.text) == (make.home(bidder), "场地调整")
    take(case, rival)
    taking.tell_takers()
    assert list(Notification.objects.visible_to(rival)) == []


def test_a_file_fetched_twice_is_on_record_once(case, bidder):
    case.open()
    own = take(case, bidder)
    file = case.lot.tender_documents.get()
    taking.note_download(own, file)
    taking.note_download(own, file)
    assert Download.objects.count() == 1
