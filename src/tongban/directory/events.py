"""What the directory slice announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from tongban.kernel.events import Event

TRUST_LIST: Final = UUID("01950000-0000-7000-8000-000000000001")
"""The one subject of this chain at every node: the trust list as this node has held it."""


@dataclass(frozen=True, kw_only=True)
class TrustListAdopted(Event):
    """From now on this list is believed. ``source``: ``file`` (enrolment), ``directory`` (fetched), ``published``."""

    name: ClassVar[str] = "directory.list_adopted"
    subject_type: ClassVar[str] = "trust_list"

    list_version: int
    digest: str
    issued_at: datetime
    expires_at: datetime
    nodes: tuple[str, ...]
    source: str
