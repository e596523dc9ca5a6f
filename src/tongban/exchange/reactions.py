"""The jobs of the exchange, and the sweepers that find what a lost job would have left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from tongban.config import config
from tongban.journal import clock, jobs

from . import courier, inbound, installation, leases, mailing, peers, probing, pulling, reconciling, watching
from .ports import CarrierError

log = structlog.get_logger(__name__)


def send_due() -> int:
    """Woken: serve every destination that has something to send. Returns how many messages were delivered here and now;
    with courier threads that is none, and they come back to it themselves."""
    before = courier.delivered_here()
    for receiver, failing in peers.due(clock.now()).items():
        lane = courier.Lane.TRY if failing else courier.Lane.SEND
        courier.kick(f"send:{receiver}", partial(courier.deliver, receiver), lane)
    return courier.delivered_here() - before


def apply_due() -> int:
    """Woken: give a batch of stored messages their effect."""
    count = inbound.apply_due()
    if not count:
        inbound.note_gaps()
    return count


def when_named(payload: Mapping[str, Any]) -> None:
    """Job ``exchange.pull_blob``: a message named an attachment."""
    digest = str(payload["digest"])
    courier.kick(f"blob:{digest}", partial(pulling.pull, digest), courier.Lane.FETCH)


def sweep_outbound() -> None:
    """Free what dead couriers held, then serve every destination that is due: after a pause, or after a worker died."""
    leases.free_the_dead()
    send_due()


def sweep_inbound() -> None:
    """Free what healed; the woken duty applies it."""
    if inbound.free_what_healed(clock.now()):
        jobs.wake()


def sweep_blobs() -> None:
    """Fetch and announce what is due."""
    for digest in pulling.due(clock.now()):
        courier.kick(f"blob:{digest}", partial(pulling.pull, digest), courier.Lane.FETCH)


def fill_gaps() -> None:
    """Ask senders for what is missing below what they sent."""
    courier.kick("gaps", reconciling.fill_gaps, courier.Lane.FETCH)


def reconcile() -> None:
    """Compare accounts with every peer, one after the other."""
    for entry in installation.keys().trust().nodes:
        if entry.node != config().node_id and entry.role == "province":
            courier.kick(f"reconcile:{entry.node}", partial(_reconcile, entry.node), courier.Lane.FETCH)


def _reconcile(peer: str) -> None:
    try:
        reconciling.reconcile(peer)
    except CarrierError as error:
        log.info("not_reconciled", peer=peer, code=error.code)


def tidy() -> None:
    """Remove temporary files of uploads and downloads abandoned two days ago."""
    pulling.forget_partials(clock.now() - timedelta(days=2))


def tell_alarms() -> None:
    """Write to the owners of new alarms."""
    mailing.tell_alarms()


HANDLERS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = {
    "exchange.pull_blob": when_named,
}

WOKEN: Final[Mapping[str, Callable[[], int]]] = {"exchange.send": send_due, "exchange.apply": apply_due}

PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {
    "exchange.sweep_outbound": (1.0, sweep_outbound),
    "exchange.sweep_inbound": (2.0, sweep_inbound),
    "exchange.sweep_blobs": (2.0, sweep_blobs),
    "exchange.fill_gaps": (5.0, fill_gaps),
    "exchange.probe": (30.0, probing.probe),
    "exchange.watch": (10.0, watching.watch),
    "exchange.tell_alarms": (15.0, tell_alarms),
    "exchange.reconcile": (900.0, reconcile),
    "exchange.tidy": (3600.0, tidy),
}
