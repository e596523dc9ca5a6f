"""A person without a mouse: Tab, Enter, Space, arrows and letters; every stop of the focus must be seen."""

from __future__ import annotations

import re
from typing import Any

from .browser import Visitor

MOST_STOPS = 220
_HERE = """() => {
  const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
  const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;
  const label = e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText || '';
  return {tag: e.tagName.toLowerCase(), type: e.type || '', name: e.getAttribute('name') || '', value: e.value || '',
          text: label.trim(), seen: outlined || s.boxShadow !== 'none', wide: box.width > 0 && box.height > 0,
          within: !!e.closest('main')};
}"""
_QUIET = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"


class Keyboard:
    """Drives a visitor's page by keys alone; ``unseen`` collects stops whose focus nobody could see."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.unseen: list[str] = []

    def here(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(_HERE)
        return found

    def to(self, *, name: str = "", text: str = "", value: str = "") -> dict[str, Any]:
        """Tab on until the focus is on the control in question, looking at every stop."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            now = self.here()
            if now["tag"] == "body":
                continue
            if not (now["seen"] and now["wide"]):
                self.page.wait_for_function(_QUIET)  # perhaps caught while a part of the page was drawn anew
                now = self.here()
            if now["tag"] != "body" and not (now["seen"] and now["wide"]):
                self.unseen.append(f"{self.visitor.path}: {now['tag']} {now['name'] or now['text']}")
            if name and now["name"] == name and (not value or now["value"] == value):
                return now
            if text and re.fullmatch(rf"\s*{re.escape(text)}\s*", now["text"]):
                return now
        raise AssertionError(f"no stop of Tab is {name or text!r} on {self.visitor.path}:\n{self.visitor.text()[:800]}")

    def press(self, text: str) -> None:
        """Tab to the button or link with this text and press Enter."""
        self.to(text=text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def type(self, name: str, text: str) -> None:
        self.to(name=name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def day(self, name: str, iso: str) -> None:
        """A date field: month, day, year, as Chromium draws it here whatever the page's language."""
        self.to(name=name)
        year, month, day = iso.split("-")
        self.page.keyboard.type(month + day + year)
        assert self.here()["value"] == iso, self.here()

    def choose(self, name: str, code: str) -> None:
        """In a list: arrows down until the wanted line stands there; a page that draws itself anew keeps the focus."""
        now = self.here() if self.here()["name"] == name else self.to(name=name)
        for _ in range(60):
            if now["value"] == code:
                return
            self.page.keyboard.press("ArrowDown")
            self.page.wait_for_function(_QUIET)
            now = self.here()
            if now["name"] != name:
                now = self.to(name=name)
        raise AssertionError(f"{code} is not in the list {name}")

    def tick(self, name: str, value: str = "") -> None:
        self.to(name=name, value=value)
        self.page.keyboard.press("Space")

    def choice(self, name: str, value: str) -> None:
        """A radio button: Tab to the group, arrows to the answer, Space; or a list."""
        now = self.to(name=name)
        if now["type"] != "radio":
            return self.choose(name, value)
        self.page.keyboard.press("Space")
        for _ in range(20):
            if self.here()["value"] == value:
                return None
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is no answer to {name}")

    def pick(self, name: str, value: str) -> None:
        """A long list or a group, whichever it is, with more patience."""
        now = self.to(name=name)
        for _ in range(160):
            if now["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")
            now = self.here()
        raise AssertionError(f"{value} is not among {name}")

    def row(self, number: str) -> None:
        """Tab to the link in the table's row that holds the number, and follow it."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            inside = (
                "n => { const r = document.activeElement.closest('tr, li'); return !!r && r.innerText.includes(n) }"
            )
            if self.here()["tag"] == "a" and self.page.evaluate(inside, number):
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"{number} cannot be reached by Tab")
