"""Loads scopes and exemptions: what managers set by hand, here or at another node, stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tongban.organizations.groups import groups

from .models import ItemExemption, ItemScope
from .reach import columns
from .rules.scope_sources import scopes_of
from .rules.scopes import Exemption, Scope
from .rules.search.data import read_yaml


def read_scopes(data_dir: Path, rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Scope, ...], tuple[Exemption, ...]]:
    """As the files have them, checked."""
    members = {key: group.members for key, group in groups().items()}
    return scopes_of(rows, read_yaml(data_dir / "items" / "scopes.yaml"), members)


def load_scopes(scopes: Sequence[Scope], exemptions: Sequence[Exemption]) -> int:
    """Merge; returns how many rows were written or removed. Runs inside the loader's transaction."""
    return _sync(ItemScope, scopes) + _sync(ItemExemption, exemptions)


def _sync(model: type[ItemScope] | type[ItemExemption], wanted: Sequence[Scope] | Sequence[Exemption]) -> int:
    manager: Any = model._default_manager
    there: dict[str, Any] = {row.pk: row for row in manager.all()}
    new: list[Any] = []
    changed: list[Any] = []
    for one in wanted:
        values = columns(one)
        row = there.get(one.key)
        if row is None:
            new.append(model(**values))
        elif not row.owner and any(getattr(row, k) != v for k, v in values.items()):
            for k, v in values.items():
                setattr(row, k, v)
            changed.append(row)
    keys = {one.key for one in wanted}
    gone = [pk for pk, row in there.items() if not row.owner and pk not in keys]
    manager.filter(pk__in=[*gone, *(row.pk for row in changed)]).delete()  # days may move past each other
    for row in changed:
        row._state.adding = True
    manager.bulk_create([*new, *changed])
    return len(new) + len(changed) + len(gone)
