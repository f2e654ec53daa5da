"""What the document may say, and every fault with its place."""

import json

import pytest

from bids.evaluation.methods import METHODS
from bids.evaluation.reading import read
from bids.evaluation.reading.place import Faulty
from bids.evaluation.reading.terms import TIES
from tests.bids.evaluation.papers import (
    BUSINESS,
    PRICE,
    TECHNICAL,
    by_benchmark,
    by_price,
    column,
    priced,
    refused,
    result,
    scored,
    sheets,
    whole,
)

NUMBER = 'must be a decimal string such as "12.50", with at most 16 digits and 8 places, not '


def with_bid(**changes):
    document = whole()
    document["bids"][0].update(changes)
    return document


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        ('"NaN"', '"NaN"'), ("NaN", "NaN"), ("-Infinity", "-Infinity"), ('"1e6"', '"1e6"'), ("1e6", "1e6"),
        ("1000000", "1000000"), ("1000000.00", "1000000.00"), ('"' + "9" * 40 + '"', '"' + "9" * 40 + '"'),
        ("9" * 40, "9" * 40), ("9" * 5000, "9" * 44 + "…"), ('"01"', '"01"'), ('"+1"', '"+1"'), ('" 1"', '" 1"'),
        ('"1."', '"1."'), ('"1\\n2"', '"1\\n2"'), ('"１２"', '"\\uff11\\uff12"'),
        ('".5"', '".5"'), ('"1,000"', '"1,000"'), ('"0.123456789"', '"0.123456789"'), ("true", "true"),
        ('""', '""'), ("[]", "a list"), ("{}", "an object"),
    ],
)  # fmt: skip
def test_money_and_scores_are_plain_decimal_strings(price, shown):
    text = json.dumps(by_price("PRICE")).replace('"PRICE"', price)
    assert refused(text) == [f"/bids/0/price: {NUMBER}{shown}"]
    text = json.dumps(scored(("A", "1", "SCORE"))).replace('"SCORE"', price)
    assert refused(text) == [f"/bids/0/experts/0/scores/technical: {NUMBER}{shown}"]


def test_the_longest_number_is_read_exactly():
    document = priced("lowest_evaluated_price", "9999999999999999.99999999")
    assert result(document)["bids"][0]["evaluated_price"] == "9999999999999999.99999999"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "/: not JSON: Expecting value, line 1, column 1"),
        ("{", "/: not JSON: Expecting property name enclosed in double quotes, line 1, column 2"),
        ("[]", "/: must be an object, not a list"),
        ("null", "/: must be an object, not null"),
        ("[" * 100_000, "/: nested too deeply"),
    ],
)
def test_a_document_is_a_json_object(text, fault):
    assert refused(text) == [fault]


def test_all_faults_are_named_at_once():
    text = '{"v": 2, "x/~y": 1, "lot": "", "bids": [{"id": 1}, {}], "method": "none", "method": "best"}'
    assert refused(text) == [
        f'/method: must be one of {", ".join(METHODS)}, not "best"',
        "/method: stands twice",
        "/x~1~0y: unknown key",
        "/v: must be a whole number from 1 to 1, not 2",
        '/lot: must be a text of 1 to 200 characters, not ""',
        "/bids/0/id: must be a text of 1 to 200 characters, not 1",
        "/bids/1: lacks id",
    ]


@pytest.mark.parametrize("member", ["v", "lot", "method", "bids"])
def test_what_decides_must_be_there(member):
    document = priced("lowest_evaluated_price", "100")
    del document[member]
    assert f"/: lacks {member}" in refused(document)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"bids": []}, ["/bids: holds no bid"]),
        ({"bids": {}}, ["/bids: must be a list, not an object"]),
        ({"bids": [1]}, ["/bids/0: must be an object, not 1"]),
        ({"lot": "a\u0000b"}, ["/lot: holds a character that cannot be printed"]),
        ({"lot": "x" * 201}, ["/lot: must be a text of 1 to 200 characters, not \"" + "x" * 43 + "…"]),
        ({"ceiling": "0"}, ["/ceiling: must be above 0, not 0"]),
        ({"outlier": "1.5"}, ["/outlier: must be from 0 to 1, not 1.5"]),
        ({"abnormally_low": {"mean": "-1", "x": "1"}},
         ["/abnormally_low/x: unknown key", "/abnormally_low/mean: must be from 0 to 1, not -1"]),
        ({"rounding": {"places": 9}}, ["/rounding/places: must be a whole number from 0 to 8, not 9"]),
        ({"rounding": {"places": True}}, ["/rounding/places: must be a whole number from 0 to 8, not true"]),
        ({"rounding": {"places": 10**9}}, ["/rounding/places: must be a whole number from 0 to 8, not 1000000000"]),
        ({"rounding": {"stage": "end"}}, ['/rounding/stage: must be one of final, part, expert, not "end"']),
        ({"rounding": {"mode": "near"}}, ['/rounding/mode: must be one of half_up, half_even, up, down, not "near"']),
        ({"aggregate": {}}, ["/aggregate: lacks rule"]),
        ({"aggregate": {"rule": "median", "of": "x", "min_experts": 2}},
         ['/aggregate/rule: must be one of mean, trimmed, not "median"',
          '/aggregate/of: must be one of part, total, not "x"',
          "/aggregate/min_experts: must be a whole number from 3 to 99, not 2"]),
        ({"tie": ["total_desc", "draw", "price_asc"]}, ["/tie/1: a draw leaves nothing to decide after it"]),
        ({"tie": ["price_asc", "price_asc"]}, ["/tie/1: the rule price_asc stands twice"]),
        ({"tie": ["first_come"]},
         [f'/tie/0: must be one of {", ".join(TIES)}, price_desc, technical_desc, business_desc, not "first_come"']),
        ({"deductions": [{"id": "micro", "rate": "1"}]}, ["/deductions/0/rate: must be below 1"]),
        ({"deductions": [{"id": "micro"}]}, ["/deductions/0: lacks rate"]),
        ({"deductions": [{"id": "a", "rate": "0.1"}, {"id": "a", "rate": "0.2"}]},
         ["/deductions/1/id: the deduction a stands twice"]),
        ({"benchmark": {"rule": "B1"}}, ["/benchmark: unknown key"]),
    ],
)  # fmt: skip
def test_a_fault_of_the_terms_has_its_place(changes, faults):
    assert refused(whole(**changes)) == faults


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        ([{**PRICE, "weight": "31"}, TECHNICAL, BUSINESS], ["/parts: the weights add up to 101, not to 100"]),
        ([{**PRICE, "weight": "29.99"}, TECHNICAL, BUSINESS], ["/parts: the weights add up to 99.99, not to 100"]),
        ([{**PRICE, "weight": "101"}, TECHNICAL, BUSINESS], ["/parts/0/weight: must be from 0 to 100, not 101"]),
        ([PRICE, {**TECHNICAL, "weight": None}, BUSINESS], ["/parts: the weights add up to 150, not to 100"]),
        ([PRICE, {**TECHNICAL, "max": None}, BUSINESS],
         ["/parts/1: lacks max: experts' scores are divided by it where a weight is given"]),
        ([PRICE, TECHNICAL, {**BUSINESS, "max": "30"}],
         ["/parts/2/max: is above the weight, but a fixed part counts as given"]),
        ([PRICE, {**TECHNICAL, "max": "0"}, BUSINESS], ["/parts/1/max: must be above 0, not 0"]),
        ([PRICE, {**TECHNICAL, "id": "business"}, BUSINESS], ["/parts/2/id: the part business stands twice"]),
        ([{**PRICE, "weight": "15"}, {**PRICE, "id": "p2", "weight": "15"}, TECHNICAL, BUSINESS],
         ["/parts/1: the price is scored once"]),
        ([{**PRICE, "max": "30"}, TECHNICAL, BUSINESS], ["/parts/0/max: unknown key"]),
        ([{**PRICE, "formula": "mean"}, TECHNICAL, BUSINESS],
         ['/parts/0/formula: must be one of lowest_over_bid, not "mean"']),
        ([PRICE, {**TECHNICAL, "kind": "jury"}, BUSINESS],
         ['/parts/1/kind: must be one of expert, price, fixed, not "jury"']),
    ],
)  # fmt: skip
def test_a_fault_of_the_parts_has_its_place(parts, faults):
    document = whole(parts=parts)
    for bid in document["bids"]:
        del bid["fixed"], bid["experts"]
    assert refused(document) == faults


def test_a_method_that_scores_needs_parts():
    assert refused(priced("comprehensive_scoring", "100")) == ["/: lacks parts"]
    assert refused(priced("none", "100", parts=[])) == ["/: lacks parts"]


@pytest.mark.parametrize("part", [7, {}, {"id": "a"}, {"kind": "expert"}])
def test_a_part_is_an_object_with_id_and_kind(part):
    fault, *_rest = refused(whole(parts=[part]))
    assert fault.startswith("/parts/0: ")


def test_the_method_none_scores_no_price():
    assert refused(by_price("100") | {"method": "none"}) == ["/parts/0/kind: the method none scores no price"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"id": ""}, ['/bids/0/id: must be a text of 1 to 200 characters, not ""']),
        ({"id": "B"}, ["/bids/1/id: the bid B stands twice"]),
        ({"price": None}, ["/bids/0: lacks price"]),
        ({"price": "0.00"}, ["/bids/0/price: must be above 0, not 0.00"]),
        ({"price": "-5"}, ["/bids/0/price: must be above 0, not -5"]),
        ({"effective": "yes"}, ['/bids/0/effective: must be true or false, not "yes"']),
        ({"deductions": ["micro"]}, ["/bids/0/deductions/0: no deduction is called micro"]),
        ({"adjustments": []}, ["/bids/0/adjustments: unknown key"]),
        ({"fixed": {"business": "20.01"}}, ["/bids/0/fixed/business: a score must be from 0 to 20, not 20.01"]),
        ({"fixed": {"technical": "20"}}, ["/bids/0/fixed/technical: no such part is scored here"]),
        ({"experts": sheets("101")}, ["/bids/0/experts/0/scores/technical: a score must be from 0 to 100, not 101"]),
        ({"experts": sheets("-1")}, ["/bids/0/experts/0/scores/technical: a score must be from 0 to 100, not -1"]),
        ({"experts": sheets("1", part="x~/")}, ["/bids/0/experts/0/scores/x~0~1: no such part is scored here"]),
        ({"experts": [{"id": "e1", "scores": {}}, {"id": "e1", "scores": {}}]},
         ["/bids/0/experts/1/id: the expert e1 stands twice"]),
        ({"experts": [{}]}, ["/bids/0/experts/0: lacks id, scores"]),
        ({"brand": ""}, ['/bids/0/brand: must be a text of 1 to 200 characters, not ""']),
    ],
)  # fmt: skip
def test_a_fault_of_a_bid_has_its_place(changes, faults):
    assert refused(with_bid(**changes)) == faults


def test_a_score_without_a_limit_must_not_be_negative():
    document = scored(("A", "1", "5"), parts=[{"id": "technical", "kind": "expert"}])
    assert column(document, "total") == {"A": "5.00"}
    document["bids"][0]["experts"] = sheets("-5")
    assert refused(document) == ["/bids/0/experts/0/scores/technical: a score must be from 0 or more, not -5"]


def test_a_member_that_stands_twice_is_refused_anywhere():
    text = json.dumps(whole()).replace('"technical": "88"', '"technical": "88", "technical": "89"')
    assert refused(text) == ["/bids/0/experts/0/scores/technical: stands twice"]


def test_a_name_that_cannot_be_printed_stays_on_one_line():
    assert refused(whole(**{"a\nb": 1})) == ["/a\\nb: unknown key"]


def test_deductions_and_adjustments_leave_a_price():
    rates = [{"id": "a", "rate": "0.5"}, {"id": "b", "rate": "0.5"}]
    document = priced("lowest_evaluated_tender", "100", deductions=rates)
    document["bids"][0]["deductions"] = ["a", "b"]
    assert refused(document) == ["/bids/0/deductions: the rates add up to the whole price"]
    document["bids"][0] |= {"deductions": ["a", "a"]}
    assert refused(document)[0] == "/bids/0/deductions/1: the deduction a stands twice"
    document["bids"][0] |= {"deductions": [], "adjustments": [{"reason": "x", "amount": "-100"}]}
    assert refused(document) == ["/bids/0/adjustments: the evaluated price is not above 0"]
    document["bids"][0]["adjustments"] = [{"amount": "1"}, {"reason": "x"}]
    assert refused(document) == ["/bids/0/adjustments/0: lacks reason", "/bids/0/adjustments/1: lacks amount"]


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        (priced("benchmark", "1"), ["/: lacks benchmark"]),
        (priced("benchmark", "1", benchmark=[]), ["/benchmark: must be an object, not a list"]),
        (priced("benchmark", "1", benchmark={}), ["/benchmark: lacks rule"]),
        (priced("benchmark", "1", benchmark={"rule": "B1"}), ["/benchmark: lacks deduct_above, deduct_below"]),
        (by_benchmark("B9", "1"),
         ['/benchmark/rule: must be one of B1, B2, B3, B4, B5, B6, B7, B8, not "B9"']),
        (by_benchmark("B1", "1", q1="0.5"), ["/benchmark/q1: unknown key"]),
        (by_benchmark("B2", "1", K="95"), ["/benchmark/k: must be from 0 to 2, not 95"]),
        (by_benchmark("B2", "1", K="0"), ["/benchmark/k: must be above 0"]),
        (by_benchmark("B2", "1", K="1", k="1"), ["/benchmark/k: stands twice"]),
        (by_benchmark("B2", "1", band="1.5"), ["/benchmark/band: must be from 0 to 1, not 1.5"]),
        (by_benchmark("B1", "1", full_score="0"), ["/benchmark/full_score: must be above 0, not 0"]),
        (by_benchmark("B1", "1", full_score="-1"), ["/benchmark/full_score: must be above 0, not -1"]),
        (by_benchmark("B1", "1", floor="101"), ["/benchmark/floor: is above the full score"]),
        (by_benchmark("B1", "1", deduct_above="-1"), ["/benchmark/deduct_above: must be from 0, not -1"]),
        (by_benchmark("B6", "1", ceiling="9"), ["/benchmark: lacks k1, k2, q1"]),
        (by_benchmark("B6", "1", k1="1", k2="1", q1="1"), ["/: lacks ceiling, which the benchmark needs"]),
        (by_benchmark("B7", "1", variant="mean_and_budget"), ["/: lacks ceiling, which the benchmark needs"]),
        (by_benchmark("B1", "0.40", places=0), ["/benchmark: rounded to so few places, the benchmark price is 0"]),
        (by_benchmark("B7", "1", variant="x"),
         ['/benchmark/variant: must be one of lowest, mean_and_budget, highest, not "x"']),
        (by_benchmark("B5", "1", "2", ceiling="9", k="1", delta="0", group_b=["A"], group_c=["Z"]),
         ["/benchmark: group_c names a bid that is not effective"]),
        (by_benchmark("B5", "1", "10", ceiling="9", k="1", delta="0", group_b=["A"], group_c=["B"]),
         ["/benchmark: group_c names a bid that is not effective"]),
        (by_benchmark("B5", "1", ceiling="9", k="1", delta="0", group_b=[], group_c=["A", "A"]),
         ["/benchmark/group_b: names no bid", "/benchmark/group_c: names a bid twice"]),
    ],
)  # fmt: skip
def test_a_fault_of_the_benchmark_has_its_place(document, faults):
    assert refused(document) == faults


def test_a_refusal_is_one_error_with_a_stable_code():
    with pytest.raises(Faulty) as caught:
        read("[]")
    assert (caught.value.code, caught.value.detail) == (
        "evaluation_document_wrong", "/: must be an object, not a list",
    )  # fmt: skip


def test_what_is_left_out_is_the_usual():
    document = read(json.dumps(priced("lowest_evaluated_price", "100", ceiling=None, rounding=None, tie=None)))
    assert (document.rounding.places, document.rounding.stage, document.rounding.mode) == (2, "final", "half_up")
    assert (document.aggregate.rule, document.tie) == ("mean", ("total_desc", "price_asc", "draw"))
    assert (document.ceiling, document.bids[0].effective) == (None, True)
    given = read(json.dumps(priced("lowest_evaluated_price", "100", rounding={}, abnormally_low={"mean": "0.6"})))
    assert given.rounding == document.rounding
    assert (str(given.low_price.mean), str(given.low_price.ceiling)) == ("3/5", "9/20")
