"""How far entries reach: scopes with their stages, exemptions, and what is open between two places on a day."""

from __future__ import annotations

from datetime import date

from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from . import store
from .models import ItemExemption, ItemScope
from .rules.scopes import Exemption, Opening, Scope
from .rules.scopes import opening as _opening

__all__ = [
    "Exemption",
    "Opening",
    "Scope",
    "as_exemption",
    "as_scope",
    "closed_regions",
    "exemptions",
    "opening",
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
