"""Numbers for Prometheus: a registry of this process's own. Labels are routes, never paths, names or ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from tongban.exchange import gauges
from tongban.ops import readiness

REGISTRY: Final = CollectorRegistry(auto_describe=False)

_requests: Final = Counter(
    "tongban_requests", "Answers given, by method, route and status.", ("method", "route", "status"), registry=REGISTRY
)
_seconds: Final = Histogram(
    "tongban_request_seconds", "Time to answer, by route.", ("route",), registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Node:
    """Counts of the node, read when asked: what waits, what is parked, how old the oldest is."""

    def collect(self) -> Iterable[Metric]:
        for name, text, value in readiness.gauges():
            yield GaugeMetricFamily(f"tongban_{name}", text, value=value)
        try:
            samples = list(gauges.labelled())
        except (DatabaseError, OSError):
            return
        for name, text, label, values in samples:
            family = GaugeMetricFamily(f"tongban_exchange_{name}", text, labels=[label])
            for key, value in values.items():
                family.add_metric([key], value)
            yield family


REGISTRY.register(_Node())
ProcessCollector(registry=REGISTRY)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    _requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


def render() -> bytes:
    """The text exposition of this process."""
    return generate_latest(REGISTRY)
