"""Sealing and opening the personal columns of this slice. Bound to table, row and column: moved elsewhere, a value
does not open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongban.journal.vault import sealer


def seal(value: Mapping[str, Any], *, table: str, id: UUID | int | str, column: str) -> bytes:
    return sealer().seal(dict(value), bound_to=f"cases.{table}:{id}:{column}")


def unseal(sealed: bytes | memoryview | None, *, table: str, id: UUID | int | str, column: str) -> dict[str, Any]:
    """The value; empty if there is none or it has been erased."""
    if sealed is None:
        return {}
    opened: dict[str, Any] = sealer().open(bytes(sealed), bound_to=f"cases.{table}:{id}:{column}")
    return opened


def blind(id_number: str) -> str:
    """By which an identity number is found without being readable."""
    return sealer().blind_index(id_number)
