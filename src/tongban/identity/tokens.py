"""API tokens at the edge: from an ``Authorization`` header to an actor, in one indexed query."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .people import unseal
from .rules import tokens as rules

REMEMBERED_SECONDS: Final = 3.0
"""How long a process may go on without asking the database again. A revocation holds everywhere within this time."""
_MOST_REMEMBERED: Final = 2_000


@dataclass(frozen=True, slots=True)
class ApiClientView:
    """A usable token: which client, for whom it acts, what it opens."""

    token_id: str
    client_id: str
    client_label: str
    scopes: frozenset[str]
    actor: Actor

    def require(self, scope: rules.Scope | str) -> None:
        """Refuse with ``permission.scope_missing`` unless the token opens ``scope``."""
        if str(scope) not in self.scopes:
            raise Refusal("permission.scope_missing", scope=str(scope))


_lock = threading.Lock()
_remembered: dict[bytes, tuple[float, datetime, ApiClientView]] = {}


def authenticate(header: str) -> ApiClientView:
    """The client behind an ``Authorization: Bearer tb_…`` header; ``.actor`` is who acts.

    Raises ``Refusal("request.unauthenticated")`` for anything that is not a usable token, without saying why.
    """
    view = client_by_token(rules.token_of_header(header))
    if view is None:
        raise Refusal("request.unauthenticated")
    return view


def client_by_token(token: str) -> ApiClientView | None:
    """The usable token of this text, or None. Remembered for :data:`REMEMBERED_SECONDS` in this process."""
    parsed = rules.parse_token(token)
    if parsed is None:
        return None
    key = hashlib.sha256(token.encode()).digest()
    tick, now = time.monotonic(), clock.now()
    with _lock:
        known = _remembered.get(key)
    if known and known[0] > tick and now < known[1]:
        return known[2]
    found = _look_up(*parsed, now)
    with _lock:
        _remembered.pop(key, None)
        if found is not None:
            if len(_remembered) >= _MOST_REMEMBERED:
                _remembered.clear()
            _remembered[key] = (tick + REMEMBERED_SECONDS, found[0], found[1])
    return found[1] if found else None


def forget() -> None:
    """Drop what this process remembers; a revocation calls it, so that it holds here at once."""
    with _lock:
        _remembered.clear()


_QUERY: Final = """
SELECT t.digest, t.scopes, t.expires_at, t.revoked_at, c.id, c.label, c.disabled_at,
       p.id, p.issuer, p.subject, p.kind, p.level, p.name,
       (SELECT json_agg(json_build_array(s.role, s.region, s.authority, s.department, s."window") ORDER BY s.id)
        FROM identity_staffpost s
        WHERE s.person_id = p.id AND s.from_on <= %s AND (s.to_on IS NULL OR s.to_on > %s))
FROM identity_token t
JOIN identity_apiclient c ON c.id = t.client_id
LEFT JOIN identity_person p ON p.id = t.person_id
WHERE t.id = %s
"""


def _look_up(token_id: str, digest: str, now: datetime) -> tuple[datetime, ApiClientView] | None:
    today = local_date(now)
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [today, today, token_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None or not rules.same_digest(row[0], digest):
        return None
    expires_at, revoked_at, disabled_at = row[2].astimezone(UTC), row[3], row[6]
    if disabled_at is not None or not rules.is_usable(now, expires_at, revoked_at):
        return None
    scopes = row[1] if isinstance(row[1], list) else _json(row[1])
    return expires_at, ApiClientView(token_id, str(row[4]), row[5], frozenset(scopes), _actor(row))


def _actor(row: tuple[Any, ...]) -> Actor:
    node, client = config().node_id, str(row[4])
    if row[7] is None:
        return Actor(ActorKind.CLIENT, issuer=node, subject=client, node=node, level=1, client=client)
    held = row[13] if isinstance(row[13], list) else _json(row[13] or "[]")
    posts = tuple(Post(Role(role), region, authority, dep, window) for role, region, authority, dep, window in held)
    return Actor(
        ActorKind(row[10]),
        issuer=row[8],
        subject=row[9],
        node=node,
        posts=posts,
        level=row[11],
        client=client,
        name=unseal(row[7], "name", row[12]),
    )


def _json(text: str) -> Any:
    import json

    return json.loads(text)
