"""Who may be drawn: everybody eligible is a candidate or an exclusion, under the code of the first reason."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts import pool, recusal
from experts.application import Kind, Tie, Whose
from experts.library import Row, Standing
from experts.pool import Present
from experts.wanted import Need, Wanted
from trading.draws import candidates, leaves
from trading.errors import RuleError

DAY = date(2026, 3, 30)
DAYS = (date(2026, 3, 31), date(2026, 3, 31))
KEY = bytes(range(32))
BIDDER, PARENT, OWNER, AGENCY, OFFICE = (f"91510699MA0000000{n}" for n in range(5))
WANTED = Wanted(
    [Need("A0802", 2), Need("A0601", 3)],
    0,
    datetime(2026, 3, 31, 7, 0, tzinfo=UTC),
    "评标三室",
    8,
)
CASE = recusal.Case(
    day=DAY,
    bidders={BIDDER: frozenset({PARENT})},
    owners=frozenset({OWNER}),
    agencies=frozenset({AGENCY}),
    supervisors=frozenset({OFFICE}),
    listed=frozenset({"E0000000099"}),
)


def row(number=1, **facts):
    given_facts = {
        "standing": Standing.READY,
        "specialities": ("A0802",),
        "region": "510699",
        "organisations": (),
        "drawable_on": date(2026, 1, 1),
        "away": (),
        **facts,
    }
    return Row(f"E{number:010d}", **given_facts)


def present(number=1, *ties, **facts):
    given_facts = {"active": True, "away": (), "engaged": (), "punished": False, **facts}
    candidate = recusal.Candidate(f"E{number:010d}", tuple(ties), given_facts.pop("punished"))
    return Present(**given_facts, candidate=candidate)


def tie(uscc, kind=Kind.EMPLOYMENT, **facts):
    return Tie(kind, Whose.SELF, uscc, "示范单位", date(2020, 1, 1), **facts)


def code(one, now):
    found = pool.why_not(one, now, CASE, DAYS)
    return found.code if found else ""


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        ({}, present(), ""),
        ({}, None, "E05"),
        ({}, present(active=False), "E05"),
        ({"standing": Standing.SUSPENDED}, present(), "E05"),
        ({"standing": Standing.AGED}, present(), "E05"),
        ({"drawable_on": date(2026, 3, 31)}, present(), "E09"),
        ({"drawable_on": None}, present(), "E09"),
        ({"away": ((DAY, date(2026, 3, 31)),)}, present(), "E08"),
        ({"away": ((DAY, DAY),)}, present(), ""),
        ({}, present(away=((date(2026, 3, 31), date(2026, 4, 2)),)), "E08"),
        ({}, present(engaged=((date(2026, 3, 31), date(2026, 3, 31)),)), "E08"),
        ({}, present(1, tie(BIDDER)), "E02"),
        ({}, present(1, tie(PARENT)), "E02"),
        ({}, present(1, tie(OWNER)), "E03"),
        ({}, present(1, tie(AGENCY)), "E03"),
        ({}, present(1, tie(OFFICE)), "E04"),
        ({}, present(punished=True), "E05"),
        ({}, present(1, tie(BIDDER), tie(OWNER)), "E02"),
    ],
)
def test_an_expert_falls_out_under_the_code_of_the_first_reason(facts, now, expected):
    assert code(row(**facts), now) == expected


def test_who_the_owner_names_falls_out():
    assert code(row(99), present(99)) == "E01"


def test_the_rule_takes_the_wanted_specialities_and_the_region():
    rows = [row(1), row(2, specialities=("C0201",)), row(3, region="410900"), row(4, specialities=("A0601", "C0201"))]
    assert list(pool.eligible(rows, WANTED)) == ["E0000000001", "E0000000003", "E0000000004"]
    here = Wanted(**{**vars(WANTED), "region": "5106"})
    assert list(pool.eligible(rows, here)) == ["E0000000001", "E0000000004"]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(Standing), st.sampled_from([(), (BIDDER,), (OWNER, BIDDER)]))))
def test_everybody_eligible_is_a_candidate_or_an_exclusion_and_never_both(people):
    rows = {one.number: one for one in (row(n, standing=standing) for n, (_, standing, _) in enumerate(people))}
    now = {f"E{n:010d}": present(n, *map(tie, ties), active=active) for n, (active, _, ties) in enumerate(people)}
    made = pool.sort(rows, now, CASE, WANTED, DAYS)
    kept, out = {one.number for one in made.rows}, {one.number for one in made.excluded}
    assert kept | out == set(rows)
    assert not kept & out
    assert kept == {number for number in rows if pool.why_not(rows[number], now[number], CASE, DAYS) is None}
    listed = candidates.parse_list(made.list_file(KEY), "sha256")
    excluded = candidates.parse_exclusions(made.exclusions_file(KEY, rows))
    assert (listed.n, len(excluded)) == (len(kept), len(out))
    candidates.check_apart(listed.candidates, excluded)
    assert sum(made.counts["excluded"].values()) == len(out)


def test_the_files_name_nobody_and_the_key_opens_every_leaf():
    rows = {one.number: one for one in (row(1, specialities=("A0601", "A0802")), row(2))}
    made = pool.sort(rows, {"E0000000001": present(1), "E0000000002": present(2, tie(BIDDER))}, CASE, WANTED, DAYS)
    text = made.list_file(KEY).decode() + made.exclusions_file(KEY, rows).decode()
    assert "E000000000" not in text
    assert BIDDER not in text
    assert made.list_file(KEY).decode().split("\t")[1] == "A0601,A0802"
    opened = pool.opening(KEY, rows["E0000000001"], made.codes)
    leaves.check_opening("sha256", opened)
    assert opened["id"] in text
    assert opened["attrs"] == {"region": "510699", "strata": ["A0601", "A0802"]}
    other = pool.evidence(KEY, pool.Excluded("E0000000002", "E03", made.excluded[0].why))
    assert pool.evidence(KEY, made.excluded[0]) != other


def test_a_pool_in_a_region_has_thirty_and_the_whole_library_three_for_each_seat():
    enough = {"A0802": 30, "A0601": 30}
    assert pool.check_size(enough, WANTED.needs, DAY, narrowed=True) == []
    assert pool.check_size({**enough, "A0601": 9}, WANTED.needs, DAY, narrowed=False) == ["A0601"]
    for counts, narrowed in (({**enough, "A0601": 29}, True), ({**enough, "A0601": 8}, False)):
        with pytest.raises(RuleError) as caught:
            pool.check_size(counts, WANTED.needs, DAY, narrowed=narrowed)
        assert caught.value.code == "pool_too_small"
        assert f"A0601 {counts['A0601']}" in caught.value.detail


def test_a_stratum_has_as_many_as_the_whole_committee_so_that_no_draw_is_short():
    needs = [Need("A0802", 1), Need("A0601", 8)]
    with pytest.raises(RuleError):
        pool.check_size({"A0802": 8, "A0601": 40}, needs, DAY, narrowed=False)
    assert pool.check_size({"A0802": 9, "A0601": 40}, needs, DAY, narrowed=False) == ["A0802"]
