"""The base of every event and the grammar of its name.

An event is a frozen dataclass in a slice's ``events.py``. Its name on the wire and in the chain is
``slice.subject_past``, for example ``case.correction_requested``. Fields are codes, references, numbers, dates and
instants, never prose and never personal data; what is personal stands in ``personal`` (decisions 14 and 18).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Final
from uuid import UUID

EVENT_NAME: Final = re.compile(r"^[a-z]+\.[a-z]+(_[a-z]+)*$")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a subject, at its owner.

    ``name`` and ``version`` identify the shape; ``subject_type`` names the chain (``filing``, ``case``, ``part`` …);
    ``subject_id`` the thing itself. ``personal`` holds what may have to be erased one day; it is stored apart and only
    its salted digest enters the chain.
    """

    name: ClassVar[str] = ""
    version: ClassVar[int] = 0
    subject_type: ClassVar[str] = ""

    subject_id: UUID
    personal: Mapping[str, Any] | None = field(default=None, repr=False)

    def body(self) -> dict[str, Any]:
        """The fields as JSON values, without the subject and the personal part."""
        return {
            f.name: to_json(getattr(self, f.name))
            for f in dataclasses.fields(self)
            if f.name not in ("subject_id", "personal")
        }


def to_json(value: Any) -> Any:
    """A field's value in the JSON form kept in facts."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, frozenset, set)):
        return [to_json(v) for v in value]
    return value
