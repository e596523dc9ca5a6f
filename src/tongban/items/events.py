"""What happens to the catalog by people's hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tongban.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WordingAdded(Event):
    """An item manager taught the search an everyday wording of an entry."""

    name: ClassVar[str] = "items.wording_added"
    subject_type: ClassVar[str] = "entry_wordings"

    entry_key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class WordingRemoved(Event):
    """An item manager took back a wording of this node. Shipped wordings stay."""

    name: ClassVar[str] = "items.wording_removed"
    subject_type: ClassVar[str] = "entry_wordings"

    entry_key: str
    text: str
