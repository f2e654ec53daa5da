"""The verdict on a bid: every row of the table of integrity.md 2.5 in both modes, and what nobody can gain."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing.verdict import Facts, Fault, Found, Outcome, Set, Share, Verdict, Window, judge
from tests.bids.sealing import paper

LETTERS = {".": Found.AWAITED, "x": Found.MISMATCH, "g": Found.GIVEN, "s": Found.SPOILED}
OPEN, ENDED, EXTENDED, OVER = Window
WAITING, OPENED, REVOKED, RETURNED = Outcome
NOBODY, BIDDER, CUSTODIAN, PLATFORM = Fault


def facts(mode, text, window=ENDED, **found):
    """Return the facts of sets written as "gg+ g. ..": a letter for each holder, + and - for a set that was tried."""
    sets = []
    for holders, said in zip(paper.SETS[mode], text.split(), strict=True):
        shares = tuple(Share(holder, LETTERS[letter]) for holder, letter in zip(holders, said, strict=False))
        sets.append(Set(shares, {"+": True, "-": False}.get(said[-1])))
    return Facts(tuple(sets), window, **found)


# fmt: off
VERDICTS = {
    # 1–5: a set opens; a lost one falls to the next
    "T, the first set": (
        facts("T", "gg+ g. g.", OPEN, decrypts=True), OPENED, "opened", NOBODY, (), 0, False),
    "TB, the first set": (
        facts("TB", "ggg+ g.g g.g", OPEN, decrypts=True), OPENED, "opened", NOBODY, (), 0, False),
    "T, the supervisor is silent": (
        facts("T", "g. gg+ .g", decrypts=True), OPENED, "opened", CUSTODIAN, ("supervisor",), 1, False),
    "TB, the supervisor's share is not the committed one": (
        facts("TB", "gxg ggg+ xgg", OPEN, decrypts=True), OPENED, "opened", CUSTODIAN, ("supervisor",), 1, False),
    "T, one set planted, another opens": (
        facts("T", "gg- gg+ g.", OPEN, decrypts=True), OPENED, "opened", BIDDER, (), 1, False),
    # 6–8: not yet
    "T, shares under way": (
        facts("T", "g. g. ..", OPEN), WAITING, "shares_awaited", NOBODY, (), None, False),
    "TB, the bidder's share under way": (
        facts("TB", "gg. gg. gg.", OPEN), WAITING, "shares_awaited", NOBODY, (), None, False),
    "T, the key is there, the file still shut": (
        facts("T", "gg+ gg+ gg+"), WAITING, "decryption_awaited", NOBODY, (), 0, False),
    # 9, 10: the stored file
    "T, the stored file is gone": (
        facts("T", "gg+ gg+ gg+", stored=False), RETURNED, "file_lost", PLATFORM, (), None, False),
    "TB, the stored file has another root": (
        facts("TB", "gg. gg. gg.", stored=False), RETURNED, "file_lost", PLATFORM, (), None, False),
    # 11–14: no set through custodians' fault
    "T, two custodians silent at the end": (
        facts("T", "g. g. .."), WAITING, "extension_due", CUSTODIAN, ("supervisor", "backup"), None, True),
    "TB, two custodians still silent after the extension": (
        facts("TB", "g.g gxg .xg", OVER), RETURNED, "custodians_failed", CUSTODIAN, ("supervisor", "backup"), None,
        False),
    "T, the bidder hands in the key": (
        facts("T", "g. gx .x", EXTENDED, rescue=True, decrypts=True), OPENED, "rescued", CUSTODIAN,
        ("supervisor", "backup"), None, False),
    "TB, the bidder hands in another key": (
        facts("TB", "g.g g.g ..g", EXTENDED, rescue=False), WAITING, "extension_awaited", CUSTODIAN,
        ("supervisor", "backup"), None, True),
    # 15–17: wraps and shares that the bidder made wrong
    "T, every wrap spoiled": (
        facts("T", "s. s. s.", OPEN), REVOKED, "set_spoiled", BIDDER, (), None, False),
    "TB, the committed shares do not give the key": (
        facts("TB", "ggg- ggg- ggg-", OPEN), REVOKED, "set_spoiled", BIDDER, (), None, False),
    "T, one wrap spoiled, the other sets lost by a custodian, and a rescue": (
        facts("T", "gs g. s.", rescue=True, decrypts=True), REVOKED, "set_spoiled", BIDDER, ("backup",), None, False),
    # 18: the content
    "T, the file does not open with its own key": (
        facts("T", "gg+ gg+ gg+", decrypts=False), REVOKED, "not_decryptable", BIDDER, (), 0, False),
    # 19–21: the bidder's share
    "TB, the bidder sent no share": (
        facts("TB", "gg. gg. gg."), REVOKED, "bidder_share_missing", BIDDER, (), None, False),
    "TB, the bidder's share is not the committed one": (
        facts("TB", "ggx ggx ggx"), REVOKED, "bidder_share_missing", BIDDER, (), None, False),
    "TB, the platform was down in the window": (
        facts("TB", "gg. gg. gg.", outage=True), WAITING, "extension_due", PLATFORM, (), None, False),
}
MORE = {
    "TB, the platform was down in the extension too": (
        facts("TB", "gg. gg. gg.", OVER, outage=True), RETURNED, "outage", PLATFORM, (), None, False),
    "TB, in the extension for an outage": (
        facts("TB", "gg. gg. gg.", EXTENDED, outage=True), WAITING, "extension_awaited", PLATFORM, (), None, False),
    "TB, after an outage the bidder had a whole window": (
        facts("TB", "gg. gg. gg.", OVER), REVOKED, "bidder_share_missing", BIDDER, (), None, False),
    "TB, bidder and custodians silent": (
        facts("TB", "g.. g.. ...", rescue=True, decrypts=True), REVOKED, "bidder_share_missing", BIDDER,
        ("supervisor", "backup"), None, False),
    "TB, one set planted, the platform down": (
        facts("TB", "gs. gg. sg.", outage=True), WAITING, "extension_due", PLATFORM, (), None, False),
    "T, a planted set while others may still open": (
        facts("T", "gs g. s.", OPEN), WAITING, "shares_awaited", NOBODY, (), None, False),
    "T, a rescue before the window ended": (
        facts("T", "g. g. ..", OPEN, rescue=True, decrypts=True), WAITING, "shares_awaited", NOBODY, (), None, False),
    "T, a rescue not yet decrypted": (
        facts("T", "g. g. ..", rescue=True), WAITING, "decryption_awaited", NOBODY, (), None, False),
    "T, a rescue of a file that does not open": (
        facts("T", "g. g. ..", rescue=True, decrypts=False), REVOKED, "not_decryptable", BIDDER, (), None, False),
    "T, a rescue after the extension": (
        facts("T", "g. g. ..", OVER, rescue=True, decrypts=True), OPENED, "rescued", CUSTODIAN,
        ("supervisor", "backup"), None, False),
}
# fmt: on


@pytest.mark.parametrize("case", [*VERDICTS, *MORE])
def test_verdict(case):
    found, outcome, ground, fault, custodians, number, may_rescue = {**VERDICTS, **MORE}[case]
    verdict = judge(found)
    assert verdict == Verdict(ground, fault, custodians, number, may_rescue)
    assert verdict.outcome == outcome
    assert verdict.is_final == (outcome is not WAITING)
    assert verdict.basis.startswith("电子招标投标办法 3")
    assert verdict.words.endswith(".")
    assert verdict.next_step.endswith(".")


def test_there_are_21_verdicts():
    assert len(VERDICTS) == 21


def test_facts_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match="a set is tried"):
        facts("T", "g.+ gg+ gg+")
    with pytest.raises(ValueError, match="a set is tried"):
        facts("T", "gg gg+ gg+")
    with pytest.raises(ValueError, match="at least one set"):
        Facts(())


@st.composite
def any_facts(draw):
    mode = draw(st.sampled_from(["T", "TB"]))
    found = {holder: draw(st.sampled_from(list(Found)[:3])) for holder in ("agency", "supervisor", "backup", "bidder")}
    sets = []
    for holders in paper.SETS[mode]:
        shares = [Share(holder, found[holder]) for holder in holders]
        for place in draw(st.lists(st.integers(0, 1), max_size=1)):
            shares[place] = Share(holders[place], Found.SPOILED)
        tried = all(one.found is Found.GIVEN for one in shares)
        sets.append(Set(tuple(shares), draw(st.booleans()) if tried else None))
    return Facts(
        tuple(sets),
        window=draw(st.sampled_from(Window)),
        stored=draw(st.integers(0, 9)) > 0,
        decrypts=draw(st.sampled_from([None, True, False])),
        rescue=draw(st.sampled_from([None, True, False])),
        outage=draw(st.booleans()),
    )


def planted(found, places):
    """Return the facts as they are when the bidder made the wraps at these places (set, holder) wrong."""
    sets = list(found.sets)
    for number, place in places:
        shares = list(sets[number].shares)
        if shares[place].holder != "bidder":
            shares[place] = Share(shares[place].holder, Found.SPOILED)
            sets[number] = Set(tuple(shares))
    return replace(found, sets=tuple(sets))


PLACES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1)


@paper.unhurried
@given(any_facts())
def test_outcome_and_fault_agree(found):
    verdict = judge(found)
    if verdict.outcome is REVOKED:
        assert verdict.at_fault is BIDDER
    if verdict.outcome is RETURNED:
        assert verdict.at_fault in {CUSTODIAN, PLATFORM}
    if verdict.at_fault is CUSTODIAN:
        assert verdict.custodians
    assert not verdict.may_rescue or (verdict.outcome is WAITING and verdict.at_fault is CUSTODIAN)


@paper.unhurried
@given(any_facts(), PLACES)
def test_a_bidder_gains_no_option_by_planting_bad_wraps(found, places):
    honest, cheating = judge(found), judge(planted(found, places))
    assert not cheating.may_rescue
    assert cheating.ground != "rescued" or honest.ground == "rescued"
    if found.stored and not found.outage and found.window is not OPEN:
        assert cheating.outcome is not RETURNED
        assert cheating.ground not in {"extension_due", "extension_awaited"}


@paper.unhurried
@given(any_facts(), st.integers(0, 3))
def test_a_final_verdict_stays_as_time_passes(found, steps):
    windows = list(Window)
    later = windows[min(windows.index(found.window) + steps, 3)]
    now = judge(found)
    assert not now.is_final or judge(replace(found, window=later)).outcome is now.outcome


@paper.unhurried
@given(any_facts(), st.integers(0, 2))
def test_a_lost_set_falls_to_the_next(found, number):
    sets = list(found.sets)
    sets[number] = Set(tuple(Share(share.holder, Found.GIVEN) for share in sets[number].shares), opens=True)
    verdict = judge(replace(found, sets=tuple(sets), stored=True, decrypts=True))
    assert verdict.outcome is OPENED
    assert verdict.set_number <= number
    assert not any(each.opens for each in sets[: verdict.set_number])


@paper.unhurried
@given(any_facts())
def test_nobody_waits_for_ever(found):
    assert judge(replace(found, window=OVER, decrypts=found.decrypts or False)).is_final


@paper.unhurried
@given(st.lists(st.text("g.x", min_size=2, max_size=2), min_size=3, max_size=3), any_facts())
def test_an_honest_bidder_in_mode_t_is_never_revoked(texts, found):
    sets = facts("T", " ".join(text + "+" * (text == "gg") for text in texts)).sets
    assert judge(replace(found, sets=sets, decrypts=True)).outcome is not REVOKED
