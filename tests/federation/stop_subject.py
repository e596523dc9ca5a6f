"""A web server whose process loses the first order to stop, as one does that has just been forked; run as a program.

``FOLDER``: the file ``loading`` appears when the order may come, ``lost`` when it came and was lost. Its process is
never killed, however long it takes.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from tests import world

from tongban.ops.web_server import WebServer

FOLDER = Path(sys.argv[-1])

if __name__ != "__main__":
    signal.signal(signal.SIGTERM, lambda *_: (FOLDER / "lost").touch())
    (FOLDER / "loading").touch()
    while not (FOLDER / "lost").exists():
        time.sleep(0.01)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    raise AssertionError("nobody asks")


if __name__ == "__main__":
    WebServer(
        "tests.federation.stop_subject:application", address="127.0.0.1", port=world.free_port_base(["0"]),
        interface=Interfaces.WSGI, workers=1, workers_kill_timeout=None, log_enabled=False,
    ).serve()  # fmt: skip
