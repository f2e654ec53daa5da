"""The sources of the rules: each law or order with its day of entry into force, and how a rule cites it.

`verified=False`: the text was not at hand, so every number taken from it is a parameter to confirm.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from trading.rules.rule import Direction, Number, Rule, Unit


@dataclass(frozen=True, slots=True)
class Law:
    name: str
    since: date | None = None
    until: date | None = None
    verified: bool = True

    def cite(self, articles: str) -> str:
        """Return the reference as it is printed: 招标投标法实施条例 54."""
        return f"{self.name} {articles}".rstrip()

    def rule(
        self,
        articles: str,
        id: str,  # noqa: A002 (the rule's own word)
        direction: Direction,
        number: Number | None,
        unit: Unit,
        *events_and_titles: str,
        also: str = "",
        **more: Any,  # the optional fields of Rule, checked by Rule itself
    ) -> Rule:
        """Return the rule that `articles` of this law set; `also` cites what else says so."""
        start, end, en, zh = events_and_titles
        more.setdefault("verified", self.verified)
        more.setdefault("valid_from", self.since)
        more.setdefault("valid_to", self.until)
        basis = "；".join(filter(None, [self.cite(articles), also]))
        return Rule(id, direction, number, unit, start, end, en, zh, basis=basis, **more)


def law(name: str, since: str = "", until: str = "", *, verified: bool = True) -> Law:
    """Return a source; the dates are ISO, both included."""
    first, last = (date.fromisoformat(text) if text else None for text in (since, until))
    return Law(name, first, last, verified)


TENDERING = law("招标投标法", "2000-01-01")
TENDERING_REGULATIONS = law("招标投标法实施条例", "2012-02-01")
MUST_TENDER = law("必须招标的工程项目规定(国家发展改革委令第16号)", "2018-06-01")
MUST_TENDER_2000 = law(
    "工程建设项目招标范围和规模标准规定(原国家计委令第3号)", "2000-05-01", "2018-05-31", verified=False
)
NOTICE_1117 = law("发改法规规〔2022〕1117号", "2022-09-01", "2027-08-31")

PROCUREMENT = law("政府采购法", "2003-01-01")
PROCUREMENT_REGULATIONS = law("政府采购法实施条例", "2015-03-01")
ORDER_87 = law("政府采购货物和服务招标投标管理办法(财政部令第87号)", "2017-10-01")
ORDER_74 = law("政府采购非招标采购方式管理办法(财政部令第74号)", "2014-02-01")
ORDER_94 = law("政府采购质疑和投诉办法(财政部令第94号)", "2018-03-01")
ORDER_101 = law("政府采购信息发布管理办法(财政部令第101号)", "2020-03-01")
ORDER_110 = law("政府采购框架协议采购方式管理暂行办法(财政部令第110号)", "2022-03-01")
CONSULTATION_214 = law("财库〔2014〕214号", "2014-12-31", verified=False)
SMALL_FIRMS_46 = law("财库〔2020〕46号", "2021-01-01")
SMALL_FIRMS_19 = law("财库〔2022〕19号", "2022-07-01", verified=False)
EXPERTS_198 = law("财库〔2016〕198号", "2017-01-01", verified=False)

AUCTION = law("拍卖法", "1997-01-01")
LAND_39 = law("招标拍卖挂牌出让国有建设用地使用权规定(国土资源部令第39号)", "2007-11-01", verified=False)
ASSETS_32 = law("企业国有资产交易监督管理办法(国资委 财政部令第32号)", "2016-06-24", verified=False)
EXCHANGE_2009 = law("企业国有产权交易操作规则(2009)", "2009-07-01", "2025-02-17", verified=False)
EXCHANGE_2025 = law("国资发产权规〔2025〕17号", "2025-02-18", verified=False)

NINGBO = law("宁波市公共资源交易管理条例")
PUYANG = law("濮阳市公共资源交易管理条例")
NOTICES_10 = law("招标公告和公示信息发布管理办法(国家发展改革委令第10号)", "2018-01-01", verified=False)
PRACTICE = law("平台运行参数", verified=False)
PILOT = law("固定价比选试点参数", verified=False)
