"""granian, held to its word: told to stop, it tells its processes until they have ended."""

from __future__ import annotations

import threading
from typing import Final

from granian import Granian

AGAIN_SECONDS: Final = 0.5


class WebServer(Granian):  # type: ignore[valid-type, misc]  # which class it is depends on the build of Python
    """A process just forked still has its parent's handlers, and one about to serve has its own but listens to nobody
    yet: what is told in between is lost. So it is told again; one that is finishing its requests does not mind."""

    def _stop_workers(self) -> None:
        ended = threading.Event()
        threading.Thread(target=self._insist, args=(ended,), name="insist", daemon=True).start()
        try:
            super()._stop_workers()
        finally:
            ended.set()

    def _insist(self, ended: threading.Event) -> None:
        while not ended.wait(AGAIN_SECONDS):
            for worker in list(self.wrks):
                if worker.is_alive():
                    worker.terminate()
