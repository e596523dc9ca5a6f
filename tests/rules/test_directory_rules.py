"""Pure rules of the directory: which list follows which, which addresses may be talked to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tongban.directory.rules import LIST_VALID, Standing, may_reach, next_list, should_adopt, state_of
from tongban.kernel.problems import Refusal
from tongban_wire.trust import NodeEntry, TrustList

AT = datetime(2026, 3, 2, tzinfo=UTC)


def entry(node: str) -> NodeEntry:
    return NodeEntry(node=node, name=node, address=f"https://{node}.example", role="province", keys=())


@pytest.mark.parametrize(
    ("address", "loopback_allowed", "expected"),
    [
        ("https://63.example", False, True),
        ("https://63.example:8443/tongban", False, True),
        ("http://127.0.0.1:8000", True, True),
        ("http://[::1]:8000", True, True),
        ("http://localhost:8000", True, True),
        ("http://127.0.0.1:8000", False, False),
        ("http://192.0.2.1:8000", True, False),
        ("http://127.0.0.1.example", True, False),
        ("http://user@127.0.0.1", True, False),
        ("https://user:secret@63.example", True, False),
        ("ftp://127.0.0.1", True, False),
        ("file:///etc/passwd", True, False),
        ("https://", True, False),
        ("http://[::1", True, False),
    ],
)
def test_plain_http_goes_to_loopback_alone_and_only_where_allowed(
    address: str, loopback_allowed: bool, expected: bool
) -> None:
    assert may_reach(address, plain_http_loopback=loopback_allowed) is expected


def test_the_first_list_needs_a_node_and_the_next_a_reason() -> None:
    assert next_list(None, [], AT) is None
    first = next_list(None, [entry("63"), entry("44")], AT)
    assert first is not None
    assert (first.version, [n.node for n in first.nodes]) == (1, ["44", "63"])
    assert next_list(first, [entry("63")], AT + LIST_VALID / 2 - timedelta(seconds=1)) is None
    renewed = next_list(first, [], AT + LIST_VALID / 2)
    assert renewed is not None
    assert (renewed.version, renewed.nodes, renewed.expires_at) == (2, first.nodes, AT + LIST_VALID * 1.5)
    moved = next_list(first, [replace(entry("63"), address="https://new.example")], AT)
    assert moved is not None
    assert [n.address for n in moved.nodes] == ["https://44.example", "https://new.example"]


def test_only_a_newer_list_is_adopted() -> None:
    assert should_adopt(None, (1, "a"))
    assert should_adopt((1, "a"), (2, "b"))
    assert not should_adopt((2, "b"), (2, "b"))
    for offered in ((1, "a"), (2, "c")):
        with pytest.raises(Refusal):
            should_adopt((2, "b"), offered)


def test_a_list_is_current_until_the_instant_it_expires() -> None:
    trust = TrustList(version=3, issued_at=AT, expires_at=AT + LIST_VALID, nodes=())
    assert state_of(trust, AT + LIST_VALID - timedelta(seconds=1)).standing is Standing.CURRENT
    assert state_of(trust, AT + LIST_VALID).standing is Standing.EXPIRED
    assert state_of(None, AT).standing is Standing.MISSING
