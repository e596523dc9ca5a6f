"""Settings of the test run: a throw-away home, the demo switched on, no pool, quick hashes.

``TONGBAN_TEST_DATABASE_URL`` names the server; without it ``tests/conftest.py`` starts the embedded one and puts
its address in here before the first connection.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from tongban import config as _c

_home = Path(tempfile.mkdtemp(prefix="tongban-test-"))
(_home / "static").mkdir()
atexit.register(shutil.rmtree, _home, ignore_errors=True)

_url = _c.variable("TONGBAN_TEST_DATABASE_URL") or "postgresql://postgres@127.0.0.1:1/tongban"
_c.use(
    _c.read(
        {},
        home=_home,
        database_url=_url,
        owner_database_url=_url,
        demo=True,
        root_fingerprint=_c.DEMO_ROOT_FINGERPRINT,
        plain_http_loopback=True,
        allowed_hosts=("testserver", "127.0.0.1", "localhost"),
    )
)
_c.make_local_keys(_c.config())

from tongban.ops.database_url import django_database  # noqa: E402
from tongban.settings.base import *  # noqa: E402, F403

DATABASES = {"default": django_database(_url)}
