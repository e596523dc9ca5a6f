"""Loading of the data that comes with the program, slice by slice.

A slice that brings data has a module ``loading`` with ``load_common(say)`` for what every node holds and
``load_node(node, say)`` for what is the node's own; either may be missing, both are idempotent. ``say`` takes a line
for the operator.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

ORDER = ("directory", "organizations", "items", "identity")
"""The slices that bring data, in the order in which they need each other."""

Say = Callable[[str], object]


def load_common(say: Say) -> None:
    """Load what is the same at every node."""
    for slice_name, function in _functions("load_common"):
        say(f"loading {slice_name}")
        function(say)


def load_node(node: str, say: Say) -> None:
    """Load what is ``node``'s own."""
    for _slice_name, function in _functions("load_node"):
        function(node, say)


def _functions(name: str) -> list[tuple[str, Callable[..., None]]]:
    found = []
    for slice_name in ORDER:
        path = f"tongban.{slice_name}.loading"
        if importlib.util.find_spec(path) is not None:
            function = getattr(importlib.import_module(path), name, None)
            if function is not None:
                found.append((slice_name, function))
    return found
