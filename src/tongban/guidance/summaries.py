"""What this node handles today, as it publishes it, and the duty of asking the others."""

from __future__ import annotations

from typing import Any, Final

import structlog

from tongban.cases.queries import durations
from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import search as items
from tongban.journal import clock
from tongban.kernel.time import local_date

from . import installation, keeping
from .contacts import own as own_contacts
from .ports import SummaryUnavailable
from .rules.coverage import BadSummary, open_signed, seal

log = structlog.get_logger(__name__)
ASK_SECONDS: Final = 120.0


def own_summary() -> dict[str, Any]:
    """See ``rules.coverage`` for the shape. No persons, no cases but counts of five and more with their median."""
    now, measured = clock.now(), durations.typical_days()
    since = dict(items.opened_at(config().node_id, local_date(now)))
    rows: dict[str, Any] = {}
    for key, modes in sorted(items.open_at(config().node_id, local_date(now)).items()):
        seen = measured.get(key)
        enough = seen is not None and seen.days is not None
        rows[key] = {
            "modes": list(modes),
            "cases": seen.cases if seen and enough else 0,
            "days": seen.days if seen and enough else None,
            "since": since[key].isoformat() if key in since else None,
        }
    contacts = [
        {
            "entry": c.entry, "region": c.region, "unit": c.unit, "phone": c.phone, "hours": c.hours,
            "confirmed_on": c.confirmed_on.isoformat(),
        }
        for c in (o.contact for o in own_contacts())
    ]  # fmt: skip
    return {"node": config().node_id, "as_of": now.isoformat(), "items": rows, "contacts": contacts}


def signed_summary() -> str:
    """The same, signed by this node: what other nodes read."""
    return seal(own_summary(), directory.my_key())


def ask_nodes() -> None:
    """Fetch every other province's summary from its address in the trust list; keep the last one of who is silent."""
    source = installation.source()
    if source is None or directory.held() is None:
        return
    for entry in directory.nodes():
        if entry.role != "province" or entry.node == config().node_id:
            continue
        try:
            found = open_signed(source.fetch(entry.address), entry.node, directory.trust(), clock.now())
        except SummaryUnavailable as unavailable:
            keeping.keep_coverage(entry.node, None, as_of=None, error=unavailable.code)
            log.warning("coverage_not_heard", node=entry.node, code=unavailable.code)
        except BadSummary:
            keeping.keep_coverage(entry.node, None, as_of=None, error="peer.answer_unreadable")
            log.warning("coverage_not_heard", node=entry.node, code="peer.answer_unreadable")
        else:
            keeping.keep_coverage(entry.node, found.content, as_of=found.as_of)
