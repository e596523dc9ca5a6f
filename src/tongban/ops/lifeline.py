"""A child process ends when its parent does, however the parent ended.

The parent passes the reading end of a pipe it never writes to; when the parent is gone, reading ends.
"""

from __future__ import annotations

import os
import signal
import threading

from tongban.config import variable

VARIABLE = "TONGBAN_LIFELINE"


def follow_parent() -> None:
    """End this process with SIGTERM once the parent is gone; does nothing when no pipe was handed over."""
    descriptor = variable(VARIABLE)
    if not descriptor:
        return

    def wait() -> None:
        while os.read(int(descriptor), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
