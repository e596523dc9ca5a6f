"""The table of outages: what it says of each dependency, when that changes, and what a file may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tongban.exchange.rules.outage import TABLE, BadPolicy, Dependency, Mode, changed, evaluate

SINCE = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dependency", "after", "mode", "told"),
    [
        ("peer", timedelta(days=40), "degrade", "public"),
        ("directory", timedelta(days=6), "open", "directory"),
        ("directory", timedelta(days=8), "degrade", "directory"),
        ("time_stamper", timedelta(days=3), "degrade", "operator"),
        ("mail", timedelta(days=3), "degrade", "operator"),
        ("storage", timedelta(0), "closed", "public"),
    ],
)
def test_each_line_as_shipped(dependency, after, mode, told):
    (found,) = evaluate(TABLE, {Dependency(dependency): {"": SINCE}}, SINCE + after)
    assert (found.mode, found.since) == (mode, SINCE)
    assert told in found.told


def test_every_dependency_has_one_line_and_what_is_there_does_not_appear():
    assert [line.dependency for line in TABLE] == list(Dependency)
    assert evaluate(TABLE, {Dependency.PEER: {}}, SINCE) == ()


def test_several_peers_are_one_line_since_the_first():
    gone = {"63": SINCE + timedelta(hours=1), "14": SINCE}
    (found,) = evaluate(TABLE, {Dependency.PEER: gone}, SINCE + timedelta(hours=2))
    assert (found.names, found.since) == (("14", "63"), SINCE)


def test_a_file_changes_mode_duration_and_who_is_told():
    given = {"mode": "open", "hours": 2, "afterwards": "closed", "told": ["operator", "supervisor"]}
    table = changed(TABLE, {"time_stamper": given})
    early = evaluate(table, {Dependency.TIME_STAMPER: {"": SINCE}}, SINCE + timedelta(hours=1))[0]
    late = evaluate(table, {Dependency.TIME_STAMPER: {"": SINCE}}, SINCE + timedelta(hours=2))[0]
    assert (early.mode, early.until) == (Mode.OPEN, SINCE + timedelta(hours=2))
    assert (late.mode, late.until, late.told) == (Mode.CLOSED, None, ("operator", "supervisor"))


@pytest.mark.parametrize(
    "given",
    [{"post": {}}, {"mail": {"mode": "maybe"}}, {"mail": {"told": ["nobody"]}}, {"mail": {"told": ["public"]}},
     {"mail": {"hours": -1}}, {"mail": {"colour": "red"}}, {"peer": {"mode": "closed"}},
     {"peer": {"afterwards": "closed"}}, {"mail": {"mode": "closed"}}, {"directory": {"afterwards": "closed"}},
     {"storage": {"mode": "degrade"}}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(given):
    with pytest.raises(BadPolicy):
        changed(TABLE, given)
