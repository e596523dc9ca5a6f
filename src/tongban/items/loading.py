"""Loads the catalog: list entries, base items, implementations, wordings, code lists.

Idempotent by content: a row is written only if it differs, a version is written once. A version whose content changed
under the same number is refused (:class:`VersionChanged`): filings are pinned to it. Like organizations.loading this is
operators' code for reference data and opens its own transaction.

Until catalogs are published over the border (issue 4) every node loads the implementations of all demo provinces.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction

from tongban.kernel.ids import DIRECTORY

from . import store
from .loading_lists import load_lists
from .loading_scopes import load_scopes, read_scopes
from .models import (
    BaseItem,
    BaseVersion,
    CatalogState,
    CatalogText,
    CodeList,
    Implementation,
    ListEntry,
    Released,
    Synonym,
)
from .rules.content import digest_of
from .rules.search.data import read_language, read_table, read_wordings, read_yaml
from .rules.sources import BadCatalogData, Catalog, ImplementationSource, catalog_of
from .rules.texts import read_texts

Report = Callable[[str], object]
DATA_DIR = Path(__file__).resolve().parents[3] / "data"
FIRST_DAY = date(2020, 12, 23)
"""The day of the list of 2020: base items hold from then on."""


class VersionChanged(ValueError):
    """The files hold another content for a version that is already published: raise its number and its day."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows in the files; ``written`` is 0 when everything was there already."""

    entries: int
    by_batch: Mapping[int, int]
    base_items: int
    implementations: int
    synonyms: int
    codes: int
    written: int


def load_common(say: Report) -> None:
    """What ``tongban load`` calls."""
    load("", DATA_DIR, say)


def load(node_id: str, data_dir: Path = DATA_DIR, report: Report = lambda _: None) -> Counts:
    """Merge ``data_dir/items`` into the database. All nodes load the same rows; ``node_id`` is not used."""
    catalog = read_catalog(data_dir)
    anchors = _anchors(data_dir)
    with transaction.atomic():
        written = _base_items([_base_row(b) for b in catalog.base_items])
        written += _merge(ListEntry, "key", [_entry_row(e) for e in catalog.entries])
        for source in catalog.implementations:
            for owner in source.owners:
                written += _publish(owner, source, anchors)
        written += _synonyms(catalog.synonyms)
        codes = _code_rows(data_dir)
        written += _merge(CodeList, ("list_name", "code", "valid_from"), codes)
        written += load_scopes(catalog.scopes, catalog.exemptions)
        written += load_lists(data_dir, catalog.rows, _notes(data_dir))
        texts = {
            "language": read_language(data_dir), "themes_en": catalog.themes_en, "kinds_en": catalog.kinds_en,
            "texts": _texts(data_dir, anchors),
        }  # fmt: skip
        written += _merge(CatalogText, "key", [{"key": k, "content": v} for k, v in texts.items()])
        if written:
            CatalogState.objects.update_or_create(
                id=1, defaults={"token": uuid.uuid4().hex, "changed_at": datetime.now(UTC)}
            )
    store.forget()
    counts = Counts(
        entries=len(catalog.entries),
        by_batch=dict(Counter(e["batch"] for e in catalog.entries)),
        base_items=len(catalog.base_items),
        implementations=sum(len(s.owners) for s in catalog.implementations),
        synonyms=sum(map(len, catalog.synonyms.values())),
        codes=len(codes),
        written=written,
    )
    batches = "/".join(str(n) for _, n in sorted(counts.by_batch.items()))
    report(
        f"list entries {counts.entries} ({batches}); base items {counts.base_items}; "
        f"implementations {counts.implementations}; everyday wordings {counts.synonyms}"
    )
    return counts


def read_catalog(data_dir: Path) -> Catalog:
    """The catalog as the files have it, checked. Raises :class:`BadCatalogData`."""
    folder = data_dir / "items"
    departments = read_yaml(data_dir / "organizations" / "departments.yaml")["departments"]
    detailed = [read_yaml(path) for path in sorted((folder / "detailed").glob("*.yaml"))]
    implementations = [read_yaml(path) for path in sorted((folder / "implementations").glob("*.yaml"))]
    forms = {path.name: json.loads(path.read_text("utf-8")) for path in sorted((folder / "forms").glob("*.json"))}
    rows = json.loads((folder / "list_2020.json").read_text("utf-8"))["items"]
    scopes, exemptions = read_scopes(data_dir, rows)
    return catalog_of(
        rows=rows,
        links=read_yaml(folder / "catalog.yaml"),
        names_en=read_table(folder / "names_en.csv"),
        synonyms=read_wordings(data_dir),
        departments={lead: key for key, unit in departments.items() for lead in unit["lead"]},
        anchor_words=[p["label"] for p in read_yaml(data_dir / "organizations" / "anchor_places.yaml")["places"]],
        detailed=detailed,
        implementations=implementations,
        forms=forms,
        scopes=scopes,
        exemptions=exemptions,
    )


def _notes(data_dir: Path) -> list[str]:
    found: list[str] = json.loads((data_dir / "items" / "list_2020.json").read_text("utf-8"))["footnotes"]
    return found


def _anchors(data_dir: Path) -> dict[str, tuple[str, str]]:
    places = read_yaml(data_dir / "organizations" / "anchor_places.yaml")
    return {p["kind"]: (p["label"], p["en"]) for p in [*places["places"], *places["beyond_annex"]]}


def _texts(data_dir: Path, anchors: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Texts in other languages; the names of places that anchor a matter come with their own English."""
    files = {path.stem: read_yaml(path) for path in sorted((data_dir / "items" / "texts").glob("*.yaml"))}
    return read_texts(files, {"en": dict(anchors.values())})


def _base_row(base: Mapping[str, Any]) -> dict[str, Any]:
    content = {k: v for k, v in base.items() if k != "code"}
    return {
        "code": base["code"], "version": 1, "digest": digest_of(DIRECTORY, base["code"], 1, content),
        "name": base["name"], "content": content,
    }  # fmt: skip


def _entry_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    columns = ("key", "list_code", "batch", "seq", "base_code", "name")
    rest = {k: v for k, v in entry.items() if k not in columns}
    return {**{c: entry[c] for c in columns}, "content": rest}


def _base_items(rows: Sequence[Mapping[str, Any]]) -> int:
    """Version 1 of every base item. What has later versions, published by the directory, stays as it is."""
    later = set(BaseItem.objects.filter(version__gt=1).values_list("code", flat=True))
    first = [row for row in rows if row["code"] not in later]
    released = Released.objects.filter(kind="base", version=1).values_list("code", flat=True)
    signed = dict(BaseVersion.objects.filter(version=1, code__in=released).values_list("code", "digest"))
    if changed := [row["code"] for row in first if signed.get(row["code"], row["digest"]) != row["digest"]]:
        raise VersionChanged(f"base items {', '.join(changed[:5])} are released: publish a new version of them")
    written = _merge(BaseItem, "code", first)
    versions = [
        {**{k: row[k] for k in ("code", "version", "digest", "content")}, "valid_from": FIRST_DAY} for row in first
    ]
    _merge(BaseVersion, ("code", "version"), versions)
    return written


def _publish(owner: str, source: ImplementationSource, anchors: Mapping[str, tuple[str, str]]) -> int:
    """Write the version if it is new, and end the one before it on the same day."""
    label, label_en = anchors[source.content["anchor_kind"]]
    content = {**source.content, "anchor_label": label, "anchor_label_en": label_en}
    if "releasing_kind" in content:
        content["releasing_label"], content["releasing_label_en"] = anchors[content["releasing_kind"]]
    digest = digest_of(owner, source.code, source.version, content)
    versions = Implementation.objects.filter(owner=owner, code=source.code)
    known = versions.filter(version=source.version).first()
    if known is not None:
        if known.digest != digest:
            raise VersionChanged(f"{owner} {source.code} version {source.version}: published content is never changed")
        return 0
    versions.filter(valid_to__isnull=True, valid_from__lt=source.valid_from).update(valid_to=source.valid_from)
    Implementation.objects.create(
        owner=owner, code=source.code, version=source.version, digest=digest, entry_key=source.entry_key,
        valid_from=source.valid_from, content=content,
    )  # fmt: skip
    return 1


def _synonyms(shipped: Mapping[str, Sequence[str]]) -> int:
    """Replace the shipped wordings where they differ; what item managers added stays."""
    wanted = {(key, text): n for key, texts in shipped.items() for n, text in enumerate(dict.fromkeys(texts))}
    there = {(s.entry_key, s.text): s for s in Synonym.objects.all()}
    gone = [s.pk for at, s in there.items() if s.source == "shipped" and at not in wanted]
    moved = [s for at, s in there.items() if s.source == "shipped" and at in wanted and s.position != wanted[at]]
    for synonym in moved:
        synonym.position = wanted[synonym.entry_key, synonym.text]
    new = [
        Synonym(entry_key=key, text=text, source="shipped", position=n)
        for (key, text), n in wanted.items()
        if (key, text) not in there
    ]
    Synonym.objects.filter(pk__in=gone).delete()
    Synonym.objects.bulk_update(moved, ["position"])
    Synonym.objects.bulk_create(new)
    return len(gone) + len(moved) + len(new)


def _code_rows(data_dir: Path) -> list[dict[str, Any]]:
    raw = read_yaml(data_dir / "items" / "code_lists.yaml")
    return [
        {"list_name": name, "code": code, "name": words[0], "name_en": words[1], "valid_to": None, **part["default"]}
        for part in (raw, raw["practice"])
        for name, codes in part["lists"].items()
        for code, words in codes.items()
    ]


def _merge(model: type[models.Model], key: str | Sequence[str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert or update the rows that differ; nothing is deleted. Returns how many were written."""
    keys = (key,) if isinstance(key, str) else tuple(key)
    there = {tuple(getattr(o, k) for k in keys): o for o in model._default_manager.all()}
    new, changed = [], []
    for row in rows:
        known = there.get(tuple(row[k] for k in keys))
        if known is None:
            new.append(model(**row))
        elif any(getattr(known, field) != value for field, value in row.items()):
            for field, value in row.items():
                setattr(known, field, value)
            changed.append(known)
    manager = model._default_manager
    manager.bulk_create(new)
    fields = [f for f in (rows[0] if rows else ()) if f not in keys]
    if changed:
        manager.bulk_update(changed, fields)
    return len(new) + len(changed)


__all__ = ["DATA_DIR", "BadCatalogData", "Counts", "VersionChanged", "load", "load_common", "read_catalog"]
