"""From ``data/items/scopes.yaml`` and the days of the annex to scopes and exemptions, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from .scopes import Exemption, Scope, overlaps, twice_exempt
from .sources import BadCatalogData


def scopes_of(
    rows: Sequence[Mapping[str, Any]], raw: Mapping[str, Any], groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[Scope, ...], tuple[Exemption, ...]]:
    """Every entry gets at least one scope: its own as the file has them, else cross_province from its batch's day.

    ``rows`` are the annex's, with ``derived_id``, ``derived_target_date`` and ``deadline``. Raises
    :class:`BadCatalogData` for an unknown entry or group, an entry without a day, or two rules on one day.
    """
    known = {r["derived_id"]: r for r in rows}
    own: Mapping[str, Sequence[Mapping[str, Any]]] = raw.get("entries") or {}
    exempt: Sequence[Mapping[str, Any]] = raw.get("exemptions") or ()
    if odd := {*own, *(e["entry"] for e in exempt)} - set(known):
        raise BadCatalogData(f"scopes.yaml: unknown entries {sorted(odd)}")
    found = []
    for key, row in known.items():
        stages = own.get(key) or [_of_batch(row)]
        found += [_scope(key, n, stage, groups) for n, stage in enumerate(stages, start=1)]
    exemptions = tuple(_exemption(e) for e in exempt)
    if clash := [*overlaps(found), *twice_exempt(exemptions)]:
        raise BadCatalogData(f"scopes.yaml: {clash[0].one} and {clash[0].other} hold on one day")
    return tuple(found), exemptions


def _of_batch(row: Mapping[str, Any]) -> dict[str, Any]:
    if not row["derived_target_date"]:
        raise BadCatalogData(f"scopes.yaml: {row['derived_id']} has no day in the annex and no stage of its own")
    source = f"附件第{'一二三'[row['batch'] - 1]}批第{row['seq']}项"
    return {
        "kind": "cross_province", "begins": date.fromisoformat(row["derived_target_date"]), "words": row["deadline"],
        "source": source,
    }  # fmt: skip


def _scope(entry_key: str, number: int, stage: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Scope:
    fields = {**stage, "key": f"{entry_key}/{number}", "entry_key": entry_key}
    fields["members"] = tuple(str(m) for m in stage.get("members", ()))
    try:
        made = Scope(**fields)
    except TypeError as error:
        raise BadCatalogData(f"scopes.yaml: {entry_key}: {error}") from error
    if not made.area:
        return replace(made, area="+".join(made.members))
    if made.area not in groups:
        raise BadCatalogData(f"scopes.yaml: {entry_key}: unknown group {made.area}")
    return replace(made, members=tuple(groups[made.area]))


def _exemption(raw: Mapping[str, Any]) -> Exemption:
    return Exemption(
        key=f"{raw['entry']}/{raw['region']}", entry_key=raw["entry"], region=str(raw["region"]), begins=raw["begins"],
        ends=raw.get("ends"), words=raw.get("words", ""), source=raw.get("source", ""),
    )  # fmt: skip
