"""Fixtures of whole nodes. One federation is shared by a module's tests; a test that breaks nodes makes its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import world

from tongban.ops.federation import Federation


@pytest.fixture(scope="module")
def four_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """The directory and three provinces, running and ready; ``four_nodes["63"]`` is a node."""
    home: Path = tmp_path_factory.mktemp("federation")
    with world.federation(home) as federation:
        yield federation
