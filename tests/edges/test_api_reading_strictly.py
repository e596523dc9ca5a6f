"""Bodies are read in one way or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.api import strict_json
from tongban.kernel.problems import Refusal


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_key"),
        (b'{"a": "\\u0000"}', "nul_sign"),
        (b'{"\\u0000": 1}', "nul_sign"),
        (b'{"a": "\\ud800"}', "lone_surrogate"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": Infinity}', "not_json"),
        (b'{"a": 1e999}', "number_too_large"),
        (b'{"a": 9007199254740992}', "number_too_large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b"[" * 13 + b"]" * 13, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"{", "not_json"),
        (b'{"a": 1} x', "not_json"),
        (b"", "not_json"),
    ],
)
def test_a_document_that_can_be_read_in_two_ways_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        strict_json.decode(raw)
    assert refused.value.code == "request.malformed"
    assert refused.value.params["reason"] == reason


_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=8,
)


@given(_plain)
def test_what_everybody_reads_alike_is_read(value: object) -> None:
    try:
        assert strict_json.decode(json.dumps(value).encode()) == value
    except Refusal as refusal:
        assert refusal.params["reason"] == "too_deep"


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_the_reader_fail(raw: bytes) -> None:
    try:
        strict_json.decode(raw)
    except Refusal as refusal:
        assert refusal.code == "request.malformed"
