"""What every test can rely on: the settings, a database of its own, and the embedded server if none is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tongban import config

_servers = ExitStack()


def server_address() -> str:
    """The address of the server for this run: ``TONGBAN_TEST_DATABASE_URL``, else the embedded one, started now.

    Runs at the same time share it; the last one to finish stops it.
    """
    if named := config.variable("TONGBAN_TEST_DATABASE_URL"):
        return named
    from tongban.ops.postgres import Cluster

    cluster = Cluster(config.default_home() / "test-postgres", durable=False)
    _servers.enter_context(cluster.in_use())
    return cluster.url(f"tongban_{os.getpid()}")  # runs at the same time must not share a database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the first connection: point Django at the server of this run."""
    from django.conf import settings

    from tongban.ops.database_url import django_database

    if not config.variable("TONGBAN_TEST_DATABASE_URL"):
        wanted = django_database(server_address())
        for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
            settings.DATABASES["default"][key] = wanted[key]


@pytest.fixture
def clock() -> Iterator[object]:
    """The clock that tests move: ``clock.set_offset(timedelta(days=3))``; put right again afterwards."""
    from datetime import timedelta

    from tongban.journal import clock

    yield clock
    clock.set_offset(timedelta())


def pytest_unconfigure(config: pytest.Config) -> None:
    _servers.close()
