"""What ``tongban web`` has granian load.

granian's process is forked with its parent's signal handlers and sets its own only after loading; in between, being
told to stop must stop it.
"""

from __future__ import annotations

import signal
import threading

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from tongban.wsgi import application

__all__ = ["application"]
