"""Teaching the search: an item manager adds an everyday wording, or takes one back. Processes hear by the token."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4, uuid5

from tongban.items.events import WordingAdded, WordingRemoved
from tongban.items.models import CatalogState, ListEntry, Synonym
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act, Role
from tongban.kernel.problems import Refusal

_SPACE: Final = UUID("01950000-0000-7000-8000-0000000000f5")
SHORTEST, LONGEST = 2, 40


def subject_of(entry_key: str) -> UUID:
    """The subject under which the wordings of an entry are chained."""
    return uuid5(_SPACE, entry_key)


@action
def add_wording(act: Act, entry_key: str, text: str) -> UUID:
    """From now on ``text`` finds the entry. Refusals: permission.denied, request.not_found, request.invalid (text)."""
    _must_manage(act)
    text = " ".join(text.split())
    if not SHORTEST <= len(text) <= LONGEST:
        raise Refusal("request.invalid", fields={"text": "too_short" if len(text) < SHORTEST else "too_long"})
    if not ListEntry.objects.filter(key=entry_key).exists():
        raise Refusal("request.not_found")
    if Synonym.objects.filter(entry_key=entry_key, text=text).exists():
        raise Unchanged(subject_of(entry_key))
    Synonym.objects.create(entry_key=entry_key, text=text, source="manager")
    renew(act.at)
    record(WordingAdded(subject_id=subject_of(entry_key), entry_key=entry_key, text=text))
    return subject_of(entry_key)


@action
def remove_wording(act: Act, wording_id: int) -> UUID:
    """Take back a wording that was added at this node. Refusals: permission.denied, request.not_found."""
    _must_manage(act)
    row = Synonym.objects.filter(pk=wording_id, source="manager").first()
    if row is None:
        raise Refusal("request.not_found")
    row.delete()
    renew(act.at)
    record(WordingRemoved(subject_id=subject_of(row.entry_key), entry_key=row.entry_key, text=row.text))
    return subject_of(row.entry_key)


def renew(at: datetime) -> None:
    """A new token: every process reads the catalog and its index again at the next question."""
    CatalogState.objects.update_or_create(id=1, defaults={"token": uuid4().hex, "changed_at": at})


def _must_manage(act: Act) -> None:
    if not act.actor.holds(Role.ITEM_MANAGER):
        raise Refusal("permission.denied")
