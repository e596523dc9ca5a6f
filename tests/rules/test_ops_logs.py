"""What a log line says of an exception: where it happened and of what type, never what it quotes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from tongban.kernel.problems import Refusal
from tongban.ops.logs import without_values

NAME, NUMBER = "李梅", "630102198806159961"


def caused() -> None:
    applicant = NAME  # a local variable of a frame that is logged
    try:
        int(applicant)
    except ValueError as error:
        error.add_note(NUMBER)
        raise LookupError(NUMBER) from error


def handling_another() -> None:
    try:
        caused()
    finally:
        raise Refusal("state.stale", seen=3)


def several() -> None:
    raise ExceptionGroup(NAME, [ValueError(NUMBER), ExceptionGroup(NAME, [KeyError(NUMBER)])])


def unreadable() -> None:
    compile(f"{NAME} = = {NUMBER}", "<answer>", "exec")


@pytest.mark.req("R-283")
@pytest.mark.parametrize(
    ("fails", "types"),
    [
        (caused, ["LookupError", "ValueError"]), (handling_another, ["Refusal", "LookupError", "ValueError"]),
        (several, ["ExceptionGroup"]), (unreadable, ["SyntaxError"]),
    ],
)  # fmt: skip
def test_a_logged_exception_names_types_codes_and_places_and_quotes_nobody(
    fails: Callable[[], None], types: list[str]
) -> None:
    try:
        fails()
    except Exception:
        found = without_values(sys.exc_info())
    line = json.dumps(found, ensure_ascii=False)
    assert NAME not in line and NUMBER not in line
    assert [stack["exc_type"] for stack in found] == types
    assert all(stack["frames"] for stack in found)
    if fails is handling_another:
        assert found[0]["exc_value"] == "Refusal: state.stale"
