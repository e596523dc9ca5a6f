"""What ``tongban web`` has granian load.

granian's process is forked with its parent's signal handlers and sets its own only after loading; in between, being
told to stop must stop it. And granian names itself in every answer unless the application names something else.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from tongban.wsgi import application as django_application


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The web application; its answers carry ``Server: tongban`` and no version of anything."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, ("Server", "tongban")], exc_info)

    return django_application(environ, start)
