"""The table of rules: every limit of the domain is there, dated, cited, and printed in docs/rules.md."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from itertools import pairwise

import pytest
from django.conf import settings
from django.core.management import call_command

from trading.rules import markdown, table
from trading.rules.rule import Direction, Roll, Unit

COUNTS = {"T": 22, "Q": 16, "G": 32, "L": 7, "A": 5, "V": 6, "M": 6, "F": 16, "R": 4, "X": 9}
LIMITS = {
    "T01": "≥ 5 d", "T02": "≥ 5 d", "T03": "≥B 3 d", "T04": "≥ 20 d", "T05": "≥B 15 d", "T06": "≥B 2 d",
    "T07": "≥B 10 d", "T08": "≤ 3 d", "T09": "≤ 0 d", "T10": "≤ 5 d", "T11": "≤ 3 d", "T12": "≥ 3 d",
    "T13": "≤ 30 d", "T14": "≤ 5 d", "T15": "≤ 15 d", "T16": "≤ 10 d", "T17": "≤ 3 wd", "T18": "≤ 30 wd",
    "T19": "1 to 2 y", "T19.fraud": "1 to 3 y", "T19.breach": "2 to 5 y", "T20": "= 0 d", "T21": "-", "T22": "-",
    "G01": "≥ 20 d", "G02": "≥ 5 wd", "G03": "≥ 5 wd", "G04": "≥B 15 d", "G04.prequal": "≥B 3 d", "G05": "≥ 3 wd",
    "G06": "≥B 3 wd", "G07": "≥ 10 d", "G08": "≥ 5 wd", "G09": "≤ 5 wd", "G10": "≤ 2 wd", "G11": "≤ 5 wd",
    "G12": "≤ 2 wd", "G13": "≥ 1 wd", "G14": "≤ 30 d", "G15": "≤ 2 wd", "G16": "≤ 7 wd", "G17": "≤ 5 wd",
    "G18": "= 20%", "G19": "≤ 5 wd", "G20": "≤ 3 wd", "G21": "≤ 7 wd", "G22": "≤ 7 wd", "G23": "≤ 15 wd",
    "G24": "≤ 5 wd", "G24.inform": "≤ 3 wd", "G25": "≤ 8 wd", "G25.reply": "≤ 5 wd", "G26": "≤ 30 wd",
    "G27": "≤ 30 d", "G28": "≥ 3", "G28.window": "≤ 12 m", "G28.ban": "1 to 3 y", "G29": "≤ 30 d",
    "G29.copy": "≤ 7 wd", "G29.inform": "≤ 3 wd", "G29.call": "≤ 2 wd", "G29.summary": "≤ 10 wd",
    "G29.review": "≤ 7 wd", "G29.publish": "≤ 1 wd", "G29.enrol": "≤ 2 wd", "G30": "≤ 1 wd", "G31": "≥ 3 y",
    "G32": "≤B 2 wd", "L01": "≥ 20 d", "L02": "≥ 10 d", "L03": "≤ 5 wd", "L04": "≤ 10 wd", "L05": "≥ 7 d",
    "L06": "≥ 2 d", "L07": "≥ 5 y", "A01": "≥ 20 wd", "A02": "≥ 5 wd", "A03": "≥ 10 wd", "A03.large": "≥ 20 wd",
    "A04": "≤ 5 wd", "A05": "≥ 5 wd", "V01": "≤ 15 wd", "V01.point": "≤ 30 d", "V02": "≤ 3 wd",
    "V02.process": "≤ 30 wd", "V03": "≤ 10 wd", "V03.handle": "≤ 15 wd", "V04": "≥B 1 wd", "V04.grade": "= 3 m",
    "V05": "-", "V06": "≤ 3 m", "V06.urged": "≤ 10 d", "V06.days": "≤ 90 d", "V06.days_urged": "≤ 7 d",
    "O04": "15 to 240 min", "Q01.procured": "≥ 3",
    "R01": "≥ 60 d", "Q01": "≥ 3", "Q02": "≥ 3", "Q03": "≥ 3", "Q04": "≥ 5, odd", "Q04.experts": "≥ 2/3",
    "Q05": "≤ 3", "Q06": "≤ 2%", "Q07": "≤ 10%", "Q08": "≤ 2%", "Q09": "≤ 10%", "Q10": "≤ 10%", "Q11": "≥ 30%",
    "Q11.services": "≥ 10%", "Q12": "10% to 20%", "Q12.works": "3% to 5%", "Q12.consortium": "4% to 6%",
    "Q12.consortium_works": "1% to 2%", "Q12.share": "≥ 30%", "Q13": "≥ 7, odd", "Q13.budget": "from 10000000 CNY",
    "Q14": "≥ 2", "Q15": "≥ 20%", "Q15.count": "≥ 1", "Q15.quality": "≥ 40%", "Q16": "≤ 50%",
    "M01": "from 4000000 CNY", "M02": "from 2000000 CNY", "M03": "from 1000000 CNY", "M04": "from 2000000 CNY",
    "M05": "from 10%", "M06": "from 30000000 CNY", "F01": "≥ 3 wd", "F02": "≥ 1 wd", "F03": "≥ 3 d",
    "F04": "≤ 30 d", "F05": "≥ 3", "F06": "≤ 2000000 CNY", "F07": "= 2", "F09": "≤ 1", "F11": "from 500000 CNY",
    "F12": "≥ 2", "F13": "≤ 1", "F14": "= 1", "F15": "= 25 d", "F16": "≥ 3 d",
    "X01": "≥ 8 y", "X02": "≤ 70 y", "X03": "≥ 30 d", "X04": "≤ 3",
    "X05": "≤B 48 h", "X06": "≥ 30", "X06.times": "≥ 3", "X07": "≤ 3", "X08": "= 15 min", "X08.attempts": "= 3",
    "X09": "≤ 30 min", "X09.supplement": "≤ 2 h",
}  # fmt: skip


@pytest.mark.parametrize(("letter", "number"), COUNTS.items())
def test_every_numbered_limit_is_in_the_table(letter, number):
    assert {f"{letter}{n:02}" for n in range(1, number + 1)} == {
        i for i in table.IDS if re.fullmatch(letter + r"\d\d", i)
    }


@pytest.mark.parametrize(("rule_id", "limit"), LIMITS.items())
def test_a_limit_reads_as_the_domain_states_it(rule_id, limit):
    assert markdown.limit(table.latest(rule_id)) == limit


def test_every_rule_cites_its_source_and_has_both_titles():
    assert [r.id for r in table.RULES if not (r.basis and r.en and r.zh)] == []


def test_every_period_names_its_events():
    assert [r.id for r in table.RULES if r.is_period and not (r.start and r.end)] == []


def test_a_working_day_limit_needs_no_roll():
    assert [r.id for r in table.RULES if r.unit is Unit.WORKING_DAYS and r.roll is not Roll.NONE] == []


def test_a_gap_before_an_event_does_not_roll():
    assert [r.id for r in table.RULES if r.direction is Direction.AT_LEAST_BEFORE and r.roll is not Roll.NONE] == []


@pytest.mark.parametrize("rule_id", table.IDS)
def test_versions_follow_each_other_without_overlap(rule_id):
    versions = table.versions(rule_id)
    assert [rule.version for rule in versions] == list(range(1, len(versions) + 1))
    for earlier, later in pairwise(versions):
        assert earlier.valid_to is not None
        assert earlier.valid_to + timedelta(days=1) == later.valid_from


@pytest.mark.parametrize(
    ("day", "amount"), [(date(2018, 5, 31), Decimal(2_000_000)), (date(2018, 6, 1), Decimal(4_000_000))]
)
def test_the_threshold_of_works_doubled_on_1_june_2018(day, amount):
    assert table.find("M01", day).yuan == amount


def test_the_deduction_for_small_firms_rose_on_1_july_2022():
    assert [table.find("Q12", date(2022, 6, 30)).number, table.find("Q12", date(2022, 7, 1)).number] == [
        Fraction(6, 100),
        Fraction(10, 100),
    ]


def test_an_unknown_id_is_named():
    with pytest.raises(table.UnknownRule, match=r"There is no rule T99\."):
        table.find("T99", date(2026, 1, 1))


def test_a_day_before_the_law_has_no_version():
    with pytest.raises(table.NotInForce, match="T04 was not in force on 1999-12-31"):
        table.find("T04", date(1999, 12, 31))


def test_numbers_of_another_unit_are_refused():
    rule = table.latest("F05")
    assert rule.count == 3
    with pytest.raises(TypeError):
        _ = rule.yuan
    with pytest.raises(TypeError):
        _ = rule.days
    with pytest.raises(TypeError):
        _ = table.latest("F06").count


def test_docs_rules_is_the_table():
    assert (settings.BASE_DIR / "docs" / "rules.md").read_text("utf-8") == markdown.document()


def test_the_command_prints_the_document_or_a_line_a_rule():
    document, lines = StringIO(), StringIO()
    call_command("rules", "--markdown", stdout=document)
    call_command("rules", stdout=lines)
    assert document.getvalue() == markdown.document()
    assert len(lines.getvalue().splitlines()) == len(table.RULES)
