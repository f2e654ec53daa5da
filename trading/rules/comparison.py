"""The parameters of the fixed-price comparison (固定价比选): F01 to F16.

No national text sets them; the shown numbers are defaults of the pilot practice, each to be confirmed by the local
rule a draw relies on. The contract's limit F04 does not roll past days off: the stricter day is taken.
"""

from decimal import Decimal

from trading.rules.laws import ORDER_87, PILOT, TENDERING
from trading.rules.laws import TENDERING_REGULATIONS as SL
from trading.rules.rule import Direction, Roll, Rule, Unit

D, WD, COUNT, YUAN = Unit.DAYS, Unit.WORKING_DAYS, Unit.COUNT, Unit.YUAN
AT_LEAST, AT_MOST, EXACTLY = Direction.AT_LEAST, Direction.AT_MOST, Direction.EXACTLY

RULES: tuple[Rule, ...] = (
    PILOT.rule(
        "", "F01", AT_LEAST, 3, WD, "notice_published", "registration_closed",
        "Comparison notice before registration closes", "比选公告期", name="notice_days",
    ),
    PILOT.rule(
        "", "F02", AT_LEAST, 1, WD, "list_published", "draw_held",
        "Numbered list published before the draw", "抽取名单公布至抽取", name="list_days",
    ),
    PILOT.rule(
        "", "F03", AT_LEAST, 3, D, "publicity_started", "publicity_ended",
        "Publicity of the draw's result", "抽取结果公示期", name="public_days",
        roll=Roll.STATUTORY, also=f"参照{SL.cite('54')}",
    ),
    PILOT.rule(
        "", "F04", AT_MOST, 30, D, "award_notice_issued", "contract_signed",
        "Contract after the notice to the drawn enterprise", "中选通知书发出至签订合同",
        name="sign_days", also=f"参照{TENDERING.cite('46')}",
    ),
    PILOT.rule(
        "", "F05", AT_LEAST, 3, COUNT, "", "", "Qualified enterprises for a draw", "合格报名企业数",
        name="min_qualified",
    ),
    PILOT.rule(
        "", "F06", AT_MOST, Decimal(2_000_000), YUAN, "", "", "Price of a comparison", "固定价比选金额上限",
        name="amount_cap",
    ),
    PILOT.rule(
        "", "F07", EXACTLY, 2, COUNT, "", "", "Alternates drawn after the winner", "候补企业数",
        name="n_alternates",
    ),
    PILOT.rule(
        "", "F08", AT_MOST, 3, COUNT, "", "", "Active drawn projects of one enterprise",
        "单个企业在建抽取项目数", name="max_active_projects_per_enterprise",
    ),
    PILOT.rule(
        "", "F09", AT_MOST, 1, COUNT, "", "", "Active drawn projects of one project manager",
        "单个项目经理在建抽取项目数", name="max_active_per_pm",
    ),
    PILOT.rule(
        "", "F10", AT_LEAST, 180, D, "signing_failed", "registration_allowed",
        "Exclusion after a drawn contract was not signed", "中选后未按期签约的限制报名期",
        name="not_signed_penalty_days",
    ),
    PILOT.rule(
        "", "F11", Direction.FROM, Decimal(500_000), YUAN, "", "", "Price from which a comparison is used",
        "固定价比选金额下限", name="amount_floor",
    ),
    PILOT.rule(
        "", "F12", AT_LEAST, 2, COUNT, "", "", "Witnesses of a draw", "抽取见证人数", name="witnesses",
        also=f"参照{ORDER_87.cite('14')}",
    ),
    PILOT.rule(
        "", "F13", AT_MOST, 1, COUNT, "", "", "Repeated notices after too few enterprises", "重新公告次数",
        name="re_notices",
    ),
    PILOT.rule(
        "", "F14", EXACTLY, 1, COUNT, "", "", "Draws of one list", "同一名单抽取次数", name="draws_per_list",
    ),
    PILOT.rule(
        "", "F15", EXACTLY, 25, D, "award_notice_issued", "contract_warned",
        "Warning that a contract is not signed yet", "未签合同预警", name="warn_days",
    ),
    PILOT.rule(
        "", "F16", AT_LEAST, 3, D, "contract_entered", "confirmation_closed",
        "Time of the enterprise to confirm the contract that the owner entered", "合同录入至中选企业确认",
        name="confirm_days",
    ),
)  # fmt: skip
