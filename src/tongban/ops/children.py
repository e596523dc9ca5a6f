"""Child processes of the demo and of tests: each in a process group of its own, tied to its parent by a lifeline."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tongban.config import inherited_environment, variable
from tongban.ops.lifeline import VARIABLE

LOG_LIMIT = 10_000_000
_NOT_INHERITED = ("TONGBAN_", "DATABASE_URL", "DJANGO_", "PG", "PYTEST")


class Lifeline:
    """A pipe whose reading end the children hold; it closes when this process ends, however it ends."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()

    def close(self) -> None:
        for end in (self.reading, self._writing):
            with contextlib.suppress(OSError):
                os.close(end)


@dataclass
class Child:
    """A command of this program that runs until told to stop. ``log`` takes what it writes."""

    name: str
    words: tuple[str, ...]
    env: dict[str, str]
    log: Path
    lifeline: Lifeline
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    wanted: bool = False
    restarts: int = 0
    started_at: float = 0.0

    def start(self) -> None:
        """Start it if it does not run."""
        if self.running:
            return
        self.wanted = True
        self.started_at = time.monotonic()
        with _opened(self.log) as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tongban.cli", *self.words],
                env={**environment(), **self.env, VARIABLE: str(self.lifeline.reading)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                pass_fds=(self.lifeline.reading,),
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise LookupError(f"{self.name} was never started")
        return self.process.pid

    def ask_to_stop(self) -> None:
        """Ask it to finish what it does and end; returns at once."""
        self.wanted = False
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, *, timeout: float = 25) -> None:
        """Ask it to end and wait; what remains of its group after ``timeout`` seconds is killed."""
        self.ask_to_stop()
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout)
            self._kill_group()

    def kill(self) -> None:
        """End it and everything it started at once (SIGKILL), as a crash would."""
        self.wanted = False
        self._kill_group()

    def _kill_group(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # its pid is its group: it leads a session
        self.process.wait()

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(line[:300] for line in self.log.read_text(errors="replace").splitlines()[-lines:])


def environment() -> dict[str, str]:
    """What a child inherits: our environment without anything that configures a node."""
    kept = {k: v for k, v in inherited_environment().items() if not k.startswith(_NOT_INHERITED)}
    crash = {name: variable(name) for name in ("TONGBAN_CRASH_AT",) if variable(name)}
    return {**kept, **crash, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "tongban.settings.base"}


def run_to_end(words: tuple[str, ...], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a command that ends by itself; the caller waits for it."""
    with _opened(log) as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tongban.cli", *words], env={**environment(), **env},
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )


def _opened(log: Path) -> IO[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")
