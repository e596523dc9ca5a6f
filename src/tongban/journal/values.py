"""What readers of the journal hold in their hands: frozen values, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChainHeader:
    """Where a fact stands in its subject's chain; travels with every message that reports it."""

    subject_type: str
    subject_id: UUID
    position: int
    name: str
    digest: str
    previous: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded fact. ``personal`` is None when the event had none or when it has been erased."""

    id: UUID
    subject_type: str
    subject_id: UUID
    position: int
    name: str
    version: int
    body: Mapping[str, Any]
    personal: Mapping[str, Any] | None = field(repr=False)
    actor: str
    at: datetime
    recorded_at: datetime
    digest: str
    previous: str
    traceparent: str | None = None

    @property
    def chain_header(self) -> ChainHeader:
        return ChainHeader(self.subject_type, self.subject_id, self.position, self.name, self.digest, self.previous)


@dataclass(frozen=True, slots=True)
class ParkedJob:
    """A job that gave up, with its reason."""

    id: int
    kind: str
    key: str
    tries: int
    reason: str
    parked_at: datetime
