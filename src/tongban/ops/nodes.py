"""One node on this machine as two child processes: web and worker."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

from tongban.config import Config
from tongban.ops.children import Child, Lifeline

READY_SECONDS = 120.0


class Trouble(RuntimeError):
    """The federation cannot run. The text says why and what to do."""


class Node:
    """One node of the federation: its configuration, its web process and its worker."""

    def __init__(self, cfg: Config, logs: Path, lifeline: Lifeline) -> None:
        self.config = cfg
        env = cfg.environment()
        self.web = Child(f"{cfg.node_id} web", ("web",), env, logs / f"{cfg.node_id}-web.log", lifeline)
        self.worker = Child(f"{cfg.node_id} worker", ("worker",), env, logs / f"{cfg.node_id}-worker.log", lifeline)

    @property
    def id(self) -> str:
        return self.config.node_id

    @property
    def url(self) -> str:
        return self.config.base_url

    @property
    def children(self) -> tuple[Child, Child]:
        return self.web, self.worker

    def start_web(self) -> None:
        self.web.start()

    def stop_web(self) -> None:
        self.web.stop()

    def kill_web(self) -> None:
        self.web.kill()

    def start_worker(self) -> None:
        self.worker.start()

    def stop_worker(self) -> None:
        self.worker.stop()

    def kill_worker(self) -> None:
        self.worker.kill()

    def start(self) -> None:
        self.start_web()
        self.start_worker()

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()

    def kill(self) -> None:
        for child in self.children:
            child.kill()

    def readiness(self) -> str:
        return readiness(self.config)

    def wait_until_ready(self, timeout: float = READY_SECONDS) -> None:
        """Return once the node serves and its worker has shown itself; :class:`Trouble` after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while (state := self.readiness()) != "ok":
            for child in self.children:
                if child.wanted and not child.running:
                    raise Trouble(f"{child.name} ended; the last lines of {child.log}:\n{child.tail()}")
            if time.monotonic() > deadline:
                if state == "degraded":
                    return
                raise Trouble(f"node {self.id} is not ready ({state}); the end of {self.web.log}:\n{self.web.tail(5)}")
            time.sleep(0.1)


def readiness(cfg: Config) -> str:
    """"ok" or "degraded" when the node serves; else what is missing, in a word."""
    connection = http.client.HTTPConnection(cfg.bind, cfg.port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"127.0.0.1:{cfg.port}"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return "not answering"
    finally:
        connection.close()
    if answer.status not in (200, 503):
        return f"answers {answer.status}"
    found: str = json.loads(body)["status"]
    return found
