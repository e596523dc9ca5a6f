"""From the files of ``data/items`` to the rows of the catalog, checked. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from . import situations
from .deriving import elements_of_entry, elements_of_implementation
from .elements import read_elements, write_elements
from .guide import guide_of
from .modes import modes_of
from .scopes import Exemption, Scope

MOST_LOCAL_LEVEL: Final = "county"
SOURCE_ANNEX: Final = "青海省高频政务服务“跨省通办”事项清单（2020）"
SOURCE_DETAILED: Final = "data/items/detailed"


class BadCatalogData(ValueError):
    """The files contradict each other, or do not hold what they promise."""


@dataclass(frozen=True, slots=True)
class ImplementationSource:
    """One version to be published by each of its owners; ``content`` lacks only the anchor's label."""

    owners: tuple[str, ...]
    code: str
    version: int
    entry_key: str
    valid_from: date
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalog:
    """``rows`` are those of the annex as the file has them."""

    rows: Sequence[Mapping[str, Any]]
    entries: tuple[Mapping[str, Any], ...]
    base_items: tuple[Mapping[str, Any], ...]
    implementations: tuple[ImplementationSource, ...]
    synonyms: Mapping[str, Sequence[str]]
    themes_en: Mapping[str, str]
    kinds_en: Mapping[str, str]
    scopes: tuple[Scope, ...]
    exemptions: tuple[Exemption, ...]


def catalog_of(
    *,
    rows: Sequence[Mapping[str, Any]],
    links: Mapping[str, Any],
    names_en: Mapping[str, str],
    synonyms: Mapping[str, Sequence[str]],
    departments: Mapping[str, str],
    anchor_words: Sequence[str],
    detailed: Sequence[Mapping[str, Any]],
    implementations: Sequence[Mapping[str, Any]],
    forms: Mapping[str, Mapping[str, Any]],
    scopes: Sequence[Scope],
    exemptions: Sequence[Exemption],
) -> Catalog:
    """Put the sources together; ``scopes`` and ``exemptions`` of all entries.

    Raises :class:`BadCatalogData` if counts, keys or words do not fit.
    """
    keys = [r["derived_id"] for r in rows]
    _check(rows, keys, links, names_en, synonyms, departments)
    researched = {key: d for d in detailed for key in d["entries"]}
    wide_of = {t["narrow"]: t["wide"] for t in links["twins"]}
    relations = _relations(links["twins"])
    entries = []
    for row in rows:
        key = row["derived_id"]
        details, noted = researched.get(key), links["noted_modes"].get(key)
        found = modes_of(
            details["modes"] if details else None,
            noted["modes"] if noted else None,
            row["derived_suggested_modes"],
        )
        entries.append(
            {
                "key": key,
                "list_code": links["list"]["code"],
                "batch": row["batch"],
                "seq": row["seq"],
                "base_code": base_code(wide_of.get(key, key)),
                "name": row["name"],
                "name_en": names_en[key],
                "scenario": row["scenario"],
                "lead_unit": row["lead_unit"],
                "cooperating_units": list(row["cooperating_units"]),
                "deadline": row["deadline"],
                "note": row["note"],
                "theme": row["derived_theme"],
                "theme_en": links["themes_en"][row["derived_theme"]],
                "audience": row["derived_audience"],
                "kind": row["derived_kind"],
                "department": departments[row["lead_unit"]],
                "modes": list(found.modes),
                "modes_basis": found.basis,
                "modes_confirmed": found.confirmed,
                "anchor_words": quoted_places(row["scenario"], anchor_words),
                "conditions": list(row["derived_conditions"] or []),
                "restriction_lifted": row["derived_restriction_lifted"] or "",
                "twins": relations.get(key, []),
            }
        )
        elements = elements_of_entry(
            entries[-1], details, [s for s in scopes if s.entry_key == key],
            [e for e in exemptions if e.entry_key == key],
        )  # fmt: skip
        entries[-1]["elements"] = write_elements(elements)
        duties = ("；".join(elements.intake_duties), elements.competent_duty or "")
        entries[-1]["guide"] = dict(guide_of(row, details, SOURCE_DETAILED if details else SOURCE_ANNEX, duties))
    by_key = {e["key"]: e for e in entries}
    return Catalog(
        rows=rows,
        entries=tuple(entries),
        base_items=tuple(_base_items(entries, set(wide_of))),
        implementations=tuple(_implementation(raw, by_key, forms) for raw in implementations),
        synonyms={key: tuple(dict.fromkeys(synonyms[key])) for key in keys},
        themes_en=links["themes_en"],
        kinds_en=links["kinds_en"],
        scopes=tuple(scopes),
        exemptions=tuple(exemptions),
    )


def base_code(entry_key: str) -> str:
    """Our own code of a base item, after its wider entry: ``QH2020-2-48`` → ``B2020-2-48``. Official codes of 12 signs
    are not in the seeds and never invented (decision 7)."""
    return "B" + entry_key.removeprefix("QH")


def quoted_places(scenario: str, words: Iterable[str]) -> list[str]:
    """The place words of the annex that the scenario uses, in its order, the longer word winning."""
    pattern = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
    return list(dict.fromkeys(pattern.findall(scenario)))


def _check(
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    links: Mapping[str, Any],
    names_en: Mapping[str, str],
    synonyms: Mapping[str, Sequence[str]],
    departments: Mapping[str, str],
) -> None:
    found = dict(Counter(r["batch"] for r in rows))
    if found != links["list"]["expected"]:
        raise BadCatalogData(f"batches: expected {links['list']['expected']}, found {found}")
    for what, have in (("English names", names_en), ("wordings", synonyms)):
        if set(have) != set(keys):
            raise BadCatalogData(f"{what} missing or unknown: {sorted(set(have) ^ set(keys))}")
    for row in rows:
        if row["lead_unit"] not in departments:
            raise BadCatalogData(f"{row['derived_id']}: no department for {row['lead_unit']}")
        if row["derived_theme"] not in links["themes_en"] or row["derived_kind"] not in links["kinds_en"]:
            raise BadCatalogData(f"{row['derived_id']}: theme or kind has no English word")


def _relations(twins: Iterable[Mapping[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for twin in twins:
        narrow, wide = ("widened_by", "widens") if twin["kind"] == "territory" else ("narrower_of", "wider_of")
        found.setdefault(twin["narrow"], []).append({"key": twin["wide"], "relation": narrow})
        found.setdefault(twin["wide"], []).append({"key": twin["narrow"], "relation": wide})
    return found


def _base_items(entries: Sequence[Mapping[str, Any]], narrow: set[str]) -> Iterable[dict[str, Any]]:
    for entry in entries:
        if entry["key"] in narrow:
            continue
        same = [e["key"] for e in entries if e["base_code"] == entry["base_code"]]
        yield {
            "code": entry["base_code"], "name": entry["name"], "name_en": entry["name_en"], "entries": same,
            "department": entry["department"], "theme": entry["theme"], "kind": entry["kind"],
            "audience": entry["audience"], "elements": entry["elements"],
        }  # fmt: skip


def _implementation(
    raw: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]], forms: Mapping[str, Mapping[str, Any]]
) -> ImplementationSource:
    entry, form = entries[raw["entry"]], forms[raw["form"]]
    fields = set(form["properties"])
    named = {*raw["fields_leaving"], *(f for p in raw.get("plan", ()) for f in p["fields_leaving"])}
    named |= {f for m in raw["materials"] for f in m.get("required_if", ())}
    if not named <= fields or set(form["x-order"]) != fields:
        raise BadCatalogData(f"{raw['entry']}: fields {sorted(named - fields)} are not in the form {raw['form']}")
    content = {
        "entry_key": raw["entry"],
        "base_code": entry["base_code"],
        "name": entry["name"],
        "name_en": entry["name_en"],
        "modes": raw["modes"],
        "form": form,
        "materials": raw["materials"],
        "statutory_days": raw["statutory_days"],
        "promised_days": raw["promised_days"],
        "tell_once_days": raw.get("tell_once_days", 5),
        "anchor_kind": raw["anchor_kind"],
        "decision_place": raw["decision_place"],
        "plan": raw.get("plan", []),
        "result_name": raw["result"]["name"],
        "result_name_en": raw["result"]["name_en"],
        "result_type": raw["result"]["type"],
        "fields_leaving": raw["fields_leaving"],
        "min_level": raw["min_level"],
        "department": raw["department"],
        "region_level": raw.get("region_level", MOST_LOCAL_LEVEL),
        "filable": True,
        "guide": entry["guide"],
        "elements": _elements(raw, entry["elements"], form),
    }
    if "releasing_kind" in raw:
        content["releasing_kind"] = raw["releasing_kind"]
    return ImplementationSource(
        owners=tuple(raw["owners"]), code=entry["base_code"], version=raw["version"], entry_key=raw["entry"],
        valid_from=raw["valid_from"], content=content,
    )  # fmt: skip


def _elements(raw: Mapping[str, Any], base: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    of_base, _ = read_elements(base)
    whole = {**write_elements(elements_of_implementation(of_base, raw)), **raw.get("elements", {})}
    elements, faults = read_elements(whole)
    if faults:
        raise BadCatalogData(f"{raw['entry']}: {faults[0].field} {faults[0].detail or faults[0].code}")
    wrong = situations.faults(
        elements.situations, form, materials=[m["key"] for m in raw["materials"]],
        steps=[step.name for step in elements.process],
    )  # fmt: skip
    if wrong:
        raise BadCatalogData(f"{raw['entry']}: situations {wrong[0].code} {wrong[0].where}")
    return write_elements(elements)
