"""Takes in the trust list that was handed over by file."""

from __future__ import annotations

from collections.abc import Callable

from . import queries, reactions


def load_node(node: str, say: Callable[[str], object]) -> None:
    """Idempotent. Says so when the node is not enrolled yet."""
    queries.forget()
    version = reactions.adopt_file()
    say(f"trust list version {version} is in force at {node}" if version else f"node {node} is not enrolled yet")
