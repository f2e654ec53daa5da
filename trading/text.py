"""Texts: the mark on a sentence for people in a pure module, and what a text says apart from how it was typed. Pure."""

import unicodedata


def mark(sentence: str) -> str:
    """Return the sentence as it is; the catalogue finds the mark, a door translates the sentence."""
    return sentence


def plain(typed: str) -> str:
    """Return a number or a name without what typing adds: width, case, spaces and punctuation."""
    wide = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in wide if sign.isalnum())
