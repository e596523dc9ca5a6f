"""Numbers for metrics with a label: per peer, and alarms by kind. Nothing personal."""

from __future__ import annotations

from collections.abc import Iterable

from tongban.journal import clock

from . import queries

Sample = tuple[str, str, str, dict[str, float]]
"""(name, text, label, value of the label → number)."""


def labelled() -> Iterable[Sample]:
    """What waits for whom, how old, how it answers, how much arrives; and how many alarms of each kind stand."""
    at, peers = clock.now(), queries.peers()
    yield "peer_pending", "Messages that wait for this peer.", "peer", {p.node: float(p.pending) for p in peers}
    yield "peer_parked", "Messages refused by this peer for good.", "peer", {p.node: float(p.parked) for p in peers}
    yield "peer_failures", "Failures in a row; 0: it answers.", "peer", {p.node: float(p.failures) for p in peers}
    yield "peer_oldest_seconds", "How long the oldest message has waited.", "peer", {
        p.node: max(0.0, (at - p.oldest).total_seconds()) if p.oldest else 0.0 for p in peers
    }  # fmt: skip
    rates = queries.delivered_per_minute(at)
    yield "peer_delivered_per_minute", "Messages delivered a minute, over a quarter of an hour.", "peer", {
        p.node: rates.get(p.node, 0.0) for p in peers
    }  # fmt: skip
    counts: dict[str, float] = {}
    for alarm in queries.alarms(limit=10_000):
        counts[alarm.kind] = counts.get(alarm.kind, 0.0) + 1
    yield "alarms", "Alarms that stand, by kind.", "kind", counts
