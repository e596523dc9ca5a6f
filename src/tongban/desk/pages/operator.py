"""The operator's page: every peer, what is parked, what needs somebody, what is missing and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.directory import queries as directory
from tongban.exchange import knocking, outages, queries
from tongban.exchange.actions import replay_inbound, replay_outbound, settle_alarm
from tongban.exchange.rules.alarms import BACKLOG_AFTER, UNREACHABLE_AFTER
from tongban.journal import actions as journal_actions
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.problems import Refusal
from tongban.ui.page import OPERATOR, SUPERVISOR, act, actor_of, audiences_of, go, page, render


@dataclass(frozen=True, slots=True)
class Row:
    """A node of the trust list as delivery to it stands."""

    node: str
    name: str
    is_self: bool
    peer: queries.Peer | None
    rate: float
    """Messages delivered a minute, over the last quarter of an hour."""
    key_until: datetime | None
    there: bool
    """Whether its address took a connection just now."""


def rows() -> list[Row]:
    known = {peer.node: peer for peer in queries.peers()}
    rates = queries.delivered_per_minute(clock.now())
    at = clock.now()
    there = knocking.knock({e.node: e.address for e in directory.nodes() if e.node != config().node_id})
    return [
        Row(
            entry.node, entry.name, entry.node == config().node_id, known.get(entry.node), rates.get(entry.node, 0.0),
            max((k.valid_to for k in entry.keys if k.valid_from <= at), default=None),
            there.get(entry.node, True),
        )
        for entry in directory.nodes()
    ]  # fmt: skip


def show(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    held = directory.held()
    context: dict[str, Any] = {
        "rows": rows(),
        "alarms": queries.alarms(),
        "over": queries.alarms(standing=False, limit=10),
        "outbound": queries.parked_outbound(),
        "inbound": queries.parked_inbound(),
        "jobs": journal.parked_jobs(),
        "outages": outages.standing(),
        "policy": outages.policy(),
        "list": held.trust if held else None,
        "depth": queries.depth(),
        "refusal": refusal,
        "may_act": OPERATOR in audiences_of(actor_of(request)),
        "alarm_after": {
            "peer": int(UNREACHABLE_AFTER.total_seconds() // 60),
            "backlog": int(BACKLOG_AFTER.total_seconds() // 60),
        },
    }
    return render(request, "desk/operator.html", context, status=refusal.problem.status if refusal else 200)


@page("ops/exchange", audience={OPERATOR, SUPERVISOR}, name="ops_exchange")
def exchange(request: HttpRequest) -> HttpResponse:
    """Operators act on it; supervisors read it."""
    return show(request)


@page("ops/exchange/replay", audience={OPERATOR}, name="ops_replay", writes=True)
def replay(request: HttpRequest) -> HttpResponse:
    """One parked job or message tried again, or an alarm settled by hand; which one stands in the form."""
    if request.method != "POST":
        return go("ops_exchange")
    what, which = request.POST.get("what", ""), request.POST.get("id", "")
    try:
        if what == "out":
            replay_outbound(act(request), UUID(which))
        elif what == "in":
            replay_inbound(act(request), request.POST.get("sender", ""), UUID(which))
        elif what == "job":
            journal_actions.replay_job(act(request), int(which))
        elif what == "alarm":
            settle_alarm(act(request), UUID(which))
        else:
            raise Refusal("request.not_found")
    except ValueError:
        return show(request, Refusal("request.not_found"))
    except Refusal as refusal:
        return show(request, refusal)
    return go("ops_exchange")
