"""Questions and answers: in public, the asker hidden; an answer that changes the documents is an amendment."""

from datetime import timedelta

import pytest

from bids import taking
from bids.clarification import Question, names
from tests import make
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_taking import take
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.notice import Kind, Notice
from trading.notification import Notification
from trading.party import Organisation
from trading.transitions import perform

DAY = timedelta(days=1)
TEXT = "路面厚度以图纸还是以清单为准？"


def question_of(case, person, text=TEXT):
    return Question(lot=case.lot, organisation=make.home(person), text=text)


def asked(case, person):
    case.open()
    take(case, person)
    return perform(question_of(case, person).ask, by=person)


def test_only_who_took_the_documents_asks(case, bidder, rival):
    asked(case, bidder)
    refused(question_of(case, rival).ask, "documents_not_taken", by=rival)
    with pytest.raises(NotPermitted):
        perform(question_of(case, bidder).ask, by=case.owner)


def test_nobody_asks_after_the_deadline(case, bidder):
    asked(case, bidder)
    case.clock.move_to(DEADLINE, tick=False)
    refused(question_of(case, bidder).ask, "not_the_time_to_ask", by=bidder)


@pytest.mark.parametrize(
    "text",
    [
        "我方{name}请问工期",
        "{spaced}请问",
        "统一代码 {uscc}",
        "代码{wide}",
        "蜀道请问工期",
    ],
)
def test_a_question_that_names_its_asker_is_refused(case, bidder, text):
    case.open()
    take(case, bidder)
    home = make.home(bidder)
    Organisation.objects.filter(pk=home.pk).update(name="四川蜀道建设有限责任公司")
    home.refresh_from_db()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in home.uscc)
    spaced = " ".join("四川蜀道建设")
    said = text.format(name=home.name, spaced=spaced, uscc=home.uscc.lower(), wide=wide)
    question = Question(lot=case.lot, organisation=home, text=said)
    if "蜀道请问" in said:
        assert perform(question.ask, by=bidder).state == "asked"  # two words of a name tell nobody
    else:
        refused(question.ask, "asker_named", by=bidder)


def test_the_person_in_charge_names_the_asker_too():
    organisation = Organisation(uscc="91410900000000001X", name="甲公司", responsible_person="诸葛亮")
    assert names("联系人诸葛 亮", organisation)
    assert not names("诸葛先生", organisation)


def test_the_asker_is_in_no_view_and_not_in_the_ledger(case, bidder, api, centre, auditor):
    question = asked(case, bidder)
    home = make.home(bidder)
    for person in (None, case.owner, case.agency, centre, auditor, bidder):
        body = api(person).get(f"questions/{question.pk}/").json()
        assert body["text"] == TEXT
        assert not {"organisation", "created_at", "uscc"} & set(body)
        assert home.uscc not in str(body)
    sealed = SealedEntry.objects.get(type="question.asked")
    assert home.uscc.encode() not in bytes(sealed.inner)  # not even once it is opened
    assert not any(home.uscc.encode() in bytes(e.leaf) for e in AuditEvent.objects.filter(type="sealed.entry"))


def test_an_answer_is_public_and_everybody_who_took_the_documents_is_told(case, bidder, rival):
    question = asked(case, bidder)
    take(case, rival)
    perform(question.answer, by=case.agency, reply="以清单为准。")
    content = Notice.objects.get(kind=Kind.OTHER).newest().content
    assert (content["question"], content["reply"]) == (TEXT, "以清单为准。")
    taking.tell_takers()
    assert {n.organisation for n in Notification.objects.all()} == {make.home(bidder), make.home(rival)}


def test_an_answer_that_changes_the_documents_is_an_amendment_with_its_check(case, bidder):
    question = asked(case, bidder)
    case.clock.move_to(DEADLINE - 14 * DAY, tick=False)
    facts = {"reply": "以修改后的清单为准。", "changes_documents": True, "documents": [case.file("清单修改")]}
    refused(question.answer, "amendment_too_late", by=case.agency, **facts)
    perform(question.answer, by=case.agency, deadline=DEADLINE + DAY, **facts)
    assert (Question.objects.get().changed_to, case.fresh().deadline) == (2, DEADLINE + DAY)
    assert TEXT in Notice.objects.get(kind=Kind.CHANGE).newest().content["changes"]


def test_changed_documents_and_the_answer_that_changes_them_come_together(case, bidder):
    question = asked(case, bidder)
    refused(question.answer, "amendment_missing", by=case.agency, reply="改。", changes_documents=True)
    files = [case.file("清单修改")]
    refused(question.answer, "amendment_missing", by=case.agency, reply="不改。", documents=files)


def test_a_rival_answers_nothing(case, bidder, rival):
    question = asked(case, bidder)
    with pytest.raises(NotPermitted):
        perform(question.answer, by=rival, reply="以图纸为准。")
