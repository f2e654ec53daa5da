"""An evaluation method in words, Chinese and English, as the notice and the tender's page print it. Pure."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from bids.evaluation import benchmarks
from bids.evaluation.benchmarks import RULES
from bids.evaluation.document import Document, Part
from bids.evaluation.figures import exact
from bids.evaluation.methods import METHODS


class Line(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


TEXTS: dict[str, Line] = {
    "method": Line("评标方法：{name}。", "Method: {name}."),
    "total": Line("按总得分由高到低排序。", "Bids rank by their total, the highest first."),
    "evaluated_price": Line(
        "按评审价由低到高排序；合同价仍为投标报价。",
        "Bids rank by their evaluated price, the lowest first; the contract is at the price that was bid.",
    ),
    "ceiling": Line(
        "投标报价高于最高投标限价 {ceiling} 元的，投标无效。",
        "A price above the ceiling of {ceiling} yuan makes a bid ineffective.",
    ),
    "price": Line(
        "“{id}” {weight} 分：最低评审价 ÷ 该投标的评审价 × {weight}。",
        "“{id}”, {weight} points: the lowest evaluated price ÷ the bid's evaluated price × {weight}.",
    ),
    "price_benchmark": Line(
        "“{id}” {weight} 分：按评标基准价 P 所得的价格分 ÷ {full} × {weight}。",
        "“{id}”, {weight} points: the price score against the benchmark price P ÷ {full} × {weight}.",
    ),
    "price_none": Line("价格不计分。", "The price brings no points."),
    "expert": Line(
        "“{id}” {weight} 分：评委各自独立打分，满分 {max} 分，汇总后折算。",
        "“{id}”, {weight} points: each expert scores alone, out of {max}; the aggregate is converted.",
    ),
    "fixed": Line(
        "“{id}” {weight} 分：按招标文件载明的客观标准给分。",
        "“{id}”, {weight} points: given by the objective standards of the documents.",
    ),
    "bonus": Line("“{id}”：加分项，在 100 分之外。", "“{id}”: points on top of the 100."),
    "benchmark": Line("评标基准价 P（规则 {rule}）：{formula}。", "Benchmark price P (rule {rule}): {formula}."),
    "variant": Line("取值方式：{variant}。", "Variant: {variant}."),
    "numbers": Line("参数：{numbers}。", "Parameters: {numbers}."),
    "places": Line("P 保留 {places} 位小数，四舍五入。", "P is rounded half up to {places} places."),
    "deviation": Line(
        "价格分满分 {full} 分；报价每高于 P 1% 扣 {above} 分，每低于 P 1% 扣 {below} 分，最低 {floor} 分。",
        "A price's score is {full} less {above} points for each 1 % above P and {below} for each 1 % below, "
        "never under {floor}.",
    ),
    "drawn": Line(
        "{name} 由平台选择器在{when}公开随机抽取，取值范围：{values}。",
        "{name} is drawn in public by the platform's selector {when}, out of: {values}.",
    ),
    "group": Line(
        "{name}：由平台选择器在唱标后从有效投标中公开随机抽取 {values} 家，取其平均评审价。",
        "{name}: {values} of the effective bids, drawn in public by the platform's selector after the reading out; "
        "their mean evaluated price counts.",
    ),
    "deduction": Line(
        "“{id}”：评审价按投标报价扣除 {rate}%，只用于评审。",
        "“{id}”: {rate} % are taken off the price, in the evaluation only.",
    ),
    "adjusts": Line(
        "评审价＝投标报价＋按招标文件载明的因素作出的调整；低于成本的投标被否决。",
        "The evaluated price is the price with the adjustments that the documents name; a bid below cost is rejected.",
    ),
    "mean": Line("各评委打分取算术平均。", "The experts' scores become their mean."),
    "trimmed_part": Line(
        "评委不少于 {least} 人时，每一评分项去掉一个最高分和一个最低分后平均；不足时取全部平均。",
        "With {least} experts or more the mean of each part is without one highest and one lowest score; with fewer, "
        "of all.",
    ),
    "trimmed_total": Line(
        "评委不少于 {least} 人时，去掉总分最高和最低的两名评委后平均；不足时取全部平均。",
        "With {least} experts or more the mean is without the two experts of the extreme totals; with fewer, of all.",
    ),
    "final": Line(
        "只对总得分取舍，保留 {places} 位小数，{mode}。", "Only the total is rounded: {places} places, {mode}."
    ),
    "part": Line(
        "每一评分项的得分和总得分保留 {places} 位小数，{mode}。",
        "The points of each part and the total are rounded: {places} places, {mode}.",
    ),
    "expert_stage": Line(
        "每名评委的每项得分、每一评分项的得分和总得分保留 {places} 位小数，{mode}。",
        "Each expert's points, the points of each part and the total are rounded: {places} places, {mode}.",
    ),
    "tie": Line("并列时依次比较：{steps}。", "Equals are parted, in order, by: {steps}."),
    "parallel": Line("仍相同的并列。", "Those still equal are parallel."),
    "brand_scored": Line(
        "提供相同品牌产品且通过审查的投标按一家计算，评审后得分最高者获得推荐资格（87号令 31）。",
        "Bids that offer one brand count as one supplier: the best scored of them can be recommended (87号令 31).",
    ),
    "brand_lowest": Line(
        "提供相同品牌产品的投标，以报价最低者参加评标（87号令 31）。",
        "Of bids that offer one brand, the one with the lowest price is evaluated (87号令 31).",
    ),
    "low": Line(
        "报价低于平均价的 {mean}%、低于次低价的 {next}% 或低于最高限价的 {ceiling}% 的，须书面说明。",
        "A price below {mean} % of the mean, {next} % of the next lowest or {ceiling} % of the ceiling must be "
        "explained.",
    ),
    "outlier": Line(
        "评委打分偏离平均分超过 {share}% 的，须在评标报告中说明。",
        "A score further than {share} % from the mean of the experts is explained in the report.",
    ),
}  # fmt: skip
WHEN = {
    "before_reading": Line("唱标前", "before the reading out"),
    "after_reading": Line("唱标后", "after the reading out"),
}
MODES = {
    "half_up": Line("四舍五入", "half up"),
    "half_even": Line("四舍六入五成双", "half to even"),
    "up": Line("进一", "up"),
    "down": Line("去尾", "down"),
}
STEPS = {
    "total_desc": Line("总得分高者优先", "the higher total"),
    "price_asc": Line("投标报价低者优先", "the lower price"),
    "evaluated_price_asc": Line("评审价低者优先", "the lower evaluated price"),
    "draw": Line("由平台选择器公开随机抽取", "a draw by the platform's selector"),
}
NAMES = {("public_tender", "comprehensive_scoring"): Line("综合评估法", "Comprehensive evaluation")}
STAGES = {"final": "final", "part": "part", "expert": "expert_stage"}
BRANDS = {"comprehensive_scoring": "brand_scored", "lowest_evaluated_price": "brand_lowest"}


def lines(document: Document, drawn: Mapping[str, Any], kind: str) -> list[Line]:
    """Return the sentences of a method that was read, with what is to be drawn, for a lot of a kind."""
    return [
        *_head(document, kind),
        *(_part(document, part) for part in document.parts),
        *(_benchmark(document, drawn) if document.method == "benchmark" else ()),
        *(said("deduction", id=name, rate=percent(rate)) for name, rate in document.deductions.items()),
        *_scores(document),
        _tie(document),
        *((said("parallel"),) if "draw" not in document.tie else ()),
        *((said(BRANDS[document.method]),) if kind != "public_tender" else ()),
        *_thresholds(document),
    ]


def said(text: str, /, **facts: Any) -> Line:
    """Return a text with its facts; a fact that is a Line speaks both languages."""
    zh = {key: fact.zh if isinstance(fact, Line) else fact for key, fact in facts.items()}
    en = {key: fact.en if isinstance(fact, Line) else fact for key, fact in facts.items()}
    return Line(TEXTS[text].zh.format(**zh), TEXTS[text].en.format(**en))


def name_of(kind: str, code: str) -> Line:
    """Return what a method is called in a lot's regime."""
    method = METHODS[code]
    return NAMES.get((kind, code)) or Line(method.zh, method.en)


def percent(share: Fraction) -> str:
    return exact(share * 100)


def _head(document: Document, kind: str) -> Iterator[Line]:
    method = METHODS[document.method]
    yield said("method", name=name_of(kind, document.method))
    yield said(method.first)
    if document.ceiling is not None:
        yield said("ceiling", ceiling=exact(document.ceiling, 2))
    if method.adjusts:
        yield said("adjusts")
    if document.parts and not document.priced_parts:
        yield said("price_none")


def _part(document: Document, part: Part) -> Line:
    if part.kind == "fixed" and part.weight is None:
        return said("bonus", id=part.id)
    worth = part.weight if part.weight is not None else part.max
    if part.kind == "price" and document.method == "benchmark":
        full = document.benchmark.full_score
        return said("price_benchmark", id=part.id, full=exact(full), weight=exact(worth if worth is not None else full))
    weight = exact(worth if worth is not None else Fraction(100))
    return said(part.kind, id=part.id, weight=weight, max=exact(part.max) if part.max is not None else weight)


def _benchmark(document: Document, drawn: Mapping[str, Any]) -> Iterator[Line]:
    terms, parameters = document.benchmark, drawn.get("parameters", [])
    rule, names = RULES[terms.rule], {one["name"] for one in parameters}
    yield said("benchmark", rule=rule.id, formula=Line(rule.zh, rule.en))
    if terms.variant:
        yield said("variant", variant=terms.variant)
    numbers = [f"{name} = {exact(value)}" for name, value in terms.numbers.items() if name not in names]
    if numbers:
        yield said("numbers", numbers=", ".join(numbers))
    for one in parameters:
        text = "group" if one["name"] in rule.groups else "drawn"
        yield said(text, name=one["name"], when=WHEN[drawn["when"]], values=", ".join(one["values"]))
    if terms.places is not None:
        yield said("places", places=terms.places)
    if benchmarks.deviates(terms):
        facts = {"above": terms.deduct_above, "below": terms.deduct_below, "floor": terms.floor}
        yield said("deviation", full=exact(terms.full_score), **{name: exact(fact) for name, fact in facts.items()})


def _scores(document: Document) -> Iterator[Line]:
    if not document.parts:
        return
    aggregate, rounding = document.aggregate, document.rounding
    if document.expert_parts:
        text = "mean" if aggregate.rule == "mean" else f"trimmed_{aggregate.of}"
        yield said(text, least=aggregate.min_experts)
    yield said(STAGES[rounding.stage], places=rounding.places, mode=MODES[rounding.mode])


def _tie(document: Document) -> Line:
    steps = [STEPS.get(step) or _higher(step.removesuffix("_desc")) for step in document.tie]
    return said("tie", steps=Line("、".join(step.zh for step in steps), ", ".join(step.en for step in steps)))


def _higher(part: str) -> Line:
    return Line(f"“{part}”得分高者优先", f"the higher points of “{part}”")


def _thresholds(document: Document) -> Iterator[Line]:
    low = document.low_price
    yield said("low", mean=percent(low.mean), next=percent(low.next_lowest), ceiling=percent(low.ceiling))
    if document.expert_parts:
        yield said("outlier", share=percent(document.outlier))
