"""What a missing dependency means for the node: one table, one rule. Pure.

``open``: work goes on as if nothing were missing, what is owed is made up later. ``degrade``: work goes on, something
waits visibly. ``closed``: what needs the dependency is refused, with the reason, until it is back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class Dependency(StrEnum):
    """What a node needs from outside its own processes."""

    PEER = "peer"
    DIRECTORY = "directory"
    TIME_STAMPER = "time_stamper"
    MAIL = "mail"
    STORAGE = "storage"


class Mode(StrEnum):
    OPEN = "open"
    DEGRADE = "degrade"
    CLOSED = "closed"


TOLD: Final = frozenset({"operator", "supervisor", "directory", "public"})


@dataclass(frozen=True, slots=True)
class Line:
    """One dependency: ``mode`` for at most ``lasting`` (None: for ever), ``afterwards`` from then on; who is told."""

    dependency: Dependency
    mode: Mode
    lasting: timedelta | None
    afterwards: Mode
    told: tuple[str, ...]
    what: str
    """A code for what waits or is refused; ``ui.words`` has its sentence."""


TABLE: Final = (
    Line(Dependency.PEER, Mode.DEGRADE, None, Mode.DEGRADE, ("operator", "public"), "messages_wait"),
    Line(Dependency.DIRECTORY, Mode.OPEN, timedelta(days=7), Mode.DEGRADE, ("operator", "directory"), "list_ages"),
    Line(Dependency.TIME_STAMPER, Mode.DEGRADE, timedelta(days=2), Mode.DEGRADE, ("operator",), "day_book_unstamped"),
    Line(Dependency.MAIL, Mode.DEGRADE, None, Mode.DEGRADE, ("operator",), "notices_wait"),
    Line(Dependency.STORAGE, Mode.CLOSED, None, Mode.CLOSED, ("operator", "public"), "files_refused"),
)
"""As shipped. For a peer, work is never refused: applications are kept here and delivered when it is back."""


POSSIBLE: Final[Mapping[Dependency, frozenset[Mode]]] = {
    Dependency.PEER: frozenset({Mode.OPEN, Mode.DEGRADE}),
    Dependency.DIRECTORY: frozenset({Mode.OPEN, Mode.DEGRADE}),
    Dependency.TIME_STAMPER: frozenset(Mode),
    Dependency.MAIL: frozenset({Mode.OPEN, Mode.DEGRADE}),
    Dependency.STORAGE: frozenset({Mode.CLOSED}),
}
"""What a policy may ask for, because the node does it. A dead province never stops this one, nor does a dead mail
server; without storage a file cannot be taken whatever a policy says. ``closed`` for the time-stamper: no day is
closed unstamped."""


class BadPolicy(ValueError):
    """The policy file says something that cannot be meant."""


def changed(table: Sequence[Line], given: Mapping[str, Mapping[str, Any]]) -> tuple[Line, ...]:
    """The table with what a TOML file changes: ``[mail]`` with ``mode``, ``hours``, ``afterwards``, ``told``."""
    unknown = set(given) - {line.dependency.value for line in table}
    if unknown:
        raise BadPolicy(f"no such dependency: {', '.join(sorted(unknown))}")
    found = []
    for line in table:
        words = dict(given.get(line.dependency.value, {}))
        try:
            hours = words.pop("hours", line.lasting.total_seconds() / 3600 if line.lasting else 0)
            mode, afterwards = Mode(words.pop("mode", line.mode)), Mode(words.pop("afterwards", line.afterwards))
            told = tuple(words.pop("told", line.told))
        except ValueError as error:
            raise BadPolicy(f"{line.dependency}: {error}") from None
        if words or not set(told) <= TOLD or "operator" not in told or not isinstance(hours, int | float) or hours < 0:
            raise BadPolicy(f"{line.dependency}: expected mode, hours, afterwards and told (with the operator)")
        if not {mode, afterwards} <= POSSIBLE[line.dependency]:
            possible = ", ".join(sorted(POSSIBLE[line.dependency]))
            raise BadPolicy(f"{line.dependency}: mode and afterwards can be {possible}")
        lasting = timedelta(hours=hours) if hours else None
        found.append(Line(line.dependency, mode, lasting, afterwards, told, line.what))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the node does without a dependency now. ``until``: when the mode changes, None if it does not."""

    dependency: Dependency
    names: tuple[str, ...]  # which peers; empty for the others
    mode: Mode
    since: datetime
    until: datetime | None
    told: tuple[str, ...]
    what: str


def evaluate(
    table: Sequence[Line], missing: Mapping[Dependency, Mapping[str, datetime]], at: datetime
) -> tuple[Standing, ...]:
    """``missing``: dependency → which one → since when. What is not missing does not appear in the answer."""
    found = []
    for line in table:
        gone = missing.get(line.dependency, {})
        if not gone:
            continue
        since = min(gone.values())
        end = since + line.lasting if line.lasting is not None else None
        over = end is not None and at >= end
        found.append(
            Standing(
                line.dependency, tuple(sorted(name for name in gone if name)), line.afterwards if over else line.mode,
                since, None if over or line.mode is line.afterwards else end, line.told, line.what,
            )
        )  # fmt: skip
    return tuple(found)
