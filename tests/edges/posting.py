"""A form as a browser without scripts sends it: everything that stands in its fields, with what somebody changed."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The fields of the form that holds a field called ``mark``."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark, self.found = mark, dict[str, list[str]]()
        self._now: dict[str, list[str]] | None = None
        self._name, self._text = "", ""
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "form":
            self._now = {}
        if self._now is None:
            return
        if tag == "input" and name and (has.get("type") != "checkbox" or "checked" in has):
            self._now.setdefault(name, []).append(value)
        elif tag in ("select", "textarea"):
            self._name, self._text, self._first = name, "", None
        elif tag == "option" and self._name and ("selected" in has or self._first is None):
            self._first = value
            self._now[self._name] = [value]

    def handle_endtag(self, tag: str) -> None:
        if self._now is None:
            return
        if tag == "textarea":
            self._now[self._name] = [self._text.removeprefix("\n")]
        if tag in ("textarea", "select"):
            self._name = ""
        if tag == "form":
            if self.mark in self._now:
                self.found = self._now
            self._now = None

    def handle_data(self, data: str) -> None:
        if self._name:
            self._text += data


def filled(page: str, mark: str, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """What the form with a field ``mark`` sends; ``__`` in a name stands for a dot. A field it does not have is none of
    its own: KeyError, so that a test cannot send what nobody could fill in."""
    reader = _Fields(mark)
    reader.feed(page)
    sent: dict[str, str | list[str]] = dict(reader.found)
    for name, value in changes.items():
        field = name.replace("__", ".")
        if field not in sent and f'name="{field}"' not in page:
            raise KeyError(field)
        sent[field] = value
    return sent
