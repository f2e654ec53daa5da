"""Which acts a draw still has room for: what a person in the hall or at “my work” is not refused for its state.

The acts themselves decide; these only keep a draw that is over, or whose session is, from asking for work.
"""

from typing import Any

from trading import clock
from trading.draws.cutoff import NotWitnessed
from trading.draws.draw import READINGS, Draw
from trading.lot import Standing
from trading.session import SessionState


def contribute(draw: Draw, person: Any) -> bool:
    """Say whether the person can still lay down a commitment."""
    return _in_session(draw) and not draw.contributions.filter(user_id=person.pk).exists()


def commit(draw: Draw, person: Any) -> bool:
    """Say whether the commit record can be fixed."""
    return _in_session(draw)


def reveal(draw: Draw, person: Any) -> bool:
    """Say whether a contribution waits for its secret, before the cut-off."""
    waits = not draw.is_past_cut_off(clock.now()) and draw.contributions.filter(value="").exists()
    return waits and _in_session(draw)


def close_reveals(draw: Draw, person: Any) -> bool:
    """Say whether the reveals have an end to be set."""
    return not draw.is_past_cut_off(clock.now())


def move(draw: Draw, person: Any) -> bool:
    """Say whether the draw has outlived its session."""
    return draw.session.is_over and draw.lot.state != Standing.TERMINATED


def void(draw: Draw, person: Any) -> bool:
    """Say whether the draw can be voided: before its cut-off, or where it came to nothing, in a lot that goes on."""
    if draw.lot.state == Standing.TERMINATED:
        return False
    return not draw.is_past_cut_off(clock.now()) or _came_to_nothing(draw)


def enter_dice(draw: Draw, person: Any) -> bool:
    """Say whether the dice wait for this person's reading."""
    read = _readers(draw)
    return _is_physical(draw) and _in_session(draw) and len(read) < READINGS and person.pk not in read


def confirm_dice(draw: Draw, person: Any) -> bool:
    """Say whether two equal readings wait for their confirmation."""
    return _is_physical(draw) and _in_session(draw) and len(_readers(draw)) == READINGS


def reject_dice(draw: Draw, person: Any) -> bool:
    """Say whether there is a reading to reject, and not the second yet, from which the result follows."""
    return _is_physical(draw) and _in_session(draw) and 0 < len(_readers(draw)) < READINGS


def take_beacon(draw: Draw, person: Any) -> bool:
    """Say whether the draw takes a round of drand."""
    return bool(draw.beacon.get("kind") == "drand")


def _in_session(draw: Draw) -> bool:
    return bool(draw.session.state == SessionState.OPEN)


def _is_physical(draw: Draw) -> bool:
    return bool(draw.beacon.get("kind") == "physical")


def _came_to_nothing(draw: Draw) -> bool:
    try:
        return draw.came_to_nothing(clock.now())
    except NotWitnessed:  # the ledger has not placed the commit record yet
        return False


def _readers(draw: Draw) -> list[int]:
    return list(draw.dice.filter(attempt=draw.attempt).values_list("user_id", flat=True))
