"""The type in which records are printed: Noto Sans SC, from the package that the site is built with.

The package holds web fonts; a PDF embeds TrueType, so each file is turned once and kept in VAR_DIR/fonts. The main file
has the 7,946 characters of everyday names; rarer ones come from the package's 97 smaller files, and what none of them
has is printed as its number, 〔U+20BB7〕, never as an empty box.
"""

import functools
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from fontTools.ttLib import TTFont

PACKAGE = Path("node_modules/@fontsource/noto-sans-sc/files")
MAIN = "noto-sans-sc-chinese-simplified-400-normal"
PARTS = "noto-sans-sc-[0-9]*-400-normal.woff"


class Run(NamedTuple):
    """A part of a text that one font file can print."""

    font: str
    text: str


def runs(text: str) -> list[Run]:
    """Return a text in parts, each with the name of the font that has all its characters."""
    if letters(MAIN).issuperset(map(ord, text)):
        return [Run(MAIN, text)]
    found: list[Run] = []
    for letter in text:
        font = font_of(letter)
        shown = letter if font else f"〔U+{ord(letter):04X}〕"
        font = font or MAIN
        if found and found[-1].font == font:
            found[-1] = Run(font, found[-1].text + shown)
        else:
            found.append(Run(font, shown))
    return found


@functools.cache
def font_of(letter: str) -> str:
    """Return the name of the font that has a character, the main one first; nothing if there is none."""
    if ord(letter) in letters(MAIN):
        return MAIN
    return next((name for name in _parts() if ord(letter) in letters(name)), "")


@functools.cache
def letters(name: str) -> frozenset[int]:
    """Return the code points that a font has."""
    with TTFont(_package() / f"{name}.woff", lazy=True) as font:
        return frozenset(font.getBestCmap())


@functools.cache
def _parts() -> list[str]:
    return sorted(path.stem for path in _package().glob(PARTS))


def _package() -> Path:
    return Path(settings.BASE_DIR) / PACKAGE


def file_of(name: str) -> Path:
    """Return the TrueType file of a font, made at its first use. Raises FileNotFoundError without the package."""
    made = Path(settings.VAR_DIR) / "fonts" / f"{name}.ttf"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        fresh = made.with_suffix(f".{id(made)}")
        with TTFont(_package() / f"{name}.woff", recalcTimestamp=False) as font:
            font.flavor = None
            font.save(fresh)
        fresh.replace(made)
    return made
