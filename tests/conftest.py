"""What every test can rely on: settings, a database of its own, and the embedded server if none is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Runs before the first connection: starts the embedded server when no server is named."""
    from tongban import config

    if not config.variable("TONGBAN_TEST_DATABASE_URL"):
        pytest.exit("TONGBAN_TEST_DATABASE_URL is not set", returncode=3)
