"""What every test can rely on: the settings, a database of its own, and the embedded server if none is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import world

from tongban import config

KEEPERS = (
    "organizations.queries", "items.store", "directory.queries", "identity.tokens",
    "cases.queries.statistics", "cases.queries.durations",
)  # fmt: skip


LONGEST = (
    "e2e/test_every_page.py", "federation/test_catalog_drift.py", "federation/test_evidence_between_nodes.py",
    "federation/test_three_days_away.py", "federation/test_chaos.py", "federation/test_every_item.py",
    "federation/test_tour.py", "federation", "e2e", "slices/test_items_managing.py", "consistency", "fuzz", "slices",
)  # fmt: skip
"""Files and folders whose files take longest, in this order; the others follow."""


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # xdist's own order puts files with few tests last, and those are the long


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no process works alone at the end on one that was begun last."""
    here = Path(__file__).parent
    rank = {here / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: min((rank[p] for p in (item.path, *item.path.parents) if p in rank), default=len(rank)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the first connection: point Django at the server of this run."""
    from django.conf import settings

    from tongban.ops.database_url import django_database

    if not config.variable("TONGBAN_TEST_DATABASE_URL"):
        wanted = django_database(world.server_address())
        for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
            settings.DATABASES["default"][key] = wanted[key]


@pytest.fixture
def clock() -> Iterator[object]:
    """The clock that tests move: ``clock.set_offset(timedelta(days=3))``; put right again afterwards."""
    from datetime import timedelta

    from tongban.journal import clock

    yield clock
    clock.set_offset(timedelta())


@pytest.fixture(autouse=True)
def _the_clock_stands_right() -> Iterator[None]:
    """Whatever a test did to the clock is undone before the next one."""
    yield
    from datetime import timedelta

    from tongban.journal import clock

    clock.set_offset(timedelta())


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_remembered_from_another_file() -> None:
    """What a process keeps of rows for a few seconds would outlive the rows that another file rolled back."""
    for name in KEEPERS:
        if (module := sys.modules.get(f"tongban.{name}")) is not None:
            module.forget()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a figure; the run prints them all at its end, whichever process found them."""
    return lambda line: request.node.user_properties.append(("told", line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [
        line for report in reports if report.when == "call" for name, line in report.user_properties if name == "told"
    ]
    if lines:
        terminalreporter.section("figures", sep="-")
        for line in lines:
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    world.leave_server()
