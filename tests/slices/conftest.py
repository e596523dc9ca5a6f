"""The catalog of a province and the four nodes that know each other: loaded once for a file, not for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.catalog_data import enrol_the_four
from tests.loaded_node import for_a_file


@pytest.fixture(scope="module")
def catalog_of_44(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Each test (marked ``django_db``) nests inside the file's transaction and is undone by itself."""
    from tongban.items import loading

    with for_a_file(django_db_blocker):
        loading.load("44")
        enrol_the_four()
        yield
