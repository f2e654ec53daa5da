"""What a person or a unit says when it applies for the library, and what the law asks of an expert. Pure.

At least eight years in the field and a senior title or the same level (招标投标法 37), an age that the rule table
limits, and every relation by which a recusal may have to be found later (RC-05 to RC-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trading.errors import InvalidInput, RuleError
from trading.rules import engine
from trading.rules.workdays import Calendar
from trading.text import mark as _

YEARS, AGE, COOLING, SPECIALITIES = "X01", "X02", "X03", "X04"
LAW = "招标投标法 37"
RECUSAL = "招标投标法 37; 政府采购法实施条例 9"


class Title(StrEnum):
    """The professional title of an expert."""

    SENIOR = "senior"
    EQUAL = "equal"
    MIDDLE = "middle"


class Kind(StrEnum):
    """By what a person is tied to an organisation."""

    EMPLOYMENT = "employment"
    DIRECTORSHIP = "directorship"
    HOLDING = "holding"
    PRINCIPAL = "principal"
    AUTHORITY = "authority"
    OTHER = "other"


class Whose(StrEnum):
    """Whose tie it is: the expert's own, or a relative's."""

    SELF = "self"
    SPOUSE = "spouse"
    LINEAL = "lineal"
    COLLATERAL = "collateral"
    IN_LAW = "in_law"


@dataclass(frozen=True)
class Tie:
    """One tie of the expert, or of a near relative, to an organisation; the relative is not named."""

    kind: str
    whose: str
    uscc: str
    organisation: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Profile:
    """What an expert is by trade: nothing here is personal data by itself."""

    region: str
    title: str
    field_since: date
    specialities: Sequence[str]
    employer: Tie
    ties: Sequence[Tie] = ()


def check(profile: Profile, born_on: date, today: date, *, calendar: Calendar) -> None:
    """Refuse who does not have what the law asks. Raises RuleError, InvalidInput."""
    if profile.title not in {Title.SENIOR, Title.EQUAL}:
        raise RuleError(
            "An expert has a senior professional title or the same professional level.",
            code="title_too_low",
            basis=LAW,
            next_step=_("Apply again when the title is given."),
        )
    check_experience(profile.field_since, today, calendar=calendar)
    check_age(born_on, today, calendar=calendar)
    for tie in (profile.employer, *profile.ties):
        check_tie(tie, today)


def check_experience(since: date, today: date, *, calendar: Calendar) -> None:
    """Refuse fewer years in the field than the law asks. Raises RuleError."""
    found = engine.check(YEARS, start=since, end=max(since, today), on=today, calendar=calendar)
    if found.status != engine.Status.COMPLIANT:
        raise RuleError(
            "An expert has worked in the field for eight years or more; since %(since)s is less.",
            code="experience_too_short",
            basis=found.basis or LAW,
            next_step=_("Apply again on %(from)s or later."),
            since=since.isoformat(),
            **{"from": found.date.isoformat() if found.date else "-"},
        )


def check_age(born_on: date, today: date, *, calendar: Calendar) -> None:
    """Refuse who is older than the rule allows; the sentence does not say how old. Raises RuleError."""
    if not within_age(born_on, today, calendar=calendar):
        raise RuleError(
            "The expert has reached the age at which the library ends.",
            code="age_limit_reached",
            basis=engine.deadline(AGE, None, calendar=calendar).basis,
        )


def within_age(born_on: date, today: date, *, calendar: Calendar) -> bool:
    """Return whether somebody born that day may be drawn today."""
    found = engine.check(AGE, start=born_on, end=today, on=today, calendar=calendar)
    return found.status == engine.Status.COMPLIANT


def check_tie(tie: Tie, today: date) -> None:
    """Refuse a tie whose days cannot be. Raises InvalidInput."""
    if tie.starts_on > today or (tie.ends_on is not None and tie.ends_on < tie.starts_on):
        raise InvalidInput(
            "A relation begins no later than today and ends no earlier than it began.",
            code="tie_days_wrong",
            basis=RECUSAL,
            next_step=_("Correct the days; leave the end empty while it lasts."),
        )
