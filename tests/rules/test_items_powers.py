"""Who may say what about reach and lists, and what stands when two nodes speak about one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.powers import (
    area_of,
    decides_for,
    exemption_faults,
    keeps_list,
    may_end,
    may_say,
    merged,
    scope_faults,
)
from tongban.items.rules.scopes import Exemption, Scope

DAY = date(2026, 3, 1)


def node_of(code: str) -> str | None:
    return code[:2] if code[:2] in ("44", "63", "14") else None


def scope(**fields: object) -> Scope:
    plain = {"key": "QH2020-3-04/a", "entry_key": "QH2020-3-04", "kind": "province_wide", "stage": "trial",
             "area": "440000", "members": ("440000",), "begins": DAY, "source": "粤府函"}  # fmt: skip
    return Scope(**{**plain, **fields})  # type: ignore[arg-type]


def exemption(**fields: object) -> Exemption:
    plain = {"key": "QH2020-1-07/a", "entry_key": "QH2020-1-07", "region": "440000", "begins": DAY, "words": "延后",
             "source": "粤府函"}  # fmt: skip
    return Exemption(**{**plain, **fields})  # type: ignore[arg-type]


@pytest.mark.req("R-053")
def test_a_province_speaks_for_its_own_regions_and_only_the_directory_for_everywhere() -> None:
    assert decides_for("44", ("440000", "440305"), node_of)
    assert not decides_for("44", ("440000", "630000"), node_of)
    assert not decides_for("44", (), node_of)
    assert not decides_for("44", ("110000",), node_of)
    assert decides_for("00", (), node_of) and decides_for("00", ("630000",), node_of)


@pytest.mark.req("R-012")
def test_a_list_is_looked_after_by_the_node_of_its_region_and_one_without_by_the_directory() -> None:
    assert keeps_list("44", "440000", node_of) and keeps_list("00", "", node_of)
    assert not keeps_list("00", "440000", node_of) and not keeps_list("44", "", node_of)
    assert not keeps_list("44", "630000", node_of)


def test_what_came_with_the_program_is_replaced_only_by_who_has_the_say_over_all_of_it() -> None:
    shipped, narrowed = scope(members=(), area="", kind="cross_province"), scope()
    assert not may_say("44", narrowed, shipped, "", node_of)
    assert may_say("00", narrowed, shipped, "", node_of)
    assert may_say("44", narrowed, None, "", node_of)
    assert may_say("44", replace(narrowed, ends=DAY + timedelta(9)), narrowed, "", node_of)
    assert not may_say("63", narrowed, None, "", node_of)
    assert not may_say("63", exemption(), None, "", node_of)


def test_an_end_comes_nearer_and_never_goes_away() -> None:
    open_, closed = scope(), scope(ends=DAY + timedelta(days=30))
    assert may_end(open_, DAY + timedelta(days=1)) and not may_end(open_, DAY)
    assert may_end(closed, DAY + timedelta(days=30)) and not may_end(closed, DAY + timedelta(days=31))
    assert not may_end(scope(begins=None), DAY)


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        (scope(kind="national"), {"kind": "unknown"}),
        (scope(stage="planned"), {"stage": "unknown"}),
        (scope(begins=None), {"begins": "required"}),
        (scope(ends=DAY), {"ends": "before_begin"}),
        (scope(kind="regional", area="", members=()), {"area": "required"}),
        (scope(area="x" * 61), {"area": "too_long"}),
        (scope(members=("44",)), {"regions": "unknown_region"}),
        (scope(source=" "), {"source": "required"}),
        (scope(words="长" * 2001), {"words": "too_long"}),
        (scope(key="QH2020-1-01/a"), {"key": "malformed"}),
        (exemption(key="QH2020-1-07/a b"), {"key": "malformed"}),
        (exemption(region="4400"), {"region": "unknown_region"}),
        (exemption(ends=DAY), {"ends": "before_begin"}),
        (exemption(words=""), {"words": "required"}),
        (scope(), {}),
        (exemption(), {}),
    ],
)
def test_what_cannot_be_said_is_named(word: Scope | Exemption, fault: dict[str, str]) -> None:
    assert (scope_faults(word) if isinstance(word, Scope) else exemption_faults(word)) == fault


def test_many_regions_have_a_short_name_that_no_others_have() -> None:
    many = tuple(f"44{n:02}00" for n in range(1, 22))
    assert area_of(many[:3]) == "440100+440200+440300"
    assert len(area_of(many)) <= 60
    assert len({area_of(many), area_of(many[:-1]), area_of((*many[:-1], "449900"))}) == 3


SAYINGS = st.lists(
    st.tuples(
        st.sampled_from(["00", "44"]),
        st.sampled_from([None, *(DAY + timedelta(days=n) for n in (5, 9, 20))]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def told(words: list[tuple[str, Scope]]) -> tuple[Scope, str] | None:
    state: tuple[Scope, str] | None = None
    for speaker, word in words:
        state = merged(state[0] if state else None, state[1] if state else "", word, speaker)
        assert state is not None
    return state


@given(SAYINGS, st.randoms())
def test_in_whatever_order_two_nodes_are_heard_the_same_word_stands(said, shuffled) -> None:  # type: ignore[no-untyped-def]
    words = [(speaker, scope(ends=ends)) for speaker, ends in said]
    again = [*words, *words[:2]]
    shuffled.shuffle(again)
    assert told(words) == told(again)
    days = [ends for _, ends in said if ends is not None]
    found = told(words)
    assert found is not None and found[0].ends == min(days, default=None)


def test_where_they_differ_the_directory_stands_and_two_provinces_contradict_each_other() -> None:
    ours, theirs = scope(words="试点", ends=DAY + timedelta(days=1)), scope(words="全面开通")
    assert told([("44", ours), ("00", theirs)]) == told([("00", theirs), ("44", ours)]) == (theirs, "00")
    assert merged(ours, "44", theirs, "63") is None
    assert merged(ours, "44", theirs, "44") is None
    assert merged(theirs, "", ours, "44") == (ours, "44")
