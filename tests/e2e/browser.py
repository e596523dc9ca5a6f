"""A visitor with a browser: opens pages of a node, fills forms in by the names of their fields, presses buttons.

Chromium is the system's; the browser reaches loopback only and every request elsewhere is kept as a fault.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from tongban.ops.federation import Node

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RULES = """async () => ({violations: (await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
})).violations})"""
"""Every rule runs; what passed is not described, nor sent over."""
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


def chromium() -> str | None:
    """The system's Chromium, or None."""
    return next((found for program in PROGRAMS if (found := shutil.which(program))), None)


def launch(playwright: Playwright) -> Browser:
    program = chromium()
    assert program is not None
    return playwright.chromium.launch(executable_path=program, args=QUIET)


class Visitor:
    """One person (or nobody yet) at one node."""

    def __init__(self, page: Page, node: Node, *, script: bool = True) -> None:
        self.page = page
        self.node = node
        self.script = script
        self.faults: list[str] = []
        page.set_default_timeout(15_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._request)

    def open(self, path: str) -> Visitor:
        answer = self.page.goto(self.node.url + path)
        assert answer is not None
        assert answer.status < 500, f"{path} answered {answer.status}"
        return self

    def sign_in(self, subject: str) -> Visitor:
        self.open("/sign-in")
        self.page.click(f'button[name=person][value="{subject}"]')
        return self

    def fill(self, **answers: Any) -> Visitor:
        """Field name → value; True ticks; a value of a radio chooses it; a select is chosen by value."""
        for name, value in answers.items():
            self._fill(name.replace("__", "."), value)
        return self

    def region(self, name: str, *codes: str) -> Visitor:
        """Choose province, city, county one after the other, as a person would."""
        for level, code in enumerate(codes, start=1):
            box = self.page.locator(f'select[name="{name}.{level}"]')
            if not self.script and box.count() == 0:
                self.page.click(f'button[name=reload][value="{name}"]')
            box.wait_for()
            if box.input_value() != code:
                box.select_option(code)
        return self

    def press(self, text: str) -> Visitor:
        """A button or a link by its whole text."""
        pattern = re.compile(rf"^\s*{re.escape(text)}\s*$")
        where = self.page.locator("main")
        target = where.get_by_role("button", name=pattern).or_(where.get_by_role("link", name=pattern)).first
        target.click()
        self.page.wait_for_load_state()
        return self

    def sees(self, text: str, *, within: float = 15) -> Visitor:
        """The text stands on the page, now or after looking again for ``within`` seconds."""
        for _ in range(max(1, int(within * 2))):
            if text in self.text():
                return self
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{text!r} is not on {self.page.url}:\n{self.text()[:1500]}")

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3]

    def axe(self) -> list[str]:
        """What axe-core finds wrong on the page (WCAG 2.0–2.2, A and AA), one line each."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(RULES)
        return [
            f"{self.path} [{v['id']}] {v['help']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]
        ]

    def _fill(self, name: str, value: Any) -> None:
        box = self.page.locator(f'main [name="{name}"]')
        kind = box.first.evaluate("e => e.type")
        if kind == "radio":
            self.page.check(f'main [name="{name}"][value="{value}"]')
        elif kind == "checkbox":
            box.first.set_checked(bool(value))
        elif kind.startswith("select"):
            box.select_option(str(value))
        elif kind == "file":
            box.set_input_files(value)
        else:
            box.first.fill(str(value))

    def _console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"{self.page.url} console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.faults.append(f"request elsewhere: {request.url}")


@contextmanager
def visiting(browser: Browser, node: Node, *, script: bool = True, size: dict[str, int] = WIDE) -> Iterator[Visitor]:
    """A fresh browser profile; at the end no console error and no request elsewhere may have happened."""
    context = browser.new_context(java_script_enabled=script, viewport=size, locale="zh-CN")
    visitor = Visitor(context.new_page(), node, script=script)
    try:
        yield visitor
    finally:
        context.close()
    assert visitor.faults == []
