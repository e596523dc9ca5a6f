"""From an item to one's own checklist: a few questions, drawn from its materials and situations. Pure.

Answers are codes in an address that can be sent to somebody: they say nothing about a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Material(Protocol):
    """What is needed of ``items.views.MaterialReq``."""

    @property
    def key(self) -> str: ...
    @property
    def necessity(self) -> str: ...
    @property
    def exempt(self) -> bool: ...
    @property
    def when(self) -> str: ...
    @property
    def when_en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``kind``: mode (values are modes), scene (values are numbers from 0), when (values yes, no)."""

    name: str
    kind: str
    text: str
    text_en: str
    values: tuple[str, ...]
    labels: tuple[str, ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """``bring``: to be handed in; ``spared``: nobody has to; ``maybe``: depends on what was not answered;
    ``dropped``: does not apply, by the answers."""

    bring: tuple[Any, ...]
    spared: tuple[Any, ...]
    maybe: tuple[Any, ...]
    dropped: tuple[Any, ...]


def questions(
    modes: Sequence[str], scenes: Sequence[str], materials: Sequence[Material], given: Mapping[str, str]
) -> tuple[Ask, ...]:
    """What to ask for these modes, situations and conditional materials, with valid answers filled in."""
    found: list[Ask] = []
    if len(modes) > 1:
        found.append(Ask("mode", "mode", "", "", tuple(modes)))
    if len(scenes) > 1:
        found.append(Ask("scene", "scene", "", "", tuple(str(n) for n in range(len(scenes))), tuple(scenes)))
    found += [
        Ask(f"m.{material.key}", "when", material.when, material.when_en, ("yes", "no"))
        for material in materials
        if material.necessity == "conditional" and material.when and not material.exempt
    ]
    return tuple(
        Ask(
            a.name,
            a.kind,
            a.text,
            a.text_en,
            a.values,
            a.labels,
            given[a.name] if given.get(a.name) in a.values else "",
        )
        for a in found
    )


def checklist(materials: Sequence[Material], asked: Sequence[Ask]) -> Checklist:
    answers = {ask.name: ask.chosen for ask in asked}
    piles: dict[str, list[Material]] = {"bring": [], "spared": [], "maybe": [], "dropped": []}
    for material in materials:
        if material.exempt:
            pile = "spared"
        elif material.necessity == "conditional" and material.when:
            pile = {"yes": "bring", "no": "dropped"}.get(answers.get(f"m.{material.key}", ""), "maybe")
        else:
            pile = "bring" if material.necessity == "required" else "maybe"
        piles[pile].append(material)
    return Checklist(*(tuple(piles[name]) for name in ("bring", "spared", "maybe", "dropped")))
