"""What the library of experts goes by (X01 to X04), and the draw and the calls of a committee (X05 to X09)."""

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
    PRACTICE.rule(
        "", "X05", Direction.AT_MOST_BEFORE, 48, Unit.HOURS, "experts_drawn", "evaluation_started",
        "Draw of a tender's experts before the evaluation", "招标项目抽取评标专家距评标开始",
        also="招标投标法实施条例第46条(时限由平台规定)",
    ),
    PRACTICE.rule(
        "", "X06", Direction.AT_LEAST, 30, Unit.COUNT, "", "",
        "Experts of a speciality to draw from, in one region", "同一地区一个专业可抽取的专家数",
    ),
    PRACTICE.rule(
        "", "X06.times", Direction.AT_LEAST, 3, Unit.COUNT, "", "",
        "Experts of a speciality to draw from, for each seat", "每一席位可抽取的专家数",
    ),
    PRACTICE.rule(
        "", "X07", Direction.AT_MOST, 3, Unit.COUNT, "", "",
        "Substitutes for one seat without a supervisor's decision", "一个席位无需监督决定的递补次数",
    ),
    PRACTICE.rule(
        "", "X08", Direction.EXACTLY, 15, Unit.MINUTES, "", "",
        "Time in which a drawn expert answers the calls", "通知专家的应答时限",
    ),
    PRACTICE.rule(
        "", "X08.attempts", Direction.EXACTLY, 3, Unit.COUNT, "", "",
        "Calls to a drawn expert in that time", "应答时限内的呼叫次数",
    ),
    PRACTICE.rule(
        "", "X09", Direction.AT_MOST, 30, Unit.MINUTES, "", "",
        "An expert this long after the time of the gathering is absent", "专家迟到视为缺席的时限",
    ),
    PRACTICE.rule(
        "", "X09.supplement", Direction.AT_MOST, 2, Unit.HOURS, "", "",
        "Time to arrive of an expert who is called after the others", "补抽专家的到场时限",
    ),
)  # fmt: skip
