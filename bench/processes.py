"""Processes of a bench: started, held, asked and ended; and ports that nobody uses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tongban.ops.children import environment

PYTHONPATH = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", ""))))


@contextmanager
def held(process: subprocess.Popen[str]) -> Iterator[None]:
    """The process stands still inside the block."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@contextmanager
def running(env: dict[str, str], module: str, *words: str, ready: bool = True) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words], env={**environment(), **env, "PYTHONPATH": PYTHONPATH},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if ready and process.stdout.readline().strip() != "ready":  # type: ignore[union-attr]
            raise RuntimeError(f"{module} {words} did not start")
        yield process
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def say(process: subprocess.Popen[str], line: str) -> None:
    process.stdin.write(line + "\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]


def ask(process: subprocess.Popen[str], line: str) -> str:
    say(process, line)
    return process.stdout.readline().strip()  # type: ignore[union-attr]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_base(nodes: Iterable[int]) -> int:
    for base in range(31000, 60000, 100):
        try:
            for node in nodes:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + node))
        except OSError:
            continue
        return base
    raise RuntimeError("no free ports")


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the pipe's receiver does not listen")
