"""Citizens' numbers and telephones: what is one, and how each is masked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts import identity
from experts.personal import Personal

VALID = "11010519491231002X"  # the example of GB 11643-1999


def test_the_example_of_the_standard_is_a_number():
    assert identity.check_number(" 110105 1949-1231 002x ") == VALID
    assert identity.birthday(VALID) == date(1949, 12, 31)


@pytest.mark.parametrize("text", ["", "110105194912310021", "11010519491231002", "O1010519491231002X", "１" * 18])
def test_what_is_no_number_is_refused_and_not_repeated(text):
    with pytest.raises(identity.WrongIdentity) as caught:
        identity.check_number(text)
    assert caught.value.code == "id_number_wrong"
    assert caught.value.params == {}


def test_a_number_with_a_day_that_never_was_is_refused():
    first = "51069919750230001"
    with pytest.raises(identity.WrongIdentity):
        identity.check_number(first + identity.check_character(first))


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place, more):
    digits = list(VALID)
    digits[place] = str((int(digits[place]) + more) % 10)
    with pytest.raises(identity.WrongIdentity):
        identity.check_number("".join(digits))


def test_a_telephone_is_eleven_digits_of_a_mobile():
    assert identity.check_phone("+86 138-1234-5678") == "13812345678"
    assert identity.check_phone("１３８１２３４５６７８") == "13812345678"


@pytest.mark.parametrize("text", ["", "1381234567", "02812345678", "12812345678", "138123456789"])
def test_what_is_no_mobile_is_refused(text):
    with pytest.raises(identity.WrongIdentity) as caught:
        identity.check_phone(text)
    assert caught.value.code == "phone_wrong"


def test_masks_leave_what_the_standard_leaves():
    person = Personal("张三丰", VALID, "13812345678", "6222000011112222333", "zhang@example.com")
    assert person.masked() == {
        "name": "张**",
        "id_number": "110105********002X",
        "phone": "138****5678",
        "bank_account": "***************2333",
        "email": "z***@example.com",
    }


def test_nothing_is_masked_as_nothing_and_the_short_wholly():
    assert set(Personal().masked().values()) == {"—"}
    assert identity.masked_account("123") == "***"


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_masked_phone_shows_seven_digits(phone):
    masked = identity.masked_phone(phone)
    assert (masked[:3], masked[3:7], masked[7:]) == (phone[:3], "****", phone[7:])
