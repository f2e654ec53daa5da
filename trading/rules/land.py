"""The time limits of land, state assets and auctions: L01 to L07, A01 to A05."""

from trading.rules.laws import ASSETS_32, AUCTION, EXCHANGE_2009, EXCHANGE_2025
from trading.rules.laws import LAND_39 as LAND
from trading.rules.rule import Direction, Roll, Rule, Unit

D, WD, Y = Unit.DAYS, Unit.WORKING_DAYS, Unit.YEARS
AT_LEAST, AT_MOST = Direction.AT_LEAST, Direction.AT_MOST
STATUTORY = Roll.STATUTORY

RULES: tuple[Rule, ...] = (
    LAND.rule(
        "8", "L01", AT_LEAST, 20, D, "notice_published", "offer_started",
        "From the land notice to the tender, auction or listing", "出让公告发布至招标拍卖挂牌开始",
    ),
    LAND.rule(
        "18", "L02", AT_LEAST, 10, D, "listing_started", "listing_ended",
        "Listing period of land", "挂牌时间", roll=STATUTORY,
    ),
    LAND.rule(
        "21", "L03", AT_MOST, 5, WD, "offer_ended", "deposit_refunded",
        "Refund of the losers' deposits", "退还未成交者保证金",
    ),
    LAND.rule(
        "22", "L04", AT_MOST, 10, WD, "offer_ended", "result_published",
        "Publication of the land result", "出让结果公布",
    ),
    AUCTION.rule(
        "45", "L05", AT_LEAST, 7, D, "notice_published", "auction_held",
        "From the auction notice to the auction", "拍卖公告发布至拍卖日",
    ),
    AUCTION.rule(
        "48", "L06", AT_LEAST, 2, D, "display_started", "display_ended",
        "Display of the auction lot", "拍卖标的展示时间", roll=STATUTORY,
    ),
    AUCTION.rule(
        "54", "L07", AT_LEAST, 5, Y, "consignment_ended", "records_destroyed",
        "Retention of auction books and records", "拍卖账簿及资料保管期限",
    ),
    ASSETS_32.rule(
        "13", "A01", AT_LEAST, 20, WD, "listing_started", "listing_ended",
        "Listing of an equity transfer", "产权转让正式信息披露期",
    ),
    EXCHANGE_2009.rule(
        "", "A02", AT_LEAST, 5, WD, "extension_started", "extension_ended",
        "Each extension of a listing", "信息披露每次延长期",
    ),
    EXCHANGE_2025.rule(
        "", "A02", AT_LEAST, 5, WD, "extension_started", "extension_ended",
        "Each extension of a listing (figure of the earlier rules)",
        "信息披露每次延长期(沿用原规则数值)", version=2,
    ),
    ASSETS_32.rule(
        "", "A03", AT_LEAST, 10, WD, "listing_started", "listing_ended",
        "Listing of an asset of 1 to 10 million yuan", "100万元至1000万元资产转让信息披露期",
    ),
    ASSETS_32.rule(
        "", "A03.large", AT_LEAST, 20, WD, "listing_started", "listing_ended",
        "Listing of an asset of more than 10 million yuan", "1000万元以上资产转让信息披露期",
    ),
    ASSETS_32.rule(
        "", "A04", AT_MOST, 5, WD, "contract_effective", "price_paid",
        "Payment after the contract", "合同生效后付款期限",
    ),
    ASSETS_32.rule(
        "", "A05", AT_LEAST, 5, WD, "publicity_started", "publicity_ended",
        "Publicity of the transfer result", "交易结果公示期",
    ),
)  # fmt: skip
