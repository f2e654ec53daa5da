"""The tags of our pages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.apps import apps
from django.template import Context, Template
from django.utils import translation

from config import icons, states
from config.style import SampleForm
from trading.transitions import Machine

MORNING = datetime(2026, 3, 17, 1, 30, 5, tzinfo=UTC)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values)).strip()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(1850000), "¥1,850,000.00"),
        ("1234.5", "¥1,234.50"),
        ({"amount": "10.00", "currency": "CNY"}, "¥10.00"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_money_has_thousands_and_cents(value: object, text: str):
    assert text in shown("{% money value %}", value=value)


def test_money_is_written_in_words_where_a_document_needs_it():
    assert "壹佰捌拾伍万元整" in shown("{% money value capital=True %}", value=Decimal(1850000))


def test_a_moment_is_shown_in_the_countys_time_with_its_offset():
    text = shown("{% moment value %}", value=MORNING)
    assert 'datetime="2026-03-17T09:30:05+08:00">2026-03-17 09:30 <small' in text
    assert "+08:00</small>" in text
    assert ">2026-03-17 09:30:05</time>" in shown("{% moment value seconds=True zone=False %}", value=MORNING)


def test_a_day_is_shown_as_a_day_and_nothing_as_a_dash():
    assert shown("{% moment value %}", value=date(2026, 3, 17)).endswith(">2026-03-17</time>")
    assert shown("{% moment value %}", value=None) == "—"


def test_a_hash_is_short_and_its_whole_at_hand():
    text = shown("{% hash value %}", value=HASH)
    assert "9f86d08188…f00a08" in text
    assert f'data-copy="{HASH}"' in text
    assert f">{HASH}<" in shown("{% hash value full=True %}", value=bytes.fromhex(HASH))
    assert shown("{% hash value %}", value=None) == "—"


@pytest.mark.parametrize("name", list(states.STATES))
def test_every_state_has_colour_words_and_shape(name: str):
    noun, _dot, code = name.rpartition(".")
    text = shown("{% state_tag value %}", value=SimpleNamespace(state=code, noun=noun))
    assert f'class="tag is-{states.STATES[name].tone}" data-state="{code}"' in text
    assert icons.SHAPES[states.STATES[name].tone] in text
    assert str(states.STATES[name].words) in text


def test_every_state_of_a_record_has_its_words():
    machines = [model for model in apps.get_models() if issubclass(model, Machine)]
    reached = {
        str(step.target)
        for model in machines
        for step in model._meta.get_field("state").get_all_transitions(model)
        if step.target
    }
    assert sorted(code for code in reached if code not in states.STATES) == []


def test_an_unlisted_state_is_shown_by_its_own_name():
    assert "Half done" in shown("{% state_tag 'half_done' %}")
    assert "改正" in shown("{% state_tag 'half_done' '改正' 'warning' %}")


STAGES = [("a", "登记"), ("b", "抽取", MORNING), ("c", "合同")]


@pytest.mark.parametrize(
    ("call", "standings"),
    [
        ('stages "b"', ["done", "current", "ahead"]),
        ('stages "b" stopped=True', ["done", "stopped", "ahead"]),
        ('stages "*"', ["done", "done", "done"]),
        ('stages "unknown"', ["ahead", "ahead", "ahead"]),
    ],
)
def test_the_stage_track_says_what_is_done(call: str, standings: list[str]):
    text = shown(f"{{% stage_track {call} %}}", stages=STAGES)
    assert [part.split('"')[0] for part in text.split('<li class="is-')[1:]] == standings


def test_a_field_links_label_hint_and_error():
    form = SampleForm({}, auto_id="x_%s")
    text = shown("{% field form.name %}", form=form)
    assert '<label class="label" for="x_name">' in text
    assert 'aria-describedby="x_name_hint x_name_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="x_name_error"' in text
    assert 'id="x_name_hint"' in text


def test_choices_stand_in_a_fieldset_and_a_tick_beside_its_words():
    form = SampleForm()
    assert "<fieldset" in shown("{% field form.way %}", form=form)
    assert '<label class="choice" for="id_read"><input type="checkbox"' in shown("{% field form.read %}", form=form)


def test_a_hidden_field_is_only_itself():
    class Hidden(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput, initial=3)

    text = shown("{% field form.version %}", form=Hidden())
    assert text == '<input type="hidden" name="version" value="3" id="id_version">'


def test_the_error_summary_names_and_links_each_field():
    form = SampleForm({"name": "x"})
    form.add_error(None, "整体不符")
    text = shown("{% error_summary form nothing %}", form=form, nothing=None)
    assert '<a href="#id_uscc">统一社会信用代码：' in text
    assert "<li>整体不符</li>" in text
    assert shown("{% error_summary form %}", form=SampleForm()) == ""


def test_a_countdown_carries_its_moment_and_the_rehearsals_clock():
    text = shown("{% countdown due ahead=ahead %}", due=MORNING + timedelta(days=90_000), ahead=timedelta(hours=1))
    assert 'data-ahead="3600000"' in text
    assert "截止：" in text
    assert "is-over" in shown("{% countdown due %}", due=MORNING - timedelta(days=3650))


def test_small_tags():
    assert shown("{% icon 'sun' %}").startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"')
    assert 'role="img" aria-label="太阳"' in shown("{% icon 'sun' '太阳' %}")
    assert shown("{% crumb '此页' %}") == '<li><span aria-current="page">此页</span></li>'
    assert shown("{% crumb '设计' 'style' %}") == '<li><a href="/style/">设计</a></li>'
    assert shown("{% path_to 'no_such_page' %}") == ""
    assert "招标投标法 28" in shown("{% basis '招标投标法 28' %}")
    assert shown("{% json_for value 'facts' %}", value={"a": "</script>"}).count("</script>") == 1
    assert shown("{{ '张三丰'|masked }}") == "张**"


@pytest.mark.parametrize(
    ("given", "text"),
    [(True, "是"), (None, "—"), (timedelta(days=2, hours=19), "67.0 小时"), (Decimal("1234.5"), "¥1,234.50"), (7, "7")],
)
def test_a_fact_reads_as_its_kind_does(given: object, text: str):
    assert text in shown("{% value given %}", given=given)
