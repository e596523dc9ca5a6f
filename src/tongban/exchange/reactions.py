"""The jobs of the exchange, and the sweepers that find what a lost job would have left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from tongban.journal import clock

from . import courier, inbound, leases, peers, pulling


def when_told(payload: Mapping[str, Any]) -> None:
    """Job ``exchange.send``: something was told to a node."""
    receiver = str(payload["receiver"])
    courier.kick(f"send:{receiver}", partial(courier.deliver, receiver))


def when_stored(payload: Mapping[str, Any]) -> None:
    """Job ``exchange.apply``: messages were stored in these streams."""
    for sender, stream_subject in payload["streams"]:
        inbound.apply_stream(sender, stream_subject)


def when_named(payload: Mapping[str, Any]) -> None:
    """Job ``exchange.pull_blob``: a message named an attachment."""
    digest = str(payload["digest"])
    courier.kick(f"blob:{digest}", partial(pulling.pull, digest))


def sweep_outbound() -> None:
    """Kick every destination that has something due: after a pause, or after a worker died."""
    leases.free_the_dead()
    for receiver in peers.due(clock.now()):
        courier.kick(f"send:{receiver}", partial(courier.deliver, receiver))


def sweep_inbound() -> None:
    """Free what healed, then apply every stream that can move."""
    at = clock.now()
    inbound.free_what_healed(at)
    for sender, stream_subject in inbound.due_streams(at):
        courier.kick(f"apply:{sender}:{stream_subject}", partial(inbound.apply_stream, sender, stream_subject))


def sweep_blobs() -> None:
    """Fetch and announce what is due."""
    for digest in pulling.due(clock.now()):
        courier.kick(f"blob:{digest}", partial(pulling.pull, digest))


def tidy() -> None:
    """Remove temporary files of uploads and downloads abandoned two days ago."""
    pulling.forget_partials(clock.now() - timedelta(days=2))


HANDLERS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = {
    "exchange.send": when_told,
    "exchange.apply": when_stored,
    "exchange.pull_blob": when_named,
}

PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {
    "exchange.sweep_outbound": (1.0, sweep_outbound),
    "exchange.sweep_inbound": (2.0, sweep_inbound),
    "exchange.sweep_blobs": (2.0, sweep_blobs),
    "exchange.tidy": (3600.0, tidy),
}
