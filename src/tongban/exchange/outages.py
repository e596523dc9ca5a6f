"""What this node has to do without just now, and what its policy says about it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import uuid4

from tongban.config import Misconfigured, config
from tongban.journal import clock

from . import blobs, installation
from .models import Destination
from .rules.outage import TABLE, BadPolicy, Dependency, Line, Mode, Standing, changed, evaluate

LIST_SILENT: Final = timedelta(hours=36)
"""The directory signs anew every day; a list this old was not fetched."""

Look = Callable[[], dict[str, datetime]]
_looks: dict[Dependency, Look] = {}


def install(dependency: Dependency, look: Look) -> None:
    """Plug in how the absence of a dependency is seen: which one → since when (mail, time-stamper)."""
    _looks[dependency] = look


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
    looks: dict[Dependency, Look] = {
        Dependency.PEER: _peers, Dependency.DIRECTORY: _directory, Dependency.STORAGE: _storage, **_looks,
    }  # fmt: skip
    return {dependency: look() for dependency, look in looks.items()}


def _peers() -> dict[str, datetime]:
    rows = Destination.objects.filter(failures__gt=0, failing_since__isnull=False).exclude(node=config().node_id)
    return {node: since for node, since in rows.values_list("node", "failing_since") if since is not None}


def _directory() -> dict[str, datetime]:
    trust, at = installation.keys().trust(), clock.now()
    return {"": trust.issued_at} if at - trust.issued_at > LIST_SILENT and not config().is_directory else {}


_storage_gone: dict[str, datetime] = {}


def _storage() -> dict[str, datetime]:
    """Whether a file can be written where attachments go, tried by writing one."""
    try:
        probe = blobs.folder("partial") / f"probe-{uuid4().hex}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError:
        _storage_gone.setdefault("", clock.now())
    else:
        _storage_gone.clear()
    return dict(_storage_gone)
