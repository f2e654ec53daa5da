"""The codes of projects, tender projects and lots, and the trade identifier."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading import codes, uscc

DAY = date(2026, 11, 22)
PUBLISHED = [
    "B01-12350100MB02709751-20161231-211018-2",
    "D03-12350100MB02709751-20200319-102642-5",
    "D01-12350100MB02709751-20190627-527731-5",
]


def test_a_lot_carries_its_project():
    project = codes.project_code("E", "510682", DAY, 7)
    tender = codes.tender_project_code(project, 1)
    lot = codes.lot_code(tender, 2)
    assert (project, tender, lot) == ("E5106822611220007", "E5106822611220007001", "E5106822611220007001002")


@given(
    st.sampled_from("ABCDEFGHIJKLMNOPQRST"),
    st.integers(0, 999999),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 9999),
    st.integers(1, 999),
)
def test_codes_have_17_20_and_23_characters(industry, region, day, number, part):
    project = codes.project_code(industry, f"{region:06}", day, number)
    tender = codes.tender_project_code(project, part)
    assert [len(project), len(tender), len(codes.lot_code(tender, part))] == [17, 20, 23]


@pytest.mark.parametrize("number", [0, -1, 10000])
def test_a_number_that_does_not_fit_is_refused(number):
    with pytest.raises(codes.WrongCode, match="does not fit into 4 digits"):
        codes.project_code("E", "510682", DAY, number)


@pytest.mark.parametrize(
    "text", ["", "E51068226112200070", "Z5106822611220007", "e5106822611220007", "E5106822613220007"]
)
def test_another_project_code_is_refused(text):
    with pytest.raises(codes.WrongCode):
        codes.check_project(text)


def test_a_lot_of_no_project_is_refused():
    with pytest.raises(codes.WrongCode):
        codes.lot_code("GC532500202400525001", 1)


def test_a_published_lot_code_of_another_platform_is_accepted():
    assert codes.check_lot("GC532500202400525001001") == "GC532500202400525001001"


@pytest.mark.parametrize("text", ["", "GC53250020240052500100", "gc532500202400525001001", "0C532500202400525001001"])
def test_another_shape_is_no_lot_code(text):
    with pytest.raises(codes.WrongCode):
        codes.check_lot(text)


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_published_trade_identifier_is_accepted(text):
    assert codes.check_identifier(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "b01-12350100MB02709751-20161231-211018-2",
        "B01-12350100MB0270975O-20161231-211018-2",
        "B01-12350100MB02709751-20161331-211018-2",
        "B01-12350100MB02709751-20161231-211018",
    ],
)
def test_another_structure_is_refused(text):
    with pytest.raises(codes.WrongCode):
        codes.check_identifier(text)


def test_the_organisation_in_a_trade_identifier_is_checked():
    with pytest.raises(uscc.WrongCheckCharacter):
        codes.check_identifier("B01-12350100MB02709752-20161231-211018-2")
