"""Who holds a lease, and freeing those of the dead before they run out.

A lease names host and process. The workers of a host free what a dead process of the same host held, so a killed worker
costs a second, not the rest of its lease; a dead host costs the lease. Freeing wrongly would be harmless: receivers
answer duplicates with the first receipt, and a stream moves on only under its own lease.
"""

from __future__ import annotations

import os
import socket
import threading
from typing import Final
from uuid import uuid4

from django.db import connection

_HOST: Final = socket.gethostname().replace(":", "-")
_TABLES: Final = ("exchange_destination", "exchange_inboundstream")


def holder() -> str:
    """A fresh name for one piece of work in this thread: ``host:pid:thread:random``."""
    return f"{_HOST}:{os.getpid()}:{threading.get_ident()}:{uuid4().hex[:8]}"


def free_the_dead() -> int:
    """Release the leases of processes of this host that are no more; returns how many."""
    freed = 0
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"SELECT DISTINCT leased_by FROM {table} WHERE leased_by IS NOT NULL")  # noqa: S608
            dead = [name for (name,) in cursor.fetchall() if _is_dead(name)]
            if dead:
                cursor.execute(
                    f"UPDATE {table} SET leased_by = NULL, leased_until = NULL"  # noqa: S608 - a constant
                    " WHERE leased_by = ANY(%s)",
                    [dead],
                )
                freed += cursor.rowcount
    return freed


def _is_dead(name: str) -> bool:
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
