"""The public pages of comparisons: what they show, what they keep secret, how a rehearsal is marked."""

import json

from tests import make
from trading.lot import Lot
from trading.party import Role
from trading.transitions import perform

REHEARSAL = "This did not happen"


def path_of(case):
    return f"/comparisons/{case.comparison.pk}/"


def test_the_list_shows_an_announced_comparison_and_filters_it(english, registering):
    case, _registration = registering
    shown = english.get("/comparisons/")
    assert shown.status_code == 200
    assert case.lot.code in shown.text
    assert "¥1,710,000.00" in shown.text
    assert case.lot.code in english.get("/comparisons/?state=registering&year=2026&region=410900").text
    assert case.lot.code not in english.get("/comparisons/?state=drawing").text
    assert english.get("/comparisons/?state=nothing").status_code == 200


def test_a_comparison_that_is_not_announced_is_not_there(english, case):
    assert english.get(path_of(case)).status_code == 404
    assert case.lot.code not in english.get("/comparisons/").text


def test_a_rehearsal_is_marked_and_in_no_list(english, registering):
    case, _registration = registering
    assert REHEARSAL not in english.get(path_of(case)).text
    Lot.objects.filter(pk=case.lot.pk).update(rehearsal=True)
    assert REHEARSAL in english.get(path_of(case)).text
    assert case.lot.code not in english.get("/comparisons/").text


def test_before_the_list_the_page_tells_neither_who_nor_how_many(english, browser_of, registering, case):
    case, registration = registering
    code, name = registration.organisation.uscc, registration.organisation.name
    before = english.get(path_of(case)).text
    case.register()
    after = english.get(path_of(case)).text
    assert code not in after
    assert f">{name}<" not in after
    assert "The list is not published yet" in after
    ids = [line for line in after.splitlines() if "csrf" not in line and "server" not in line and "root" not in line]
    assert len(ids) == len(
        [line for line in before.splitlines() if "csrf" not in line and "server" not in line and "root" not in line]
    )
    stranger = browser_of(make.user(Role.BIDDER))
    assert code not in stranger.get(path_of(case)).text


def test_the_page_shows_price_stages_basis_and_what_comes_next(english, registering):
    case, _registration = registering
    text = english.get(path_of(case)).text
    assert "¥1,800,000.00" in text
    assert "0.0500" in text
    assert "县财政评审中心" in text
    assert case.comparison.legal_basis.document_no in text
    assert 'aria-current="step"' in text
    assert "Registration closes in" in text
    assert case.notice.sha256 in text


def test_the_published_list_is_numbered_and_searched(english, listed):
    rows = list(listed.lot.registrations.filter(number__isnull=False).select_related("organisation"))
    text = english.get(path_of(listed)).text
    assert [row.organisation.uscc in text for row in rows] == [True, True, True]
    assert "3 qualified enterprises" in text
    found = english.get(path_of(listed) + f"?find={rows[1].organisation.uscc.lower()}").text
    assert rows[1].organisation.uscc in found
    assert f"<code>{rows[0].organisation.uscc}</code>" not in found
    assert "not on the list" in english.get(path_of(listed) + "?find=%00nobody").text


def test_an_owner_sees_the_act_that_is_open_and_a_visitor_none(english, browser_of, case):
    case.fix_price()
    assert f"{path_of(case)}announce/" in browser_of(case.owner).get(path_of(case)).text
    case.announce()
    assert "announce/" not in english.get(path_of(case)).text


def test_a_receipt_goes_to_its_enterprise_alone_and_is_checked(english, browser_of, registering):
    case, registration = registering
    path = f"/registrations/{registration.pk}/receipt.json"
    own = browser_of(make.user(Role.BIDDER, of=registration.organisation))
    answer = own.get(path)
    assert answer.status_code == 200
    assert registration.organisation.uscc in json.loads(answer.content)["sealed"]["inner"]
    assert browser_of(make.user(Role.BIDDER)).get(path).status_code == 404
    assert browser_of(case.owner).get(path).status_code == 404
    assert english.get(path).status_code == 302
    told = english.post("/ledger/receipt/", {"text": answer.text})
    assert "Signed by us; the entry waits" in told.text
    assert registration.organisation.uscc in told.text


def test_a_failed_comparison_says_why(english, registering):
    case, registration = registering
    case.settle(case.close())
    perform(case.fresh().fail, by=case.owner)
    text = english.get(path_of(case)).text
    assert "Too few enterprises were qualified." in text
    assert registration.organisation.uscc not in text


def test_who_is_registered_is_shown_its_registration_and_not_the_form(browser_of, registering):
    case, registration = registering
    form = f'href="{path_of(case)}register/"'
    own = browser_of(make.user(Role.BIDDER, of=registration.organisation)).get(path_of(case)).content.decode()
    assert form not in own
    assert f'href="/registrations/{registration.pk}/"' in own
    assert form in browser_of(make.user(Role.BIDDER)).get(path_of(case)).content.decode()
    assert form in browser_of(None).get(path_of(case)).content.decode()
