"""Export followed by import is the identity, for elements nobody wrote by hand."""

from __future__ import annotations

import dataclasses
import typing
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.items.elements import ELEMENTS, Elements, Limit, Situation
from tongban.items.rules.elements import read_field, write_elements
from tongban.items.rules.sheet import KEYS, cells_of, value_of_cell

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = st.lists(st.sampled_from(["一行", "二行"]), min_size=1, max_size=3).map("\n".join)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any known value of a field's type."""
    arguments = [each for each in get_args(kind) if each is not type(None)]
    if get_origin(kind) is tuple:
        return st.lists(values(arguments[0]), min_size=1, max_size=3).map(tuple)
    if get_origin(kind) is typing.Literal:
        return st.sampled_from(arguments)
    if get_origin(kind) in (dict, typing.Mapping) or "Mapping" in str(get_origin(kind)):
        return st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2)
    if dataclasses.is_dataclass(kind):
        return made(kind)
    if arguments:
        return values(arguments[0])
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 9999)
    return st.one_of(TEXT, LINES)


def made(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: values(hints[f.name]) for f in dataclasses.fields(kind)})


HINTS = get_type_hints(Elements)
ANY = st.lists(st.sampled_from(list(ELEMENTS)), max_size=12, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: values(HINTS[key]) for key in keys})
)


@settings(max_examples=40, deadline=None)
@given(ANY)
def test_what_a_sheet_holds_is_what_was_exported(known: dict[str, Any]) -> None:
    elements = Elements(**known)
    cells = dict(zip(KEYS, cells_of("B1", date(2026, 1, 1), elements), strict=True))
    back = {key: read_field(key, value_of_cell(ELEMENTS[key], cells[key])) for key in ELEMENTS if cells[key] != ""}
    assert Elements(**back) == elements


@settings(max_examples=40, deadline=None)
@given(ANY)
def test_what_json_holds_is_what_was_exported(known: dict[str, Any]) -> None:
    elements = Elements(**known)
    assert Elements(**{key: read_field(key, value) for key, value in write_elements(elements).items()}) == elements


@settings(max_examples=20, deadline=None)
@given(values(HINTS["statutory_limit"]), values(HINTS["situations"]))
def test_the_strategies_reach_the_parts_with_structure(limit: Any, situations: Any) -> None:
    assert isinstance(limit, Limit)
    assert isinstance(situations[0], Situation)


@pytest.mark.parametrize(
    ("said", "value", "unit", "text"),
    [
        ("4", 4, "workday", ""), ("4个工作日", 4, "workday", ""), ("30日", 30, "day", ""), ("2小时", 2, "hour", ""),
        ("6个月", 6, "month", ""), ("即办", 0, "immediate", ""), ("10个工作日，不含公示", 10, "workday", "不含公示"),
    ],
)  # fmt: skip
def test_a_limit_is_read_as_people_write_it(said: str, value: int, unit: str, text: str) -> None:
    read = read_field("promised_limit", value_of_cell(ELEMENTS["promised_limit"], said))
    assert read == Limit(value=value, unit=unit, text=text)


@pytest.mark.parametrize("said", ["很快", "4 周左右", "个工作日"])
def test_what_is_no_limit_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="limit"):
        value_of_cell(ELEMENTS["promised_limit"], said)
