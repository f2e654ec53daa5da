"""Which methods are lawful for which lot, and how they read in words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids import method_rules, method_words
from bids.evaluation.methods import METHODS
from bids.method_rules import PROCUREMENT, TENDER, Case
from trading.errors import RuleError

ON = date(2026, 3, 2)


def case(kind=TENDER, category="works", ceiling="4900000.00"):
    return Case("E1", kind, category, None if ceiling is None else Decimal(ceiling), ON)


GOODS = case(PROCUREMENT, "goods")
SCORED = {"method": "comprehensive_scoring"}
TECHNICAL = {"id": "技术", "kind": "expert", "weight": "60", "max": "100"}
PRICE = {"id": "价格", "kind": "price", "weight": "40"}


def refusal(of, terms, drawn=None):
    with pytest.raises(RuleError) as caught:
        method_rules.check(of, terms, drawn or {})
    assert caught.value.basis
    assert caught.value.next_step
    return caught.value


def benchmark(**terms):
    return {
        "method": "benchmark",
        "parts": [PRICE, TECHNICAL],
        "benchmark": {"rule": "B2", "deduct_above": "1", "deduct_below": "0.5", **terms},
    }


@pytest.mark.parametrize("kind", [TENDER, PROCUREMENT])
@pytest.mark.parametrize("category", ["works", "goods", "services"])
def test_what_is_proposed_is_lawful(kind, category):
    document = method_rules.check(case(kind, category), method_rules.proposal(kind, category), {})
    assert document.method in method_rules.ALLOWED[kind]
    assert sum(part.weight for part in document.parts) == 100


@pytest.mark.parametrize("kind", [TENDER, PROCUREMENT])
@pytest.mark.parametrize("method", METHODS)
def test_a_method_of_the_other_regime_is_refused(kind, method):
    if method in method_rules.ALLOWED[kind]:
        return
    found = refusal(case(kind, "goods"), {"method": method, "parts": [PRICE, TECHNICAL]})
    assert (found.code, found.basis) == ("method_not_allowed", method_rules.BASIS[kind])


@pytest.mark.parametrize(
    "parts",
    [
        [PRICE, {**TECHNICAL, "weight": "59.99"}],
        [PRICE, TECHNICAL, {"id": "商务", "kind": "fixed", "weight": "0.01"}],
        [{"id": "价格", "kind": "price"}, {"id": "技术", "kind": "expert", "max": "100"}],
        [{**PRICE, "weight": "99"}],
        [{"id": "加分", "kind": "fixed"}],
        [{"id": "技术", "kind": "expert"}],
    ],
)
def test_weights_that_do_not_make_100_are_refused(parts):
    assert refusal(case(), {**SCORED, "parts": parts}).code == "weights_not_100"


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=8))
def test_only_whole_hundreds_pass(cents):
    parts = [
        {"id": str(n), "kind": "fixed", "weight": f"{each // 100}.{each % 100:02}"} for n, each in enumerate(cents)
    ]
    terms = {**SCORED, "parts": parts}
    if sum(cents) == 10_000:
        assert method_rules.check(case(), terms, {}).parts
    else:
        assert refusal(case(), terms).code == "weights_not_100"


@pytest.mark.parametrize("floor", sorted(method_rules.FLOORS))
def test_a_least_price_is_refused_wherever_it_stands(floor):
    assert refusal(case(), {**SCORED, floor: "4000000"}).code == "floor_price_forbidden"
    assert refusal(case(), benchmark(**{floor.upper(): "4000000"})).code == "floor_price_forbidden"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e2", "4" * 40, "-1", "1,000", "", 40, 40.5, True])
def test_numbers_are_read_strictly(number):
    terms = {**SCORED, "parts": [{**PRICE, "weight": number}, TECHNICAL]}
    found = refusal(case(), terms)
    assert found.code == "method_unreadable"
    assert "/parts/0/weight" in found.detail
    assert refusal(case(), benchmark(k=number)).code == "method_unreadable"


def test_what_cannot_be_read_is_named_with_its_place():
    found = refusal(case(), {**SCORED, "parts": [PRICE, TECHNICAL], "best": 1, "tie": ["first_come"]})
    assert (found.code, found.status) == ("method_unreadable", 400)
    assert "/best: unknown key" in found.detail
    assert "/tie/0" in found.detail
    assert refusal(case(), {}).code == "method_unreadable"
    mixed = {"rule": "B6", "k1": "1", "k2": "1", "q1": "0.5", "deduct_above": "1", "deduct_below": "1"}
    found = refusal(case(ceiling=None), {**benchmark(), "benchmark": mixed})
    assert found.detail.endswith("lacks ceiling, which the benchmark needs")


@pytest.mark.parametrize(("category", "weight", "lawful"), [
    ("goods", "30", True), ("goods", "29.99", False), ("services", "10", True), ("services", "9.99", False),
    ("works", "5", True),
])  # fmt: skip
def test_the_price_weighs_what_procurement_asks_for(category, weight, lawful):
    rest = str(100 - Decimal(weight))
    terms = {**SCORED, "parts": [{**PRICE, "weight": weight}, {**TECHNICAL, "weight": rest}]}
    of = case(PROCUREMENT, category)
    if lawful:
        assert method_rules.check(of, terms, {})
    else:
        found = refusal(of, terms)
        assert (found.code, "55" in found.basis) == ("price_weight_too_low", True)


def test_a_price_alone_is_the_whole_and_none_is_too_little():
    alone = {**SCORED, "parts": [{"id": "价格", "kind": "price"}]}
    assert method_rules.check(GOODS, alone, {}).parts
    without = {**SCORED, "parts": [{**TECHNICAL, "weight": "100"}]}
    assert refusal(GOODS, without).code == "price_weight_too_low"
    assert method_rules.check(case(), without, {}).parts


@pytest.mark.parametrize(("category", "rate", "lawful"), [
    ("goods", "0.10", True), ("goods", "0.20", True), ("goods", "0.2001", False), ("goods", "0.07", False),
    ("goods", "0.05", True), ("works", "0.05", True), ("works", "0.06", False), ("services", "0.03", False),
])  # fmt: skip
def test_deductions_keep_the_ranges_of_the_law(category, rate, lawful):
    terms = {"method": "lowest_evaluated_price", "deductions": [{"id": "小微", "rate": rate}]}
    if lawful:
        assert method_rules.check(case(PROCUREMENT, category), terms, {})
    else:
        assert refusal(case(PROCUREMENT, category), terms).code == "deduction_out_of_range"
    assert method_rules.check(case(), {"method": "lowest_evaluated_tender", "deductions": terms["deductions"]}, {})


def test_equal_totals_of_procurement_rank_by_the_lower_price_first():
    terms = {**SCORED, "parts": [PRICE, TECHNICAL]}
    assert refusal(GOODS, {**terms, "tie": ["技术_desc", "price_asc"]}).code == "tie_not_lawful"
    for tie in (["total_desc", "price_asc", "技术_desc"], ["price_asc", "draw"], [], ["total_desc"]):
        assert method_rules.check(GOODS, {**terms, "tie": tie}, {})


K = {"name": "k", "values": ["0.95", "0.96", "0.97"]}


@pytest.mark.parametrize(
    ("drawn", "more"),
    [
        ({"when": "after_reading", "parameters": [{**K, "name": "q1"}]}, {}),
        ({"when": "after_reading", "parameters": [K]}, {"K": "0.9"}),
        ({"when": "after_reading", "parameters": [K, K]}, {}),
        ({"when": "after_reading", "parameters": [{**K, "values": ["0.95"]}]}, {}),
        ({"when": "after_reading", "parameters": [{**K, "values": ["0.95", "0.95"]}]}, {}),
        ({"when": "after_reading", "parameters": [{**K, "values": ["0.95", "9" * 21]}]}, {}),
        ({"when": "later", "parameters": [K]}, {}),
        ({"parameters": [K]}, {}),
    ],
)
def test_only_a_free_parameter_with_values_and_a_moment_is_drawn(drawn, more):
    assert refusal(case(), benchmark(**more), drawn).code == "parameter_not_drawable"


def test_nothing_is_drawn_of_a_method_without_benchmark():
    drawn = {"when": "after_reading", "parameters": [K]}
    assert refusal(case(), {**SCORED, "parts": [PRICE, TECHNICAL]}, drawn).code == "parameter_not_drawable"


def test_every_value_is_read_as_if_it_had_been_drawn():
    drawn = {"when": "before_reading", "parameters": [K, {"name": "band", "values": ["0.1", "0.2"]}]}
    found = method_rules.check(case(), benchmark(), drawn)
    assert (found.benchmark.numbers["k"] * 100, found.benchmark.numbers["band"] * 10) == (95, 1)
    wrong = {**drawn, "parameters": [{**K, "values": ["0.95", "2.01"]}]}
    assert refusal(case(), benchmark(), wrong).code == "method_unreadable"


GROUPS = [{"name": "group_b", "values": ["3"]}, {"name": "group_c", "values": ["2"]}]
B5 = {"rule": "B5", "k": "1", "delta": "0.05"}


def test_groups_of_bids_are_drawn_after_the_reading_out():
    terms, drawn = benchmark(**B5), {"when": "after_reading", "parameters": GROUPS}
    assert method_rules.check(case(), terms, drawn).benchmark.rule == "B5"
    assert refusal(case(), terms, {**drawn, "when": "before_reading"}).code == "parameter_not_drawable"
    for count in ("0", "x", "100", "1.5"):
        wrong = {**drawn, "parameters": [{"name": "group_b", "values": [count]}, GROUPS[1]]}
        assert refusal(case(), terms, wrong).code == "parameter_not_drawable"
    assert refusal(case(), terms).code == "method_unreadable"


# Words


def words(of, terms, drawn=None):
    document = method_rules.check(of, terms, drawn or {})
    return method_words.lines(document, drawn or {}, of.kind)


def test_a_method_reads_in_both_languages_with_its_numbers():
    lines = words(GOODS, method_rules.proposal(PROCUREMENT, "goods"))
    zh, en = ("\n".join(text) for text in zip(*lines, strict=True))
    assert "评标方法：综合评分法。" in zh
    assert "“价格” 40 分：最低评审价 ÷ 该投标的评审价 × 40。" in zh
    assert "最高投标限价 4900000.00 元" in zh
    assert "“小微企业”：评审价按投标报价扣除 10%，只用于评审。" in zh
    assert "并列时依次比较：总得分高者优先、投标报价低者优先、由平台选择器公开随机抽取。" in zh
    assert "87号令 31" in zh
    assert "45 % of the ceiling" in en
    assert "Only the total is rounded: 2 places, half up." in en


def test_a_works_benchmark_says_rule_deviation_and_what_is_drawn():
    drawn = {"when": "after_reading", "parameters": [K]}
    terms = {**benchmark(places=2), "aggregate": {"rule": "trimmed", "of": "total"}, "tie": ["技术_desc"]}
    zh, en = ("\n".join(text) for text in zip(*words(case(), terms, drawn), strict=True))
    assert "评标基准价 P（规则 B2）" in zh
    assert "k 由平台选择器在唱标后公开随机抽取，取值范围：0.95, 0.96, 0.97。" in zh
    assert "band = 0.2" in zh
    assert "报价每高于 P 1% 扣 1 分，每低于 P 1% 扣 0.5 分" in zh
    assert "P 保留 2 位小数" in zh
    assert "去掉总分最高和最低的两名评委" in zh
    assert "“技术”得分高者优先" in zh
    assert "仍相同的并列" in zh
    assert "品牌" not in zh
    assert "the higher points of “技术”" in en


def test_other_methods_read_too():
    groups = "\n".join(
        line.zh for line in words(case(), benchmark(**B5), {"when": "after_reading", "parameters": GROUPS})
    )
    assert "有效投标中公开随机抽取 3 家" in groups
    auction = {**benchmark(), "benchmark": {"rule": "B7", "variant": "lowest"}}
    assert "Variant: lowest." in "\n".join(line.en for line in words(case(ceiling=None), auction))
    lowest = "\n".join(line.zh for line in words(case(), {"method": "lowest_evaluated_tender"}))
    assert "经评审的最低投标价法" in lowest
    assert "低于成本" in lowest
    scored = {**SCORED, "parts": [{**TECHNICAL, "weight": "100"}, {"id": "加分", "kind": "fixed"}],
              "rounding": {"stage": "expert", "mode": "down"}}  # fmt: skip
    said = "\n".join(line.zh for line in words(case(), scored))
    assert "评标方法：综合评估法。" in said
    assert "价格不计分。" in said
    assert "“加分”：加分项，在 100 分之外。" in said
    assert "每名评委的每项得分" in said
    objective = {**SCORED, "parts": [PRICE, {"id": "业绩", "kind": "fixed", "weight": "60"}],
                 "rounding": {"stage": "part"}}  # fmt: skip
    fixed = "\n".join(line.zh for line in words(case(), objective))
    assert "“业绩” 60 分：按招标文件载明的客观标准给分。" in fixed
    assert "各评委" not in fixed
