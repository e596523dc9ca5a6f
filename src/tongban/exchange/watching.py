"""The watch: looks at the exchange every few seconds and lets the alarms stand that should."""

from __future__ import annotations

from django.db import connection

from tongban.journal import clock

from . import installation, outages
from .actions import alarming
from .models import Alarm
from .rules.alarms import WATCHED, PeerSeen, Seen, standing


def watch() -> None:
    """Raise what is new, clear what is over; each is a fact. Idempotent."""
    wanted = {(w.kind, w.key): w.params for w in standing(observe())}
    up = set(Alarm.objects.filter(cleared_at__isnull=True, kind__in=WATCHED).values_list("kind", "key"))
    for kind, key in sorted(wanted.keys() - up):
        alarming.ensure_raised(kind, key, wanted[kind, key])
    for kind, key in sorted(up - wanted.keys()):
        alarming.ensure_cleared(kind, key)


def observe() -> Seen:
    """What there is to see now."""
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.node, CASE WHEN d.failures > 0 THEN d.failing_since END,
                   min(o.at) FILTER (WHERE o.state = 'pending'), count(*) FILTER (WHERE o.state = 'parked')
            FROM exchange_destination d LEFT JOIN exchange_outbound o
              ON o.receiver = d.node AND o.state IN ('pending', 'parked')
            GROUP BY d.node ORDER BY d.node
            """
        )
        peers = [PeerSeen(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT (SELECT count(*) FROM exchange_inbound WHERE state = 'parked'),"
            " (SELECT count(*) FROM exchange_blob WHERE state = 'parked'),"
            " (SELECT count(*) FROM journal_job WHERE parked_at IS NOT NULL)"
        )
        parked, blobs, jobs = cursor.fetchone()
        cursor.execute(
            "SELECT s.sender, max(s.asks) FROM exchange_inboundstream s WHERE s.asks > 0 AND EXISTS ("
            " SELECT 1 FROM exchange_inbound i WHERE i.sender = s.sender AND i.stream_subject = s.stream_subject"
            " AND i.state = 'waiting_gap') GROUP BY s.sender"
        )
        gaps = cursor.fetchall()
    trust, key = installation.keys().trust(), installation.keys().my_key()
    mine = trust.node(key.node)
    until = next((k.valid_to for k in mine.keys if k.kid == key.kid), None) if mine else None
    return Seen(at, peers, parked, blobs, jobs, gaps, trust.expires_at, until, outages.standing())
