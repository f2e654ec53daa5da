from datetime import datetime, timedelta

import pytest

from tests import make
from tests.bids.conftest import PUBLISHED, case  # noqa: F401  # the comparison that publishes
from tests.refusals import refused
from trading import clock
from trading.errors import NotPermitted
from trading.notice import Kind, Notice
from trading.objection import Objection
from trading.party import Role
from trading.transitions import perform

CONTENT = {"project": "村道排水沟整治工程"}


@pytest.fixture
def notice(owner):
    """A notice that the owner posted beside the procedure."""
    made = Notice(lot=make.lot(owner=owner), kind=Kind.OTHER, title="现场踏勘通知")
    return perform(made.post, by=owner, content=CONTENT)


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(notice, owner):
    corrected = {**CONTENT, "project": "村道排水沟整治工程 一标段"}
    perform(notice.edit, by=owner, content=corrected, reason="项目名称有误")
    assert [(v.number, v.content, v.reason) for v in notice.versions.all()] == [
        (1, CONTENT, ""),
        (2, corrected, "项目名称有误"),
    ]
    assert len({version.sha256 for version in notice.versions.all()}) == 2


def test_an_incomplete_correction_changes_nothing(notice, owner):
    refused(notice.edit, "notice_incomplete", by=owner, content={"scope": "x"}, reason="项目名称有误")
    assert (notice.newest().number, Notice.objects.get().version) == (1, 1)


def test_a_stranger_corrects_nothing(notice, stranger):
    with pytest.raises(NotPermitted):
        perform(notice.edit, by=stranger, content=CONTENT, reason="项目名称有误")
    assert notice.newest().number == 1


def test_a_withdrawn_notice_stays_readable(notice, owner):
    perform(notice.retract, by=owner, reason="重复发布")
    assert notice.state == "withdrawn"
    assert (notice.newest().content, notice.newest().reason) == (CONTENT, "重复发布")


def test_a_notice_that_is_over_before_it_begins_is_refused(owner):
    made = Notice(lot=make.lot(owner=owner), kind=Kind.OTHER, title="通知")
    until = clock.now() - timedelta(days=1)
    error = refused(made.post, "period_over", by=owner, content=CONTENT, until=until)
    assert error.basis == "招标投标法 5"


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.OTHER}))
def test_no_hand_publishes_a_procedures_notice(api, owner, kind):
    lot = make.lot(owner=owner)
    body = {"lot": lot.code, "kind": kind, "title": "结果公示", "content": {"project": "某项目"}}
    answer = api(owner).post("notices/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "procedure_notice")
    assert answer.json()["basis"] == "招标投标法实施条例 15, 54"
    assert answer.json()["next_step"]
    assert not Notice.objects.exists()


@pytest.mark.parametrize("act", ["publish", "correct", "withdraw"])
def test_the_acts_of_a_procedures_notice_have_no_address(api, owner, notice, act):
    assert api(owner).post(f"notices/{notice.pk}/{act}/", {}, match=notice.version).status_code == 404


def test_no_hand_withdraws_a_procedures_notice(case):  # noqa: F811
    case.open()
    refused(case.fresh().notice.retract, "procedure_notice", by=case.owner, reason="x")
    assert case.fresh().notice.state == "published"


FIXED = {
    "fixed_price": "1.00",
    "registration_until": "2030-01-01T00:00:00Z",
    "draw_at": "2031",
    "draw_place": "别处",
    "owner": "别的单位",
    "added": "x",
}


@pytest.mark.parametrize(("item", "value"), FIXED.items())
def test_a_correction_leaves_what_the_record_says(case, item, value):  # noqa: F811
    case.open()
    notice = case.fresh().notice
    content = {**notice.newest().content, item: value}
    error = refused(notice.edit, "recorded_fields_fixed", by=case.owner, content=content, reason="更正")
    assert (error.params["items"], error.basis) == (item, "招标投标法实施条例 15, 54")
    assert notice.newest().number == 1


def test_a_correction_of_the_list_leaves_who_is_on_it(case):  # noqa: F811
    case.open()
    for _ in range(3):
        case.register()
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    notice = case.lot.notices.get(kind=Kind.DRAW_LIST)
    content = notice.newest().content
    shorter = {**content, "enterprises": content["enterprises"][:1]}
    refused(notice.edit, "recorded_fields_fixed", by=case.owner, content=shorter, reason="更正")
    contact = {**content, "objection_channel": "书面或邮件"}
    assert perform(notice.edit, by=case.owner, content=contact, reason="渠道").newest().content == contact


def upheld_objection(case):  # noqa: F811
    """Announce; one who reads the notice objects to it, and the owner upholds the objection."""
    case.fix_price()
    case.announce()
    organisation = make.organisation()
    raised = Objection(lot=case.lot, organisation=organisation, matter="notice", text="资格条件歧视")
    perform(raised.raise_, by=make.user(Role.BIDDER, of=organisation))
    return perform(raised.answer, by=case.owner, reply="成立", outcome="upheld")


def test_an_edit_that_changes_nothing_is_refused_and_meets_no_objection(case):  # noqa: F811
    upheld_objection(case)
    notice = case.fresh().notice
    content = notice.newest().content
    for same in (content, {**content, "scope": f" {content['scope']} "}):
        error = refused(notice.edit, "nothing_corrected", by=case.owner, content=same, reason="更正")
        assert (error.basis, bool(error.next_step)) == ("招标投标法实施条例 21, 22", True)
    assert (notice.newest().number, Objection.objects.get().state) == (1, "answered")


@pytest.mark.parametrize(
    ("item", "state"),
    [("contact", "answered"), ("objection_channel", "carried_out"), ("qualification", "carried_out")],
)
def test_only_an_edit_of_substance_meets_an_upheld_objection(case, item, state):  # noqa: F811
    upheld_objection(case)
    notice = case.fresh().notice
    content = {**notice.newest().content, item: "更正后的内容"}
    perform(notice.edit, by=case.owner, content=content, reason="更正")
    assert Objection.objects.get().state == state


def test_terms_change_only_while_the_whole_period_is_ahead(case):  # noqa: F811
    case.fix_price()
    case.announce()
    notice = case.fresh().notice
    content = {**notice.newest().content, "qualification": "市政公用工程施工总承包二级及以上"}
    changed = perform(notice.edit, by=case.owner, content=content, reason="资格条件更正")
    assert changed.newest().content["qualification"] == content["qualification"]
    case.clock.move_to(PUBLISHED + timedelta(days=2))
    later = {**content, "qualification": "特级资质"}
    error = refused(notice.edit, "terms_too_late", by=case.owner, content=later, reason="更正")
    assert error.params["rule"] == "F01"
    assert "招标投标法实施条例 21" in error.basis
    assert error.next_step


@pytest.mark.parametrize(
    ("kind", "days", "rule"),
    [(Kind.DRAW_RESULT, 2, "F03"), (Kind.CANDIDATES, 2, "T12"), (Kind.PROCUREMENT, 4, "G02")],
)
def test_a_publicity_shorter_than_its_rule_is_refused_with_its_article(case, kind, days, rule):  # noqa: F811
    made = Notice(lot=case.lot, kind=kind, title="公示")
    until = datetime(2026, 3, 2 + days + 1, tzinfo=clock.LOCAL)
    error = refused(made.publish, "limit_not_met", by=case.owner, content=CONTENT, until=until)
    assert error.params["rule"] == rule
    assert error.basis
    refused(made.publish, "period_missing", by=case.owner, content=CONTENT)
