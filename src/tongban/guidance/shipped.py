"""Data of the program that guidance reads once per process: life events, near twins, zones, policies, entrances, map.

These are the same at every node and change with the program only, so they need no table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tongban.organizations.groups import groups as region_groups

from .rules.twins import NEAR, Choice, Question

FOLDER: Final = Path(__file__).resolve().parents[3] / "data" / "guidance"
LIST: Final = "QH2020-"


@dataclass(frozen=True, slots=True)
class LifeEvent:
    key: str
    name: str
    name_en: str
    audience: str
    entries: frozenset[str]


@cache
def life_events() -> tuple[LifeEvent, ...]:
    return tuple(
        LifeEvent(key, e["name"], e["name_en"], e["audience"], frozenset(LIST + n for n in e["entries"]))
        for key, e in _read("life_events.yaml").items()
    )


@cache
def questions() -> tuple[Question, ...]:
    return tuple(
        Question(
            key, q["ask"], q["ask_en"], tuple(Choice(zh, en, LIST + number) for zh, en, number in q["answers"]),
            q.get("near", NEAR),
        )
        for key, q in _read("near_twins.yaml").items()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: the whole country, one province, or a group of provinces. ``members``: region codes of provinces."""

    key: str
    kind: str
    name: str
    name_en: str
    members: tuple[str, ...]
    featured: tuple[str, ...]
    source: str


@cache
def groups() -> tuple[Zone, ...]:
    """Regional groups, as the seed documents name them."""
    known = region_groups()
    return tuple(
        Zone(
            key, "group", known[key].name, known[key].name_en, known[key].members,
            tuple(LIST + n for n in z["featured"]), known[key].source,
        )
        for key, z in _read("zones.yaml")["groups"].items()
    )  # fmt: skip


@cache
def featured() -> tuple[str, ...]:
    """Entries that the national and provincial zones put first."""
    return tuple(LIST + n for n in _read("zones.yaml")["featured"])


@dataclass(frozen=True, slots=True)
class Policy:
    """A supporting document: title and number as printed. Days are None where the document does not say them."""

    key: str
    title: str
    number: str
    issuer: str
    regions: tuple[str, ...]
    issued_on: date | None
    published_on: date | None
    note: str


@cache
def policies() -> tuple[Policy, ...]:
    """Latest first; those without a date at the end."""
    found = [
        Policy(
            key, p["title"], p.get("number", ""), p["issuer"], tuple(str(r) for r in p.get("regions", ())),
            p.get("issued_on"), p.get("published_on"), p.get("note", ""),
        )
        for key, p in _read("policies.yaml").items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda p: p.issued_on or date.min, reverse=True))


@dataclass(frozen=True, slots=True)
class Entrance:
    """An entrance people used before. ``state``: redirected, embedded, or separate (still a door of its own)."""

    code: str
    name: str
    name_en: str
    node: str
    state: str
    target: str
    generated: bool


@cache
def entrances() -> tuple[Entrance, ...]:
    return tuple(
        Entrance(
            code, e["name"], e["name_en"], str(e["node"]), e["state"], e.get("target", "/"), e.get("generated", True)
        )
        for code, e in _read("entrances.yaml").items()
    )  # fmt: skip


@cache
def outlines() -> dict[str, Any]:
    """Province code → ``{"d": SVG path, "x": , "y": }``; with ``viewbox`` and ``source``."""
    found: dict[str, Any] = json.loads((FOLDER / "outlines.json").read_text("utf-8"))
    return found


def _read(name: str) -> Any:
    text = (FOLDER / name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
