"""Who holds a lease, and freeing those of the dead before they run out.

A lease names host and process. The workers of a host free what a dead process of the same host held, so a killed worker
costs a second, not the rest of its lease; a dead host costs the lease. Freeing wrongly would be harmless: jobs are
idempotent, and receivers answer duplicates with the first receipt.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.db import connection


def _host() -> str:
    """The host's name and, on Linux, its space of process ids: containers of one name are not one host."""
    name = socket.gethostname().replace(":", "-")
    with suppress(OSError):
        name += f".{Path('/proc/self/ns/pid').stat().st_ino}"
    return name


_HOST: Final = _host()
TABLES: Final = ("journal_job", "journal_periodic")


def process() -> str:
    """The name of this process in a lease: ``host:pid``."""
    return f"{_HOST}:{os.getpid()}"


def holder() -> str:
    """A fresh name for one piece of work in this thread: ``host:pid:thread:random``."""
    return f"{process()}:{threading.get_ident()}:{uuid4().hex[:8]}"


def free_the_dead(tables: Sequence[str] = TABLES) -> int:
    """Release the leases in these tables of processes of this host that are no more; returns how many."""
    freed = 0
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT DISTINCT leased_by FROM {table} WHERE leased_by IS NOT NULL")  # noqa: S608
            dead = [name for (name,) in cursor.fetchall() if is_dead(name)]
            if dead:
                cursor.execute(
                    f"UPDATE {table} SET leased_by = NULL, leased_until = NULL"  # noqa: S608 - a constant
                    " WHERE leased_by = ANY(%s)",
                    [dead],
                )
                freed += cursor.rowcount
    return freed


def is_dead(name: str) -> bool:
    """Whether the holder was a process of this host that runs no more. Of other hosts nothing is known."""
    host, _, rest = name.partition(":")
    pid = rest.partition(":")[0]
    if host != _HOST or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
