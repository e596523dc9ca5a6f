"""What follows a publication: a signed release at once; and every minute a look at the other nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tongban.directory import queries as directory
from tongban.journal.subscriptions import Subscriber
from tongban.journal.values import Fact
from tongban.kernel.events import Event

from . import releasing
from .events import (
    BatchPublished,
    EditionPublished,
    ExemptionEnded,
    RegionExempted,
    ScopeEnded,
    ScopeSet,
    StandingChanged,
    VersionPublished,
)


def when_published(_fact: Fact) -> None:
    """Put it out. Idempotent: what stands in a release is not released again."""
    if directory.held() is not None:
        releasing.release()


def renew() -> None:
    """Nothing before enrolment: nobody could verify it."""
    if directory.held() is not None:
        releasing.renew()


PUBLISHING: Final = (
    VersionPublished, StandingChanged, BatchPublished, ScopeSet, ScopeEnded, RegionExempted, ExemptionEnded,
    EditionPublished,
)  # fmt: skip
SUBSCRIBERS: Final[Mapping[type[Event], Sequence[Subscriber]]] = dict.fromkeys(PUBLISHING, (when_published,))
PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {"items.releases": (60.0, renew)}
