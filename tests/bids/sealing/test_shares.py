"""Shares: any set gives the secret, a share fits one place only, a code survives a person's typing."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bids.sealing import shares
from tests.bids.sealing import paper

BYTES = st.binary(min_size=32, max_size=32)
HOLDERS = st.lists(st.sampled_from(["agency", "supervisor", "backup", "notary"]), min_size=1, unique=True)
PLACE = shares.label(paper.TENDER, paper.BID, 1, 0, "agency")


@paper.unhurried
@given(BYTES, BYTES, HOLDERS, st.booleans(), st.binary())
def test_all_shares_of_a_set_give_the_secret(secret, own, holders, bidder, seed):
    holders = [*holders, "bidder"] if bidder else holders
    given_out = shares.split(secret, holders, paper.chance(seed), own=own)
    assert list(given_out) == holders
    assert shares.combine(given_out.values()) == secret
    assert given_out.get("bidder", own) == own


@paper.unhurried
@given(BYTES, BYTES, HOLDERS)
def test_all_but_one_share_are_the_same_for_another_secret(secret, other, holders):
    of_secret, of_other = (shares.split(each, holders, paper.chance()) for each in (secret, other))
    assert list(of_secret.values())[:-1] == list(of_other.values())[:-1]


@pytest.mark.parametrize(
    ("secret", "holders", "own"),
    [(bytes(31), ["agency"], b""), (bytes(32), ["agency", "bidder"], b""), (bytes(32), ["bidder"], bytes(32))],
)
def test_a_set_without_what_it_needs_is_not_split(secret, holders, own):
    with pytest.raises(ValueError, match="a set has"):
        shares.split(secret, holders, paper.chance(), own=own)


def test_the_label_is_as_published():
    assert PLACE == (b"ptseal-share/v1\nE3302002611220001001\n0192f0e4-7f6e-7c3a-9d9b-000000000001\n1\n0\nagency\n")


@paper.unhurried
@given(BYTES)
def test_a_share_is_known_by_its_commitment(share):
    assert shares.check_share(share, PLACE, shares.commit(PLACE, share)) == share
    assert shares.unwrap(PLACE + share, PLACE, shares.commit(PLACE, share)) == share


@pytest.mark.parametrize("share", [bytes(31) + b"\x01", bytes(31), bytes(33), b""])
def test_an_edited_share_is_refused(share):
    with pytest.raises(shares.WrongShare):
        shares.check_share(share, PLACE, shares.commit(PLACE, bytes(32)))


@pytest.mark.parametrize(
    "place",
    [
        shares.label(paper.TENDER, paper.BID, 2, 0, "agency"),
        shares.label(paper.TENDER, paper.BID, 1, 1, "agency"),
        shares.label(paper.TENDER, paper.BID, 1, 0, "supervisor"),
    ],
)
def test_a_share_fits_no_other_place(place):
    commitment = shares.commit(PLACE, bytes(32))
    with pytest.raises(shares.WrongShare):
        shares.check_share(bytes(32), place, commitment)
    with pytest.raises(shares.WrongShare) as refused:
        shares.unwrap(PLACE + bytes(32), place, commitment)
    assert refused.value.code == "share_foreign"


@paper.unhurried
@given(BYTES)
def test_a_code_goes_there_and_back(share):
    code = shares.to_code(share)
    typed = " ".join(code[at : at + 4] for at in range(0, 52, 4)).lower() + "\n"
    assert len(code) == 52
    assert shares.from_code(code) == shares.from_code(typed) == shares.from_code(typed.replace(" ", "-")) == share


def test_a_code_in_full_width_is_read():
    code = shares.to_code(bytes(range(32)))
    assert shares.from_code("".join(chr(ord(letter) + 0xFEE0) for letter in code)) == bytes(range(32))


@paper.unhurried
@given(BYTES, st.integers(0, 51), st.characters(codec="ascii"))
def test_a_code_with_a_typing_error_never_passes_for_the_share(share, place, letter):
    code = shares.to_code(share)
    typed = code[:place] + letter + code[place + 1 :]
    assume(typed.upper() != code)
    with suppress(shares.WrongShareCode):
        assert shares.from_code(typed) != share


@pytest.mark.parametrize("code", ["A" * 51 + "B", "1" + "A" * 51, "8" + "A" * 51, "=" + "A" * 51])
def test_a_code_that_no_share_has_is_refused_without_repeating_it(code):
    with pytest.raises(shares.WrongShareCode) as refused:
        shares.from_code(code)
    assert refused.value.code == "share_code_wrong"
    assert code not in str(refused.value)


@pytest.mark.parametrize("code", ["", "A" * 51, "A" * 53])
def test_a_code_of_another_length_is_refused(code):
    with pytest.raises(shares.WrongShareCode) as refused:
        shares.from_code(code)
    assert refused.value.code == "share_code_length"
