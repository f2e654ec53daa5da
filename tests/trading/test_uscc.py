"""Unified social credit codes: the vectors of the domain, and every way to be wrong."""

from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from trading import uscc

VALID = [
    "914403001922038216",
    "91330100799655058B",
    "9144030071526726XG",
    "91110000802100433B",
    "12350100MB02709751",
]
LEGACY = "91350203M0001QAY9B"
CHARACTERS = st.text(uscc.ALPHABET, min_size=1, max_size=1)


@st.composite
def codes(draw):
    """Codes built by the rule itself."""
    head = draw(st.text(uscc.ALPHABET, min_size=8, max_size=8))
    body = draw(st.text(uscc.ALPHABET, min_size=8, max_size=8))
    first = head + body + uscc.organisation_check_character(body)
    return first + uscc.check_character(first)


@pytest.mark.parametrize("code", VALID)
def test_a_valid_code_is_returned(code):
    assert uscc.check(code) == code


@pytest.mark.parametrize(
    "typed", ["91330100799655058b", " 91330100799655058B\n", "９１３３０１００７９９６５５０５８Ｂ"]
)
def test_case_width_and_space_around_are_normalised(typed):
    assert uscc.check(typed) == "91330100799655058B"


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("9133010079965505B", "uscc_length", "The code has 17 characters; 18 are needed."),
        ("91330100799655058B1", "uscc_length", "The code has 19 characters; 18 are needed."),
        ("", "uscc_length", "The code has 0 characters; 18 are needed."),
        ("DE811234567", "uscc_length", "The code has 11 characters; 18 are needed."),
        ("9133010079965505OB", "uscc_alphabet", "The code contains O."),
        ("9133010079965505IS", "uscc_alphabet", "The code contains I S."),
        ("91330100-99655058B", "uscc_alphabet", "The code contains -."),
        ("91330100799655058C", "uscc_check_character", "The check character is C; B follows from the rest."),
        (LEGACY, "uscc_check_character", "The check character is B; 9 follows from the rest."),
    ],
)
def test_a_wrong_code_says_what_is_wrong(text, code, detail):
    with pytest.raises(uscc.WrongCode) as wrong:
        uscc.check(text)
    assert (wrong.value.code, wrong.value.detail, wrong.value.status) == (code, detail, 400)


def test_a_wrong_organisation_code_is_found_behind_a_right_check_character():
    first = "91330100799655059"
    with pytest.raises(uscc.WrongOrganisationCode, match="ends in 9; 8 follows"):
        uscc.check(first + uscc.check_character(first))


def test_an_audited_exception_passes_but_not_with_a_foreign_character():
    assert uscc.check(LEGACY.lower(), exceptions={LEGACY}) == LEGACY
    with pytest.raises(uscc.ForeignCharacter):
        uscc.check("9135020OM0001QAY9B", exceptions={"9135020OM0001QAY9B"})


@given(codes())
def test_a_code_built_by_the_rule_is_valid(code):
    assert uscc.check(code) == code


@given(codes(), st.integers(0, 17), CHARACTERS)
def test_one_changed_character_is_always_found(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    if changed == code:
        assert uscc.check(changed) == code
    else:
        with pytest.raises(uscc.WrongCode):
            uscc.check(changed)


@given(st.text(max_size=40).filter(lambda text: len(uscc.normalise(text)) != 18))
def test_any_other_length_is_refused(text):
    with pytest.raises(uscc.WrongLength):
        uscc.check(text)


def test_the_command_says_of_each_code_whether_it_is_valid():
    out = StringIO()
    call_command("uscc", "91330100799655058b", "914403001922038216", stdout=out)
    assert out.getvalue().splitlines() == ["91330100799655058B valid", "914403001922038216 valid"]


def test_the_command_exits_1_if_any_code_is_invalid():
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("uscc", "914403001922038216", LEGACY, stdout=out)
    assert out.getvalue().splitlines() == [
        "914403001922038216 valid",
        f"{LEGACY} invalid: The check character is B; 9 follows from the rest.",
    ]


def test_the_command_says_one_line_of_whatever_it_was_given():
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("uscc", "91\n33", "\udcff", "91330100799655058B", stdout=out)
    assert out.getvalue().splitlines() == [
        r"91\n33 invalid: The code has 5 characters; 18 are needed.",
        r"\udcff invalid: The code has 1 characters; 18 are needed.",
        "91330100799655058B valid",
    ]
