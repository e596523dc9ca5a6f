"""Nodes of the demo that somebody took away for a while: a mark in the node's folder, which the demo follows."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Collection
from pathlib import Path

from tongban.ops.boot import NODE_FILE
from tongban.ops.nodes import Node, Trouble

MARK = "taken-away"
LOCK = "federation.lock"
"""In the home: held as long as its nodes run."""


def mark(home: Path, node: str, *, away: bool) -> None:
    """Ask the demo at ``home`` to stop or start ``node``. :class:`Trouble` if it is not running or has no such node."""
    folder = home / "nodes" / node
    if not (folder / NODE_FILE).exists():
        there = ", ".join(sorted(file.parent.name for file in (home / "nodes").glob(f"*/{NODE_FILE}")))
        raise Trouble(f"the demo at {home} has no node {node!r}; it has: {there or 'none yet (make run)'}")
    if not is_running(home):
        raise Trouble(f"no demo is running at {home}: make run starts it, with all its nodes")
    if away:
        (folder / MARK).touch()
    else:
        (folder / MARK).unlink(missing_ok=True)


def is_running(home: Path) -> bool:
    """Whether a demo holds the lock of ``home``."""
    try:
        with (home / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def is_away(home: Path, node: str) -> bool:
    """Whether somebody took ``node`` of the demo at ``home`` away."""
    return (home / "nodes" / node / MARK).exists()


def bring_all_back(nodes: Collection[Node]) -> None:
    """Forget every mark: a demo that starts has all its nodes."""
    for node in nodes:
        (node.config.home / MARK).unlink(missing_ok=True)


def follow(nodes: Collection[Node], say: Callable[[str], object]) -> None:
    """Stop the nodes that are marked, start those that no longer are."""
    for node in nodes:
        away = (node.config.home / MARK).exists()
        runs = any(child.wanted for child in node.children)
        if away and runs:
            node.stop()
            say(f"node {node.id} {node.config.node_name} is stopped; `tongban start {node.id}` brings it back")
        elif not away and not runs:
            node.start()
            say(f"node {node.id} {node.config.node_name} starts again")
