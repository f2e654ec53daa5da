"""The clocks of supervision (V01 to V06), of the records (R01 to R04), of outages and openings (O01 to O04).

Mostly running parameters.
"""

from trading.rules.laws import NINGBO, NOTICES_10, PRACTICE, PROCUREMENT, PUYANG
from trading.rules.rule import Direction, Rule, Unit

D, WD, M, Y = Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS
AS_IN_20 = "参照电子招标投标办法第31条"
AT_LEAST, AT_MOST = Direction.AT_LEAST, Direction.AT_MOST

CLOCKS: tuple[Rule, ...] = (
    PRACTICE.rule(
        "", "V01", AT_MOST, 15, WD, "plan_received", "plan_reviewed",
        "Review of the tendering plan", "招标方案审查",
    ),
    PRACTICE.rule(
        "", "V01.filing", AT_MOST, 15, WD, "filing_received", "filing_decided",
        "Filing of a tender", "招标备案",
    ),
    PRACTICE.rule(
        "", "V01.complaint", AT_MOST, 15, WD, "complaint_received", "complaint_decided",
        "Complaint in the supervision system, without extension", "监管系统投诉办理(不得延期)",
    ),
    PRACTICE.rule(
        "", "V01.point", AT_MOST, 30, D, "point_raised", "point_handled",
        "Handling of a supervision point", "监督点办理",
    ),
    PRACTICE.rule(
        "", "V02", AT_MOST, 3, WD, "complaint_received", "complaint_accepted",
        "A complaint is accepted by itself after this time", "投诉逾期未受理自动受理",
    ),
    PRACTICE.rule(
        "", "V02.process", AT_MOST, 30, WD, "complaint_accepted", "complaint_processed",
        "Manual processing of an accepted complaint", "投诉人工办理",
    ),
    PRACTICE.rule(
        "", "V03", AT_MOST, 10, WD, "warning_issued", "feedback_given",
        "Feedback on a warning", "预警反馈",
    ),
    PRACTICE.rule(
        "", "V03.handle", AT_MOST, 15, WD, "warning_issued", "warning_handled",
        "Handling of a warning", "预警办结",
    ),
    PRACTICE.rule(
        "", "V04", Direction.AT_LEAST_BEFORE, 1, WD, "reminder_sent", "due",
        "Reminder before a deadline", "到期前提醒",
    ),
    PRACTICE.rule(
        "", "V04.acceptance", AT_MOST, 5, WD, "complaint_received", "complaint_accepted",
        "Acceptance of a complaint about efficiency", "效能投诉受理",
    ),
    PRACTICE.rule(
        "", "V04.grade", Direction.EXACTLY, 3, M, "quarter_started", "grade_given",
        "Assessment of performance by the quarter", "按季度考评",
    ),
    PRACTICE.rule(
        "", "V05", Direction.PROMPT, None, Unit.NONE, "", "",
        "Yellow light near a deadline, red when overdue or abnormal", "临期黄灯，超期或异常红灯",
    ),
    NINGBO.rule(
        "26", "V06", AT_MOST, 3, M, "entry_registered", "owner_acted",
        "Idle owner after registration", "进场登记后项目单位无故停滞",
    ),
    NINGBO.rule(
        "26", "V06.urged", AT_MOST, 10, D, "owner_urged", "owner_acted",
        "Idle owner after being urged; then the case ends", "催告后仍未推进则终止",
    ),
    PUYANG.rule(
        "22", "V06.days", AT_MOST, 90, D, "entry_registered", "owner_acted",
        "Idle owner after registration, in days", "进场登记后项目单位无故停滞(按日)",
    ),
    PUYANG.rule(
        "22", "V06.days_urged", AT_MOST, 7, D, "owner_urged", "owner_acted",
        "Idle owner after being urged, in days; then the case ends", "催告后仍未推进则终止(按日)",
    ),
)  # fmt: skip

RECORDS: tuple[Rule, ...] = (
    PRACTICE.rule(
        "", "R01", AT_LEAST, 60, D, "recorded", "recording_purged",
        "Retention of a session's recording, holds aside", "现场录音录像保存(另有保全的除外)",
    ),
    PROCUREMENT.rule(
        "42", "R02", AT_LEAST, 15, Y, "procurement_ended", "file_destroyed",
        "Retention of a procurement file with its recordings", "政府采购文件(含录音录像)保存",
    ),
    NOTICES_10.rule(
        "12", "R03", AT_LEAST, 10, Y, "notice_published", "notice_erased",
        "Traceability of a notice", "公告公示信息可追溯",
    ),
    PRACTICE.rule(
        "", "R04", AT_LEAST, 6, M, "logged", "log_erased",
        "Retention of access logs", "网络日志留存", also="网络安全法第21条",
    ),
)  # fmt: skip

OUTAGES: tuple[Rule, ...] = (
    PRACTICE.rule(
        "", "O01", AT_MOST, 60, Unit.SECONDS, "clock_ran", "clock_ran_again",
        "Time between two heartbeats of the platform; a longer one is an outage", "平台时钟间隔，超过即为停机",
        also=AS_IN_20,
    ),
    PRACTICE.rule(
        "", "O02", AT_MOST, 2, Unit.HOURS, "platform_back", "bid_deadline",
        "A deadline this soon after an outage is postponed like one in it", "恢复后在此时限内截止的一并顺延",
        also=AS_IN_20,
    ),
    PRACTICE.rule(
        "", "O03", AT_LEAST, 2, Unit.HOURS, "postponement_decided", "bid_deadline",
        "From the decision on an outage to the postponed deadline", "作出顺延决定至新的截止时间",
        also=AS_IN_20,
    ),
)  # fmt: skip

OPENINGS: tuple[Rule, ...] = (
    PRACTICE.rule(
        "", "O04", Direction.RANGE, 15, Unit.MINUTES, "", "",
        "Decryption window that the tender documents set", "招标文件规定的解密时限", upper=240,
        also="电子招标投标办法第29、30条(时限由招标文件规定)",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*CLOCKS, *RECORDS, *OUTAGES, *OPENINGS)
