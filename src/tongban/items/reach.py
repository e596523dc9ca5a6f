"""How far entries reach: scopes with their stages, exemptions, and what is open between two places on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Generic

from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from . import store
from .models import ItemExemption, ItemScope
from .rules.powers import Word
from .rules.scopes import Exemption, Opening, Overlap, Scope, overlaps, twice_exempt
from .rules.scopes import opening as _opening

__all__ = [
    "EXEMPTIONS",
    "SCOPES",
    "Exemption",
    "Opening",
    "Scope",
    "Table",
    "as_exemption",
    "as_scope",
    "closed_regions",
    "columns",
    "exemptions",
    "opening",
    "owners",
    "read",
    "scopes",
]

_SCOPE = ("key", "entry_key", "kind", "stage", "area", "members", "ends_meant", "regions_known", "begins", "ends",
          "depends_on", "words", "source")  # fmt: skip
_EXEMPTION = ("key", "entry_key", "region", "begins", "ends", "words", "source")


def read() -> tuple[dict[str, tuple[Scope, ...]], dict[str, tuple[Exemption, ...]]]:
    """Everything, by entry; ``store`` keeps it while the catalog does not change."""
    scopes: dict[str, tuple[Scope, ...]] = {}
    for row in ItemScope.objects.order_by("entry_key", "begins", "key"):
        one = as_scope(row)
        scopes[one.entry_key] = (*scopes.get(one.entry_key, ()), one)
    exempt: dict[str, tuple[Exemption, ...]] = {}
    for gone in ItemExemption.objects.order_by("entry_key", "region", "begins"):
        out = as_exemption(gone)
        exempt[out.entry_key] = (*exempt.get(out.entry_key, ()), out)
    return scopes, exempt


def as_scope(row: ItemScope) -> Scope:
    return Scope(**{**{name: getattr(row, name) for name in _SCOPE}, "members": tuple(row.members)})


def as_exemption(row: ItemExemption) -> Exemption:
    return Exemption(**{name: getattr(row, name) for name in _EXEMPTION})


def columns(word: Scope | Exemption) -> dict[str, Any]:
    """The columns of a row that says this; :func:`as_scope` and :func:`as_exemption` read them back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(word).items()}


@dataclass(frozen=True, slots=True)
class Table(Generic[Word]):
    """One of the two tables of reach: how a row is read, and which words hold on one day that must not."""

    model: Any
    word_of: Callable[[Any], Word]
    clash: Callable[[Sequence[Word]], tuple[Overlap, ...]]

    def stands(self, word: Word, among: Iterable[Any]) -> bool:
        """Whether no day holds this word and another of the rows ``among``."""
        words: list[Word] = [self.word_of(row) for row in among]
        words.append(word)
        return not any(word.key in (found.one, found.other) for found in self.clash(words))


def owners() -> dict[str, str]:
    """Key of a scope or an exemption that a manager said by hand → the node whose word it is."""
    by_hand = [t.model.objects.exclude(owner="").values_list("key", "owner") for t in (SCOPES, EXEMPTIONS)]
    return {key: owner for rows in by_hand for key, owner in rows}


SCOPES: Final = Table(ItemScope, as_scope, overlaps)
EXEMPTIONS: Final = Table(ItemExemption, as_exemption, twice_exempt)


def scopes(entry_key: str) -> tuple[Scope, ...]:
    """The entry's own scopes and those of the entry that widens its territory (X-08), in the order of their days."""
    own = store.catalog().scopes
    entry = store.catalog().entries.get(entry_key)
    wider = [t.key for t in entry.twins if t.relation == "widened_by"] if entry else []
    found = [s for key in (entry_key, *wider) for s in own.get(key, ())]
    return tuple(sorted(found, key=lambda s: (s.begins or date.max, s.key)))


def exemptions(entry_key: str) -> tuple[Exemption, ...]:
    return store.catalog().exemptions.get(entry_key, ())


def opening(entry_key: str, here: str, there: str, on: date | None = None) -> Opening:
    """What is open between two regions (six digits) on a day, today by default. An unknown region reaches nothing."""
    chains = [tuple(r.code for r in organizations.chain(code)) for code in (here, there)]
    if not all(chains):
        return Opening(state="not_here", why="outside")
    day = on or local_date(clock.now())
    return _opening(scopes(entry_key), exemptions(entry_key), chains[0], chains[1], day)


def closed_regions(entry_key: str, on: date | None = None) -> tuple[Exemption, ...]:
    """Who takes no part on a day."""
    day = on or local_date(clock.now())
    return tuple(e for e in exemptions(entry_key) if e.begins <= day and (e.ends is None or day < e.ends))
