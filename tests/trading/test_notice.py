import pytest

from tests import make
from trading.errors import NotPermitted, RuleError
from trading.notice import Kind, Notice
from trading.transitions import perform

CONTENT = {"project": "村道排水沟整治工程", "reason": "too_few_qualified"}


@pytest.fixture
def notice(owner):
    """A published notice of a lot of the owner's."""
    made = Notice(lot=make.lot(owner=owner), kind=Kind.FAILURE, title="失败公告")
    return perform(made.publish, by=owner, content=CONTENT)


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(notice, owner):
    corrected = {**CONTENT, "project": "村道排水沟整治工程 一标段"}
    perform(notice.correct, by=owner, content=corrected, reason="项目名称有误")
    assert [(v.number, v.content, v.reason) for v in notice.versions.all()] == [
        (1, CONTENT, ""),
        (2, corrected, "项目名称有误"),
    ]
    assert len({version.sha256 for version in notice.versions.all()}) == 2


def test_an_incomplete_correction_changes_nothing(notice, owner):
    with pytest.raises(RuleError) as refusal:
        perform(notice.correct, by=owner, content={"project": "村道排水沟整治工程"}, reason="项目名称有误")
    assert refusal.value.code == "notice_incomplete"
    assert (notice.newest().number, Notice.objects.get().version) == (1, 1)


def test_a_stranger_corrects_nothing(notice, stranger):
    with pytest.raises(NotPermitted):
        perform(notice.correct, by=stranger, content=CONTENT, reason="项目名称有误")
    assert notice.newest().number == 1


def test_a_withdrawn_notice_stays_readable(notice, owner):
    perform(notice.withdraw, by=owner, reason="重复发布")
    assert notice.state == "withdrawn"
    assert (notice.newest().content, notice.newest().reason) == (CONTENT, "重复发布")
