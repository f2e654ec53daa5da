"""Names that tell nothing: an identifier drawn at random, so that the gap between two of them counts nobody."""

import secrets

LARGEST = 2**53 - 1  # the largest whole number that every reader of JSON keeps exactly


def identifier() -> int:
    """Return a fresh identifier, positive and at most LARGEST."""
    return secrets.randbelow(LARGEST) + 1
