"""The codes of a project, its tender project and its lots, and the structure of the national trade identifier."""

import re
from datetime import date

from trading import uscc
from trading.errors import InvalidInput

PROJECT = re.compile(r"(?P<industry>[A-T])(?P<region>[0-9]{6})(?P<day>[0-9]{6})(?P<number>[0-9]{4})")
LOT = re.compile(r"[A-Z][0-9A-Z]{22}")
IDENTIFIER = re.compile(
    r"(?P<kind>[A-Z][0-9]{2})-(?P<uscc>[0-9A-HJ-NPQRTUWXY]{18})-(?P<day>[0-9]{8})-(?P<number>[0-9]{6})-(?P<check>[0-9A-Z])"
)
BASIS = "公共资源交易平台系统数据规范"


class WrongCode(InvalidInput):
    """The text is not a code of the data standard."""

    code = "code_wrong"
    basis = BASIS


def project_code(industry: str, region: str, on: date, number: int) -> str:
    """Return 项目编号, 17 characters: industry (GB/T 4754), region (GB/T 2260), yyMMdd, number of the day."""
    return check_project(f"{industry}{region}{on:%y%m%d}{_counted(number, 4)}")


def tender_project_code(project: str, number: int) -> str:
    """Return 招标项目编号, 20 characters: the project and a number."""
    return check_project(project) + _counted(number, 3)


def lot_code(tender_project: str, number: int) -> str:
    """Return 标段编号, 23 characters: the tender project and a number."""
    check_project(tender_project[:17])
    return check_lot(tender_project + _counted(number, 3))


def check_project(text: str) -> str:
    """Return the project code if it follows the format and carries a real day. Raises WrongCode."""
    found = PROJECT.fullmatch(text)
    if not found:
        raise WrongCode("%(text)s is not a project code of 17 characters.", text=text[:40])
    _check_day(f"20{found['day']}", text)
    return text


def check_lot(text: str) -> str:
    """Return the lot code if it has the published shape; other platforms fill it their own way. Raises WrongCode."""
    if not LOT.fullmatch(text):
        raise WrongCode("%(text)s is not a lot code of 23 characters.", text=text[:40])
    return text


def check_identifier(text: str) -> str:
    """Return the trade identifier (统一交易标识码) if its structure holds.

    Kind, unified social credit code and day are checked; the last character is not, for want of the standard's
    text. Raises WrongCode and the kinds of uscc.WrongCode.
    """
    found = IDENTIFIER.fullmatch(text)
    if not found:
        raise WrongCode("%(text)s does not have the structure of a trade identifier.", text=text[:60])
    uscc.check(found["uscc"])
    _check_day(found["day"], text)
    return text


def _counted(number: int, width: int) -> str:
    if not 0 < number < 10**width:
        raise WrongCode("The number %(number)s does not fit into %(width)s digits.", number=number, width=width)
    return f"{number:0{width}}"


def _check_day(digits: str, text: str) -> None:
    try:
        date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError as error:
        raise WrongCode("%(text)s carries no real day.", text=text[:60]) from error
