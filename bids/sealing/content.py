"""What a bid says: bid.json, the first member of its archive, read strictly into what is read out (唱标). Pure.

An opening records what it finds (`read`): amounts that contradict each other, a price above the ceiling, another lot's
name. Before sealing the same findings are refusals (`problems`). Source: 招标投标法 36; 87号令 59; domain.md 5.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, BinaryIO, Never, TypeVar

from bids.sealing import archive
from trading import money, uscc
from trading.errors import InvalidInput
from trading.text import mark as _

V = "bid/1"
MOST_DAYS = 99_999
LONGEST_TEXT = 200
DEPOSIT_FORMS = ("transfer", "guarantee", "none")
MEMBERS = frozenset(
    {
        "v", "tender", "lot", "bidder", "price", "price_words", "duration_days", "quality", "manager", "deposit",
        "discount", "consortium", "files",
    }
)  # fmt: skip
Entry = TypeVar("Entry")

HEX = re.compile(r"[0-9a-f]{64}")
CODE = re.compile(r"[0-9A-Z]{18}")

TEXTS = {
    "words_differ": _("The amount in words is not the price in figures; the words prevail (87号令 59)."),
    "consortium_not_taken": _("This lot takes no bids of a consortium."),
    "consortium_changed": _("The consortium is not composed as it was when it was prequalified."),
    "not_prequalified": _("The bidder was not prequalified."),
    "words_unreadable": _("The amount in words cannot be read; the figures stand."),
    "above_ceiling": _("The price is above the ceiling."),
    "wrong_tender": _("The bid names another tender project."),
    "wrong_lot": _("The bid names another lot."),
    "wrong_bidder": _("The bid names another bidder."),
    "files_differ": _("The bid does not list the files that it holds."),
    "text_missing": _("The quality and the project manager must be named."),
    "text_too_long": _("A text has more than 200 characters."),
    "deposit_wrong": _("The deposit's amount does not fit its form."),
    "uscc_wrong": _("A partner's unified social credit code is wrong."),
    "file_twice": _("Two files have the same name."),
    "file_name_wrong": _("A document must not be called bid.json."),
    "file_empty": _("A file is empty."),
    "files_missing": _("The bid holds no documents."),
}


class Unreadable(InvalidInput):
    """The bid opens, but what it says cannot be read out; `code` says why."""

    code = "bid_unreadable"
    basis = "招标投标法 36"
    next_step = _("Record what was found; the evaluation decides on the bid.")


@dataclass(frozen=True, slots=True)
class Partner:
    """A member of a consortium (联合体), with the share of the work as the bidder wrote it."""

    uscc: str
    name: str
    share: str


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReadOut:
    """What is read out. `price` is what counts, the words where both can be read; `price_figures` is as written."""

    tender: str
    lot: int
    bidder: str
    price: Decimal
    price_figures: Decimal
    price_words: str
    duration_days: int
    quality: str
    manager_name: str
    manager_certificate: str
    deposit_form: str
    deposit_amount: Decimal
    discount: str
    consortium: tuple[Partner, ...]
    files: tuple[File, ...]
    findings: tuple[str, ...] = ()


def read(file: BinaryIO, *, tender: str, lot: int, bidder: str, ceiling: Decimal | None = None) -> ReadOut:
    """Return what the archive's bid.json says, with the findings of an opening (keys of TEXTS).

    Reads the directory and bid.json and nothing else. Raises Unreadable or archive.WrongArchive.
    """
    members = archive.members(file)
    said = of_items(parse(archive.read_first(file, members[0])))
    findings = _amounts(said, ceiling)
    places = {"tender": tender, "lot": lot, "bidder": bidder}
    findings += [f"wrong_{name}" for name, need in places.items() if getattr(said, name) != need]
    if {(each.name, each.size) for each in said.files} != {(each.name, each.size) for each in members[1:]}:
        findings.append("files_differ")
    return replace(said, findings=tuple(findings))


def problems(items: object, ceiling: Decimal | None = None) -> tuple[str, ...]:
    """Return what keeps the object of bid.json from being sealed: keys of TEXTS, or one code of Unreadable."""
    try:
        said = of_items(items)
    except Unreadable as refusal:
        return (refusal.code,)
    short = (said.quality, said.manager_name, said.manager_certificate)
    names = {unicodedata.normalize("NFKC", each.name).casefold() for each in said.files}
    faults = {
        "text_missing": not all(short),
        "text_too_long": any(len(text) > LONGEST_TEXT for text in (*short, said.discount)),
        "deposit_wrong": (said.deposit_form == "none") != (said.deposit_amount == 0),
        "uscc_wrong": not all(_is_code(partner.uscc) for partner in said.consortium),
        "file_twice": len(names) != len(said.files),
        "file_name_wrong": archive.FIRST in names,
        "file_empty": not all(each.size for each in said.files),
        "files_missing": not said.files,
    }
    return (*_amounts(said, ceiling), *(fault for fault, found in faults.items() if found))


def _is_code(text: str) -> bool:
    try:
        return uscc.check(text) == text
    except uscc.WrongCode:
        return False


def _amounts(said: ReadOut, ceiling: Decimal | None) -> list[str]:
    found = []
    if said.price != said.price_figures:
        found.append("words_differ")
    elif _from_words(said.price_words) is None:
        found.append("words_unreadable")
    if ceiling is not None and said.price > ceiling:
        found.append("above_ceiling")
    return found


def _from_words(text: str) -> Decimal | None:
    """Return the amount if the words are one, which only their standard form is."""
    try:
        return money.from_words(text) or None
    except money.WrongAmount:
        return None


def parse(data: bytes) -> object:
    """Return the JSON of bid.json: UTF-8, no member twice, no number but whole ones. Raises Unreadable."""
    if len(data) > archive.MAX_FIRST:
        raise Unreadable("bid.json has more than 64 KiB.", code="bid_too_long")
    try:
        return json.loads(data.decode(), object_pairs_hook=_members, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable("bid.json is not JSON of texts and whole numbers.", code="bid_json") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _refuse(text: str) -> Never:
    raise ValueError(text)


def of_items(items: object) -> ReadOut:
    """Return the object of bid.json with its types checked, without findings. Raises Unreadable."""
    said = _object("bid.json", items, MEMBERS)
    if said["v"] != V:
        raise Unreadable("bid.json is not of %(v)s.", code="bid_version", v=V)
    figures, words = _amount("price", said["price"]), _text("price_words", said["price_words"])
    if not figures:
        raise _wrong("price")
    manager = _object("manager", said["manager"], {"name", "certificate"})
    deposit = _object("deposit", said["deposit"], {"form", "amount"})
    if deposit["form"] not in DEPOSIT_FORMS:
        raise _wrong("deposit")
    return ReadOut(
        tender=_text("tender", said["tender"]),
        lot=_whole("lot", said["lot"], 999),
        bidder=_text("bidder", said["bidder"]),
        price=_from_words(words) or figures,
        price_figures=figures,
        price_words=words,
        duration_days=_whole("duration_days", said["duration_days"], MOST_DAYS),
        quality=_text("quality", said["quality"]),
        manager_name=_text("manager", manager["name"]),
        manager_certificate=_text("manager", manager["certificate"]),
        deposit_form=deposit["form"],
        deposit_amount=_amount("deposit", deposit["amount"]),
        discount=_text("discount", said["discount"]),
        consortium=_each("consortium", said["consortium"], _partner),
        files=_each("files", said["files"], _file),
    )


def _wrong(name: str) -> Unreadable:
    return Unreadable("The item %(name)s is malformed.", code=f"{name}_wrong", name=name)


def _object(name: str, value: object, needed: frozenset[str] | set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != needed:
        raise Unreadable(
            "%(name)s has not exactly: %(needed)s.", code="bid_members", name=name, needed=", ".join(sorted(needed))
        )
    return value


def _text(name: str, value: object) -> str:
    """Return a text as it can be shown: control characters as spaces, without marks that no reader sees.

    Lenient where sealing may have been (`problems` is not): a stray character must not shut a bid at its opening.
    """
    if not isinstance(value, str) or any(unicodedata.category(letter) == "Cs" for letter in value):
        raise _wrong(name)
    seen = (" " if unicodedata.category(letter) == "Cc" else letter for letter in value)
    return "".join(letter for letter in seen if unicodedata.category(letter) != "Cf").strip()


def _whole(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise _wrong(name)
    return value


def _amount(name: str, value: object) -> Decimal:
    try:
        return money.parse(value)  # type: ignore[arg-type]
    except money.WrongAmount as error:
        raise _wrong(name) from error


def _each(name: str, value: object, reading: Callable[[object], Entry]) -> tuple[Entry, ...]:
    if not isinstance(value, list):
        raise _wrong(name)
    return tuple(reading(entry) for entry in value)


def _partner(entry: object) -> Partner:
    said = _object("consortium", entry, {"uscc", "name", "share"})
    if not isinstance(said["uscc"], str) or not CODE.fullmatch(said["uscc"]):
        raise _wrong("consortium")
    return Partner(said["uscc"], _text("consortium", said["name"]), _text("consortium", said["share"]))


def _file(entry: object) -> File:
    said = _object("files", entry, {"name", "size", "sha256"})
    name, size, digest = said["name"], said["size"], said["sha256"]
    if not isinstance(name, str) or not archive.is_name(name):
        raise _wrong("files")
    if not isinstance(digest, str) or not HEX.fullmatch(digest):
        raise _wrong("files")
    if size != 0 or isinstance(size, bool):
        _whole("files", size, archive.MAX_CONTENT)
    return File(name, size, digest)
