"""A running federation with its example cases, and a browser. Without Chromium these tests are not run, and say so."""

from __future__ import annotations

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
def chromium_is_here() -> None:
    """Skips, or fails where a browser is required (CI)."""
    if chromium() is None or not AXE.exists():
        reason = "no Chromium on this machine" if chromium() is None else "no axe-core: run `make frontend`"
        if config.variable("TONGBAN_REQUIRE_BROWSER"):
            pytest.fail(f"browser tests were not run: {reason}")
        pytest.skip(f"browser test not run: {reason}")


@pytest.fixture(scope="module")
def browser(chromium_is_here: None) -> Iterator[Browser]:
    """A browser per module: its driver keeps a loop in this thread, which must be gone before other tests go on."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(chromium_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Four nodes with the example cases played."""
    home: Path = tmp_path_factory.mktemp("demo")
    with world.federation(home) as federation:
        demo_cases.play(federation, print)
        yield federation
