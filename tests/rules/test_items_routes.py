"""To whom an entry goes from a place: one unit or one reason, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.routes import (
    FILING_PLACE,
    Asked,
    Implemented,
    Place,
    Route,
    Unsettled,
    contradicts,
    not_asked,
    places,
    route,
)

LEVELS = ("province", "prefecture", "county")


@dataclass(frozen=True)
class Region:
    code: str
    level: str


CHAIN = (Region("630000", "province"), Region("630100", "prefecture"), Region("630102", "county"))
ASKED = Asked(("household_place",), True, "", "police", by_intake=False)
XINING = Place(CHAIN[:2], frozenset({"county"}), "63")


def test_what_implementations_agree_on_goes_before_the_words_of_the_annex() -> None:
    words = ["household_place", "work_place"]
    assert places({"issuing_place"}, ("online",), words) == ("issuing_place",)
    assert places({"issuing_place", "work_place"}, ("online",), words) == tuple(words)
    assert places((), ("any_office",), words) == (FILING_PLACE,)
    assert places((), ("online",), []) == ()


def test_why_a_place_is_not_asked_for_is_named() -> None:
    assert not_asked(ASKED, "household_place") is None
    assert not_asked(ASKED, "work_place") == Unsettled("place_not_asked")
    assert not_asked(replace(ASKED, places=()), "work_place") == Unsettled("no_place_word")
    assert not_asked(replace(ASKED, to_apply=False), "work_place") == Unsettled("nothing_to_apply_for")


@pytest.mark.req("R-048")
def test_the_unit_is_that_of_the_level_the_implementation_says_else_the_annex_else_the_province() -> None:
    def unit(asked: Asked, own: Implemented | None) -> tuple[str, bool]:
        found = route(asked, "household_place", XINING, own)
        assert isinstance(found, Route)
        return found.authority_code, found.unit_confirmed

    assert unit(ASKED, None) == ("630000-police", False)
    assert unit(replace(ASKED, level="prefecture"), None) == ("630100-police", True)
    assert unit(ASKED, Implemented("prefecture", "hrss", by_intake=False)) == ("630100-hrss", True)


def test_a_whole_province_does_not_say_which_city_decides() -> None:
    own = Implemented("prefecture", "hrss", by_intake=False)
    wide = Place(CHAIN[:1], frozenset({"prefecture"}), "63")
    assert route(ASKED, "household_place", wide, own) == Unsettled("place_too_wide")
    assert isinstance(route(ASKED, "household_place", replace(wide, narrower=frozenset()), own), Route)


@given(
    st.integers(0, 3), st.sets(st.sampled_from(LEVELS)), st.sampled_from([None, "63", "44"]),
    st.sampled_from(["", *LEVELS]),
    st.none() | st.builds(Implemented, st.sampled_from(LEVELS), st.just("hrss"), st.booleans()),
)  # fmt: skip
def test_every_place_gets_one_answer_that_can_be(depth, narrower, node, level, own) -> None:  # type: ignore[no-untyped-def]
    place, asked = Place(CHAIN[:depth], frozenset(narrower), node), replace(ASKED, level=level)
    found = route(asked, "household_place", place, own)
    assert found == route(asked, "household_place", place, own) and not contradicts(found, place)
    assert isinstance(found, Unsettled) == (depth == 0 or node is None or found == Unsettled("place_too_wide"))
