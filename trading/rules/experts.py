"""What the library of experts goes by (X01 to X04): who may be in it, and from when."""

from trading.rules.laws import EXPERTS_198, PRACTICE, TENDERING
from trading.rules.rule import Direction, Rule, Unit

RULES: tuple[Rule, ...] = (
    TENDERING.rule(
        "37", "X01", Direction.AT_LEAST, 8, Unit.YEARS, "field_entered", "expert_applied",
        "Years in the field of an expert", "评标专家从事相关领域工作年限",
    ),
    EXPERTS_198.rule(
        "6", "X02", Direction.AT_MOST, 70, Unit.YEARS, "born", "expert_drawn",
        "Age of an expert", "评审专家年龄",
    ),
    PRACTICE.rule(
        "", "X03", Direction.AT_LEAST, 30, Unit.DAYS, "expert_admitted", "expert_drawn",
        "From the admission of an expert to the first draw", "专家入库至可参加抽取的冷却期",
    ),
    PRACTICE.rule(
        "", "X04", Direction.AT_MOST, 3, Unit.COUNT, "", "",
        "Specialities of one expert", "一名专家的专业数量",
    ),
)  # fmt: skip
