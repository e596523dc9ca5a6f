"""A node with its data: regions, catalog, organizations, demo people, and a trust list that names its peers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.loaded_node import for_a_file, load_everything


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The data once per module, in a transaction that the module's end undoes; each test nests inside it."""
    with for_a_file(django_db_blocker):
        load_everything()
        yield
