"""The only transaction in the code base, and the only way to write a fact.

An action moves in five steps: load, may, plan, write, record. Row changes, facts, the jobs of the subscribers and the
outbound messages commit together or not at all. Actions never call actions: a nested one raises at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from tongban.kernel.events import EVENT_NAME, Event
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

from . import chain, crash, prepared, subscriptions
from .batching import Batch
from .values import ChainHeader
from .vault import sealer

P = ParamSpec("P")
R = TypeVar("R")


class NestedAction(RuntimeError):
    """An action was called from inside an action: use a subscriber."""


class NothingRecorded(RuntimeError):
    """An action ended without a fact: it is not an action, or it should have raised Unchanged."""


class OutsideAction(RuntimeError):
    """``record`` was called outside an action."""


class Unchanged(Exception):
    """Raised by an action that finds its work already done: rolls back and returns ``value``."""

    def __init__(self, value: Any = None) -> None:
        super().__init__("unchanged")
        self.value = value


@dataclass(slots=True)
class _Unit:
    act: Act
    facts: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[Any, ChainHeader, UUID]] = field(default_factory=list)
    heads: dict[tuple[str, UUID], tuple[int, str]] = field(default_factory=dict)


_unit: ContextVar[_Unit | None] = ContextVar("tongban_unit", default=None)
_together: ContextVar[Batch[_Unit] | None] = ContextVar("tongban_together", default=None)


@contextmanager
def together(*, deferred: bool = True) -> Iterator[Batch[Any]]:
    """One durable transaction around several actions: all become durable at its end.

    For whoever brings effects and the mark that they were had into one commit (the exchange, applying a batch). Each
    :meth:`Batch.part` that fails is undone alone. Inside, nothing may be told to anybody outside: nothing is durable
    yet.
    """
    batch: Batch[_Unit] = Batch(_write, deferred=deferred)
    with batch.run():
        token = _together.set(batch)
        try:
            yield batch
        finally:
            _together.reset(token)


def action(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
    """Make a function an action: one durable transaction around it, its facts written before the commit.

    Inside :func:`together` it is a part of that transaction instead.
    """

    @wraps(function)
    def run(act: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if _unit.get() is not None:
            raise NestedAction(function.__qualname__)
        unit = _Unit(act)
        token = _unit.set(unit)
        try:
            batch = _together.get()
            with batch.action() if batch else transaction.atomic(durable=True):
                result = function(act, *args, **kwargs)
                if not unit.facts:
                    raise NothingRecorded(function.__qualname__)
                crash.point("journal.before_write")
                batch.keep(unit) if batch else _write([unit])
                crash.point("journal.before_commit")
        except Unchanged as done:
            return done.value  # type: ignore[no-any-return]
        except IntegrityError as error:
            if _position_taken(error):
                raise Refusal("state.stale") from error
            raise
        finally:
            _unit.reset(token)
        crash.point("journal.after_commit")
        return result

    run.is_action = True  # type: ignore[attr-defined]
    return run


def _position_taken(error: IntegrityError) -> bool:
    """Two acts on one subject at the same instant: the other one's fact came first."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name == "fact_position_once"


def inside_action() -> bool:
    """Whether an action is running here; adapters refuse to work then."""
    return _unit.get() is not None


def current_act() -> Act:
    unit = _unit.get()
    if unit is None:
        raise OutsideAction("current_act")
    return unit.act


def record(event: Event, *, opens: bool = False) -> ChainHeader:
    """Add a fact to its subject's chain and run its tellers. ``opens``: the subject is new, so no head is looked up.

    The row is written when the action ends; a lost race for the position undoes the whole action (``state.stale``).
    """
    unit = _unit.get()
    if unit is None:
        raise OutsideAction(type(event).__name__)
    if not EVENT_NAME.fullmatch(event.name) or not event.subject_type:
        raise ValueError(f"{type(event).__name__} lacks a proper name or subject type")
    key = (event.subject_type, event.subject_id)
    last, previous = unit.heads.get(key) or ((0, chain.NO_PREVIOUS) if opens else _head(*key))
    fact_id, position = new_id(), last + 1
    row = _fact(event, unit.act, fact_id, position, previous)
    digest = str(row["digest"])
    unit.heads[key] = (position, digest)
    unit.facts.append(row)
    for name in subscriptions.subscribers_of(event.name):
        unit.jobs.append(
            {"kind": "reaction", "key": f"{fact_id}:{name}", "payload": {"fact": str(fact_id), "to": name}}
        )
    told = ChainHeader(event.subject_type, event.subject_id, position, event.name, digest, previous)
    for teller in subscriptions.tellers_of(type(event)):
        unit.told.extend((outgoing, told, fact_id) for outgoing in teller(event, told))
    return told


def _fact(event: Event, act: Act, fact_id: UUID, position: int, previous: str) -> dict[str, Any]:
    """The row of a fact, ready for :data:`_WRITE`: bytes as hex, the personal part sealed to the fact and apart."""
    salt = sealed = personal = None
    if event.personal is not None:
        salt = os.urandom(16)
        personal = chain.personal_digest(salt, event.personal)
        sealed = sealer().seal(dict(event.personal), bound_to=str(fact_id))
    said: dict[str, Any] = {
        "subject_type": event.subject_type,
        "subject_id": str(event.subject_id),
        "position": position,
        "name": event.name,
        "version": event.version,
        "at": act.at.isoformat(),
        "actor": act.actor.ref,
        "body": event.body(),
        "previous": previous,
    }
    header = chain.header(**said, personal=personal)
    return {
        **said,
        "id": str(fact_id),
        "header": header.hex(),
        "digest": chain.digest(header),
        "personal_digest": personal,
        "salt": salt.hex() if salt is not None else None,
        "sealed": sealed.hex() if sealed is not None else None,
        "traceparent": act.traceparent,
    }


def add_job(kind: str, key: str, payload: dict[str, Any]) -> None:
    """A further duty that commits with this action."""
    unit = _unit.get()
    if unit is None:
        raise OutsideAction(kind)
    unit.jobs.append({"kind": kind, "key": key, "payload": payload})


def _head(subject_type: str, subject_id: UUID) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, digest FROM journal_fact WHERE subject_type = %s AND subject_id = %s"
            " ORDER BY position DESC LIMIT 1",
            [subject_type, subject_id],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, chain.NO_PREVIOUS)


_WRITE = """
WITH f AS (
  INSERT INTO journal_fact (id, subject_type, subject_id, position, name, version, body, personal_digest, header,
                            digest, previous, actor, at, traceparent)
  SELECT id, subject_type, subject_id, position, name, version, body, personal_digest, decode(header, 'hex'),
         digest, previous, actor, at, traceparent
  FROM jsonb_to_recordset(%(facts)s::jsonb) AS r(
    id uuid, subject_type text, subject_id uuid, position int, name text, version int, body jsonb,
    personal_digest text, header text, digest text, previous text, actor text, at timestamptz, traceparent text)
  RETURNING 1
), p AS (
  INSERT INTO journal_factpersonal (fact_id, salt, sealed, retention)
  SELECT id, decode(salt, 'hex'), decode(sealed, 'hex'), 'case'
  FROM jsonb_to_recordset(%(facts)s::jsonb) AS r(id uuid, salt text, sealed text)
  WHERE sealed IS NOT NULL
  RETURNING 1
), j AS (
  INSERT INTO journal_job (kind, key, payload)
  SELECT kind, key, payload FROM jsonb_to_recordset(%(jobs)s::jsonb) AS r(kind text, key text, payload jsonb)
  ON CONFLICT (kind, key) DO NOTHING
  RETURNING 1
)
SELECT count(*), pg_notify('tongban_jobs', '') FROM f
"""


def _write(units: Sequence[_Unit]) -> None:
    """The outbound rows of what was told; then facts, personal parts and all jobs in one statement."""
    post = subscriptions.post()
    for unit in units:
        if unit.told and post is None:
            raise RuntimeError("an event is told over the border, but no exchange is installed")
        token = _unit.set(unit)
        try:
            for outgoing, header, fact_id in unit.told:
                assert post is not None
                post(outgoing, header, fact_id)
        finally:
            _unit.reset(token)
    facts = [fact for unit in units for fact in unit.facts]
    jobs = [job for unit in units for job in unit.jobs]
    with prepared.cursor() as cursor:
        cursor.execute(_WRITE, {"facts": json.dumps(facts, ensure_ascii=False), "jobs": json.dumps(jobs)})
