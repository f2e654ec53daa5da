"""The mark on a sentence for people in a pure module; the catalogue finds it, a door translates it."""


def mark(sentence: str) -> str:
    """Return the sentence as it is."""
    return sentence
