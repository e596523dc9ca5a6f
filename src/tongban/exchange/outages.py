"""What this node has to do without just now, and what its policy says about it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from tongban.config import Misconfigured, config
from tongban.journal import clock

from . import installation, observing, probing
from .models import Destination
from .rules.outage import TABLE, BadPolicy, Dependency, Line, Mode, Standing, changed, evaluate

LIST_SILENT: Final = timedelta(hours=36)
"""The directory signs anew every day; a list this old was not fetched."""


def policy() -> tuple[Line, ...]:
    """The table in force. Raises ``Misconfigured`` for a file that cannot be meant."""
    return _policy(config().outage_policy_file)


@lru_cache(maxsize=4)
def _policy(file: str) -> tuple[Line, ...]:
    if not file:
        return TABLE
    try:
        return changed(TABLE, tomllib.loads(Path(file).read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, BadPolicy) as error:
        raise Misconfigured(f"TONGBAN_OUTAGE_POLICY={file}: {error}") from None


def standing() -> tuple[Standing, ...]:
    """What is missing now and how the node does without it."""
    return evaluate(policy(), missing(), clock.now())


def is_closed(dependency: Dependency) -> bool:
    """Whether what needs this dependency is refused now."""
    return any(s.dependency is dependency and s.mode is Mode.CLOSED for s in standing())


def missing() -> dict[Dependency, dict[str, datetime]]:
    """Dependency → which one → since when."""
    return {dependency: look() for dependency, look in _LOOKS.items()}


def _peers() -> dict[str, datetime]:
    rows = Destination.objects.filter(failures__gt=0, failing_since__isnull=False).exclude(node=config().node_id)
    return {node: since for node, since in rows.values_list("node", "failing_since") if since is not None}


def _directory() -> dict[str, datetime]:
    trust, at = installation.keys().trust(), clock.now()
    return {"": trust.issued_at} if at - trust.issued_at > LIST_SILENT and not config().is_directory else {}


def _storage() -> dict[str, datetime]:
    """As the last user found it; and as it is here and now, for every process writes files of its own."""
    since = observing.failing_since(Dependency.STORAGE)
    if since is None and probing.storage_error() is not None:
        since = clock.now()
    return {"": since} if since is not None else {}


def _observed(dependency: Dependency) -> Callable[[], dict[str, datetime]]:
    def look() -> dict[str, datetime]:
        since = observing.failing_since(dependency)
        return {"": since} if since is not None else {}

    return look


_LOOKS: Final[dict[Dependency, Callable[[], dict[str, datetime]]]] = {
    Dependency.PEER: _peers, Dependency.DIRECTORY: _directory, Dependency.STORAGE: _storage,
    Dependency.TIME_STAMPER: _observed(Dependency.TIME_STAMPER), Dependency.MAIL: _observed(Dependency.MAIL),
}  # fmt: skip
