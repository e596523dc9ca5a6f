"""情形: which branch of an item a matter belongs to, found by questions (standards §1.3). Pure.

The questions are fields of the item's own form, so their answers are stored, travel and are corrected like any other
answer, and the situation needs no message of its own: whoever knows the pinned version and the answers knows it. From
the situation follow the materials and the steps of the procedure; the fields follow from the form's ``if``/``then``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tongban.items.elements import Situation
from tongban.items.views import MaterialReq

MOST_PATHS: Final = 10_000
"""So many ways of answering are tried when a definition is checked; a sane item has a few dozen."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The next question: a field of the form and the answers it takes."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a definition: ``gap``, ``overlap``, ``unreachable``, ``no_choice``, ``unknown_material``,
    ``unknown_step``, ``no_key``, ``same_key``. ``where`` names the situation, the field or the way of answering."""

    code: str
    where: str


Resolution = Situation | Ask | None
"""One situation; or the question to ask next; or nothing, if the item has no situations that questions choose."""


def questions(situations: Sequence[Situation]) -> tuple[str, ...]:
    """The fields asked, each once, in the order in which the situations name them."""
    return tuple(dict.fromkeys(name for s in situations for name in s.when))


def resolve(situations: Sequence[Situation], form: Mapping[str, Any], answers: Mapping[str, Any]) -> Resolution:
    """The situation these answers lead to, or what to ask next. Never raises: an answer that is none of the choices
    counts as not given. Single-valued, because :func:`faults` refuses definitions in which two situations remain."""
    chosen = [s for s in situations if s.when]
    if not chosen:
        return None
    values = {name: choices(form, name) for name in questions(chosen)}
    given = {name: str(answers[name]) for name in values if str(answers.get(name)) in values[name]}
    left = [s for s in chosen if all(given[name] in wanted for name, wanted in s.when.items() if name in given)]
    for name in questions(left):
        if name not in given:
            return Ask(name, values[name])
    return left[0] if left else Ask(next(iter(values)), next(iter(values.values())))


def found(situations: Sequence[Situation], form: Mapping[str, Any], answers: Mapping[str, Any]) -> Situation | None:
    """The situation, if the answers are enough to know it."""
    at = resolve(situations, form, answers)
    return at if isinstance(at, Situation) else None


def choices(form: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The answers a question takes, as text."""
    return tuple(str(value) for value in form.get("properties", {}).get(name, {}).get("enum", ()))


def path(situations: Sequence[Situation], form: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Ask, ...]:
    """The questions to show now: those answered on the way, and the next one. Later ones depend on it."""
    asked: list[Ask] = []
    known: dict[str, Any] = {}
    while isinstance(at := resolve(situations, form, known), Ask) and at not in asked:
        asked.append(at)
        if str(answers.get(at.field)) not in at.values:
            break
        known[at.field] = str(answers[at.field])
    return tuple(asked)


def applying(materials: Sequence[MaterialReq], situation: Situation | None) -> tuple[MaterialReq, ...]:
    """The materials of a situation in the order of the list; all of them if it names none or is not known yet."""
    if situation is None or not situation.materials:
        return tuple(materials)
    return tuple(m for m in materials if m.key in situation.materials)


def faults(
    situations: Sequence[Situation], form: Mapping[str, Any], *, materials: Sequence[str], steps: Sequence[str]
) -> tuple[Fault, ...]:
    """Every reason why these situations cannot be published. None: :func:`resolve` is total and single-valued."""
    chosen = [s for s in situations if s.when]
    if not chosen:
        return ()
    return tuple(_shapes(chosen, form, materials, steps)) or tuple(_paths(chosen, form))


def _shapes(
    chosen: Sequence[Situation], form: Mapping[str, Any], materials: Sequence[str], steps: Sequence[str]
) -> Iterator[Fault]:
    for name in questions(chosen):
        if len(choices(form, name)) < 2:
            yield Fault("no_choice", name)
    for number, situation in enumerate(chosen):
        if not situation.key:
            yield Fault("no_key", situation.name)
        if any(other.key == situation.key for other in chosen[:number]):
            yield Fault("same_key", situation.key)
        strange = {
            "unknown_material": set(situation.materials) - set(materials),
            "unknown_step": set(situation.steps) - set(steps),
        }
        yield from (Fault(code, f"{situation.key}:{name}") for code, names in strange.items() for name in sorted(names))


def _paths(chosen: Sequence[Situation], form: Mapping[str, Any]) -> Iterator[Fault]:
    reached: set[str] = set()
    values = [[(name, value) for value in choices(form, name)] for name in questions(chosen)]
    for number, way in enumerate(itertools.product(*values)):
        if number >= MOST_PATHS:
            yield Fault("overlap", "too many questions")
            return
        answers = dict(way)
        fitting = [s for s in chosen if all(answers[name] in wanted for name, wanted in s.when.items())]
        words = " ".join(f"{name}={value}" for name, value in way)
        if not fitting:
            yield Fault("gap", words)
        elif len(fitting) > 1:
            yield Fault("overlap", f"{words}: {', '.join(s.key for s in fitting)}")
        reached.update(s.key for s in fitting)
    yield from (Fault("unreachable", s.key) for s in chosen if s.key not in reached)
