"""The demonstration's library: sixty invented experts of twenty invented employers, each with an account.

Their identity numbers and telephones follow the standards and belong to nobody; the accounts are `expert`, and
`expert1` to `expert59` with the same password, so that whoever is drawn can be played.
"""

from datetime import date, timedelta

from config.demo.people import REGION, enter, person
from experts import due, identity
from experts.application import Kind, Profile, Tie, Title, Whose
from experts.expert import Expert
from experts.personal import Personal
from trading import uscc
from trading.party import Role
from trading.transitions import perform

COUNT = 60
EMPLOYERS = 20
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = ("建国", "明德", "丽华", "志远", "秀英", "海涛", "文静", "国强", "雪梅", "永康")
TRADES = (
    ("A0801", "A0601"),
    ("A0802", "A0501"),
    ("A0803", "A0301"),
    ("A0408", "A0808"),
    ("B1001", "B1101"),
    ("C0201", "A0601"),
)
KINDS = ("建筑设计院", "工程造价咨询公司", "水利勘测设计院", "工程监理公司", "仪器设备研究所")
FIRST_BIRTHDAY, FIRST_YEAR, EMPLOYED_SINCE = date(1962, 1, 5), date(1998, 7, 1), date(2015, 7, 1)


def load() -> None:
    """Enter the experts that are not there yet, admit them, and take the day's snapshot of the library."""
    keeper, own = person("regulator"), person("expert")
    if not Expert.objects.filter(user=own).exists():
        others = [f"expert{number}" for number in range(1, COUNT)]
        enter((name, "评审专家（演示）", "centre", Role.EXPERT) for name in others)
        for number, account in enumerate(["expert", *others]):
            entry = Expert()
            perform(entry.apply, by=person(account), who=who(number), profile=profile(number))
            perform(entry.admit, by=keeper)
    due.take_snapshots()


def who(number: int) -> Personal:
    """Return the invented person of a number."""
    born = FIRST_BIRTHDAY + timedelta(days=113 * number)
    first = f"{REGION}{born:%Y%m%d}{number:03d}"
    return Personal(
        name=SURNAMES[number % len(SURNAMES)] + GIVEN[number // 6 % len(GIVEN)],
        id_number=first + identity.check_character(first),
        phone=f"1990000{number:04d}",
        bank_account=f"62220000000000{number:05d}",
        email=f"expert{number}@example.com",
    )


def profile(number: int) -> Profile:
    """Return what the person is by trade; every third title is of the same level."""
    return Profile(
        region=REGION,
        title=Title.EQUAL if number % 3 == 2 else Title.SENIOR,
        field_since=FIRST_YEAR + timedelta(days=91 * number),
        specialities=TRADES[number % len(TRADES)],
        employer=employer(number * 7 % EMPLOYERS),
    )


def employer(number: int) -> Tie:
    """Return the employment with the invented employer of a number."""
    inner = f"MAEXP{number:03d}"
    first = f"91{REGION}{inner}{uscc.organisation_check_character(inner)}"
    return Tie(
        kind=Kind.EMPLOYMENT,
        whose=Whose.SELF,
        uscc=first + uscc.check_character(first),
        organisation=f"示范{KINDS[number % len(KINDS)]}{number // len(KINDS) + 1}部",
        starts_on=EMPLOYED_SINCE,
    )
