"""A running federation with its example cases, and a browser. Without Chromium these tests are not run, and say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests import world
from tests.e2e.browser import AXE, chromium, launch

from tongban import config
from tongban.ops import demo_cases
from tongban.ops.federation import Federation


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium() is None or not AXE.exists():
        reason = "no Chromium on this machine" if chromium() is None else "no axe-core: run `make frontend`"
        if config.variable("TONGBAN_REQUIRE_BROWSER"):
            pytest.fail(f"browser tests were not run: {reason}")
        pytest.skip(f"browser test not run: {reason}")
    # The browser's driver keeps a loop in this thread; what runs after it here is still ordinary blocking code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Four nodes with the example cases played."""
    home: Path = tmp_path_factory.mktemp("demo")
    with world.federation(home) as federation:
        demo_cases.play(federation, print)
        yield federation
