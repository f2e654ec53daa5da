"""What "My work" offers those who act for a custodian: its key, the rehearsals, its shares; nothing to anybody else."""

from datetime import timedelta

import pyrage
import pytest
from django.utils import translation

from bids.custody import Custodian, Holder
from bids.custody_doors import CUSTODIANS
from tests import make
from tests.bids.tenders.conftest import DEADLINE, rehearse
from tests.bids.tenders.test_opening import begin, enter, release, tick
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def offered(person):
    """Return what waits for a person as a custodian: names of acts by holder."""
    person.__dict__.pop("_memberships", None)
    return {row.holder: [task.name for task in tasks] for row, tasks in CUSTODIANS.waiting(person)}


def test_a_new_custodian_is_offered_its_key_then_the_rehearsal_then_nothing(case, browser_of):
    Custodian.objects.filter(holder=Holder.BACKUP).delete()
    keeper = make.user(Role.NOTARY, of=make.organisation("公证处"))
    custodian = Custodian(lot=case.lot, holder=Holder.BACKUP, organisation=make.home(keeper))
    perform(custodian.appoint, by=case.agency)
    assert offered(keeper) == {"backup": ["give_key"]}
    assert f'href="/openings/custody/{custodian.pk}/"' in browser_of(keeper).get("/work/").content.decode()
    identity = pyrage.x25519.Identity.generate()
    perform(custodian.give_key, by=keeper, recipient=str(identity.to_public()))
    assert offered(keeper) == {"backup": ["rehearse"]}
    rehearse(case.custodian("backup"), keeper, identity)
    assert offered(keeper) == {}


def test_a_day_and_an_hour_before_the_deadline_the_rehearsal_is_offered(case):
    keeper, identity = case.keepers["backup"], case.identities["backup"]
    case.open()
    assert offered(keeper) == {}
    for before in (timedelta(hours=24), timedelta(hours=1)):
        case.clock.move_to(DEADLINE - before - timedelta(seconds=1), tick=False)
        assert offered(keeper) == {}
        case.clock.move_to(DEADLINE - before, tick=False)
        assert offered(keeper) == {"backup": ["rehearse"]}
        rehearse(case.custodian("backup"), keeper, identity)
        assert offered(keeper) == {}


def test_shares_wait_until_they_are_given_or_every_bid_is_decided(case):
    case.open()
    enter(case)
    opening = begin(case)
    keepers = case.keepers
    assert {name: offered(person) for name, person in keepers.items()} == {
        name: {name: ["give_shares"]} for name in keepers
    }
    release(case, opening, "agency")
    assert offered(keepers["agency"]) == {}
    assert offered(keepers["supervisor"]) == {"supervisor": ["give_shares"]}
    release(case, opening, "supervisor")
    tick()
    assert offered(keepers["backup"]) == {}


def test_nothing_is_offered_to_others_or_on_a_lot_that_stands_still(case, regulator, stranger):
    case.open()
    enter(case)
    begin(case)
    assert offered(stranger) == {}
    assert offered(case.owner) == {}
    perform(case.lot.suspend, by=regulator, reason="other")
    assert offered(case.keepers["backup"]) == {}


def test_labels_are_said_in_the_readers_language(case):
    case.open()
    enter(case)
    begin(case)
    with translation.override("zh-hans"):
        ((_row, (task,)),) = CUSTODIANS.waiting(case.keepers["backup"])
    assert task.label != "Give shares as a custodian"
