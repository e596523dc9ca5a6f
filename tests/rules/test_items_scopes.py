"""Scopes, stages, territories and exemptions: pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.scopes import (
    KINDS,
    STAGES,
    Exemption,
    Opening,
    Scope,
    covers,
    late,
    opening,
    overlaps,
    twice_exempt,
)

XINING, LHASA = ("630000", "630100", "630102"), ("540000", "540100", "540102")
GOLMUD, SHENZHEN, SHAOGUAN = ("630000", "632800", "632801"), ("440000", "440300", "440305"), ("440000", "440200")
DAY = date(2021, 12, 31)


def scope(key: str = "s", **fields: object) -> Scope:
    return Scope(**{"key": key, "entry_key": "E", "kind": "cross_province", "begins": DAY, **fields})  # type: ignore[arg-type]


@pytest.mark.req("R-001")
def test_from_another_province_only_cross_province_is_open_and_from_the_same_both():
    wide, cross = scope("w", kind="province_wide"), scope("c")
    assert opening([wide], [], SHENZHEN, XINING, DAY) == Opening(state="unlisted", why="no_rule")
    assert opening([wide], [], GOLMUD, XINING, DAY).open
    assert opening([cross], [], SHENZHEN, XINING, DAY).open
    assert opening([cross], [], GOLMUD, XINING, DAY).open


@pytest.mark.req("R-002")
def test_a_regional_entry_is_open_only_among_its_members_and_a_new_member_is_data():
    regional = scope(kind="regional", area="lan-xi", members=("620000", "630000"))
    assert opening([regional], [], ("620000", "620100"), XINING, DAY).open
    assert opening([regional], [], SHENZHEN, XINING, DAY).state == "not_here"
    wider = scope(kind="regional", area="lan-xi", members=("620000", "630000", "440000"))
    assert opening([wider], [], SHENZHEN, XINING, DAY).open
    assert opening([scope(kind="regional", area="none")], [], SHENZHEN, XINING, DAY).state == "not_here"


@pytest.mark.req("R-052")
def test_a_territory_in_time_is_widened_by_data_alone():
    cities = ("630100", "440300")
    narrow = scope("n", area="cities", members=cities, ends_meant="there", begins=date(2020, 12, 31))
    rules = [narrow, scope("w")]
    before = DAY - timedelta(days=1)
    assert opening(rules, [], GOLMUD, SHENZHEN, before).scope == "n"
    assert opening(rules, [], SHENZHEN, GOLMUD, before) == Opening(
        state="not_yet", why="due", kind="cross_province", stage="live", until=DAY, scope="w"
    )
    assert opening(rules, [], SHENZHEN, GOLMUD, DAY).scope == "w"


@pytest.mark.req("R-053")
def test_an_exempted_region_is_named_until_its_day_and_is_not_late():
    open_ended = Exemption(key="x", entry_key="E", region="540000", begins=DAY, words="西藏的完成时间可适当延后")
    found = opening([scope()], [open_ended], SHENZHEN, LHASA, DAY)
    assert (found.state, found.region, found.until) == ("exempt", "540000", None)
    assert opening([scope()], [open_ended], LHASA, SHENZHEN, DAY).state == "exempt"
    assert opening([scope()], [open_ended], LHASA, LHASA, DAY).open, "inside the province nothing is exempted"
    assert opening([scope()], [open_ended], SHENZHEN, XINING, DAY).open
    own_day = date(2022, 6, 30)
    dated = Exemption(key="x", entry_key="E", region="540000", begins=DAY, ends=own_day)
    assert opening([scope()], [dated], SHENZHEN, LHASA, own_day - timedelta(days=1)).until == own_day
    assert opening([scope()], [dated], SHENZHEN, LHASA, own_day).open
    assert not late(DAY, [dated], "540100", own_day, own_day)
    assert late(DAY, [dated], "540100", own_day + timedelta(days=1), own_day)
    assert late(DAY, [dated], "630000", None, DAY + timedelta(days=1))
    assert not late(DAY, [open_ended], "540000", None, date(2030, 1, 1))


def test_a_stage_that_waits_for_a_condition_never_opens_by_itself():
    waiting = scope(begins=None, depends_on="QH2020-3-03", words="条件成熟时")
    found = opening([waiting], [], SHENZHEN, XINING, date(2099, 1, 1))
    assert (found.state, found.why, found.until) == ("not_yet", "condition", None)


def test_a_pilot_whose_regions_nobody_named_opens_nothing_and_says_so():
    pilot = scope(stage="trial", regions_known=False, ends=date(2024, 12, 31))
    assert opening([pilot], [], SHENZHEN, XINING, DAY).why == "regions_unknown"
    assert opening([pilot], [], SHENZHEN, XINING, date(2025, 1, 1)).state == "ended"


def test_live_goes_before_trial():
    both = [scope("t", stage="trial"), scope("l", area="x", members=("440000", "630000"))]
    assert opening(both, [], SHENZHEN, XINING, DAY).scope == "l"


@pytest.mark.parametrize(
    ("region", "code", "inside"),
    [("630000", "632801", True), ("630100", "630102", True), ("630100", "632801", False), ("630102", "630102", True),
     ("630102", "630100", False), ("440300", "440000", False)],
)  # fmt: skip
def test_a_region_covers_what_lies_in_it(region, code, inside):
    assert covers(region, code) is inside


codes = st.sampled_from(["630000", "630100", "630102", "440000", "440300", "440305", "540000", "540100"])
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
chains = st.sampled_from([XINING, LHASA, GOLMUD, SHENZHEN, SHAOGUAN])
scopes = st.builds(
    Scope, key=st.text("abc", min_size=1, max_size=3), entry_key=st.just("E"), kind=st.sampled_from(KINDS),
    stage=st.sampled_from(STAGES), area=st.sampled_from(["", "x"]), members=st.lists(codes, max_size=3).map(tuple),
    ends_meant=st.sampled_from(["both", "there"]), regions_known=st.booleans(), begins=st.none() | days,
    ends=st.none() | days,
)  # fmt: skip
exemptions = st.builds(
    Exemption, key=st.text("xyz", min_size=1, max_size=2), entry_key=st.just("E"), region=codes, begins=days,
    ends=st.none() | days,
)  # fmt: skip


@given(st.lists(scopes, max_size=5), st.lists(exemptions, max_size=3), chains, chains, days)
def test_every_question_has_exactly_one_answer_that_the_order_of_the_rules_does_not_change(rules, out, here, there, on):
    found = opening(rules, out, here, there, on)
    assert found.open == (found.state == "open")
    assert opening(list(reversed(rules)), list(reversed(out)), here, there, on).state == found.state
    if found.open:
        assert found.since is not None and found.since <= on and (found.until is None or on < found.until)
    if found.state == "exempt":
        assert here[0] != there[0]
        assert opening(rules, [], here, there, on).open


@given(st.lists(scopes, max_size=5))
def test_overlaps_are_those_where_two_rules_hold_on_one_day(rules):
    for found in overlaps(rules):
        a, b = (next(r for r in rules if r.key == k and r.begins) for k in (found.one, found.other))
        assert (a.kind, a.area) == (b.kind, b.area) or len({r.key for r in rules}) < len(rules)


def test_two_rules_on_one_day_and_two_exemptions_of_one_region_are_named():
    one, other = scope("a", ends=date(2023, 1, 1)), scope("b", begins=date(2022, 12, 31))
    assert [(o.one, o.other) for o in overlaps([one, other])] == [("a", "b")]
    assert overlaps([one, scope("b", begins=date(2023, 1, 1))]) == ()
    assert overlaps([one, scope("b", begins=None)]) == ()
    first = Exemption(key="x", entry_key="E", region="540000", begins=DAY, ends=date(2022, 6, 30))
    assert twice_exempt([first, Exemption(key="y", entry_key="E", region="540000", begins=date(2022, 1, 1))])
    assert not twice_exempt([first, Exemption(key="y", entry_key="E", region="540000", begins=date(2022, 6, 30))])
