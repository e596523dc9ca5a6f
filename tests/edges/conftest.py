"""A node with its data: regions, catalog, organizations, demo people, and a trust list that names its peers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The data once per module, in a transaction that the module's end undoes; each test nests inside it."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase does: durable blocks may nest
        outer.__enter__()
        try:
            from tests.loaded_node import load_everything

            load_everything()
            yield
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            connection.close()
