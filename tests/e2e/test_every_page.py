"""Every route, seen by every role it is for: no axe violation in either text size, no console error, nothing elsewhere.

A role walks from its start pages along links until each route has been seen in up to three states; what links do not
reach is opened with the ids met on the way. A route that nobody of its audience visited fails the test.
"""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tongban.ui.page import ROUTES, Audience
from tongban.ui.urls import load_pages

from .browser import PHONE, WIDE, visiting

load_pages()

ROLES = {
    "visitor": ("44", None, frozenset({Audience.PUBLIC})),
    "applicant": ("44", "li-mei", frozenset({Audience.PUBLIC, Audience.APPLICANT})),
    "clerk": ("44", "wang-fang", frozenset({Audience.PUBLIC, Audience.CLERK})),
    "reviewer of cases": ("63", "chen-qiang", frozenset({Audience.PUBLIC, Audience.REVIEWER})),
    "reviewer of parts": ("63", "qi-chunlan", frozenset({Audience.PUBLIC, Audience.REVIEWER})),
    "operator": ("63", "ma-xiaojun", frozenset({Audience.PUBLIC, Audience.OPERATOR})),
    "national zone": ("00", None, frozenset({Audience.PUBLIC})),
}
STARTS = ("/", "/search?q=驾驶员", "/items", "/items/QH2020-2-48", "/items/QH2020-3-03", "/my/", "/desk",
          "/desk?kind=parts", "/desk?kind=filings&show=all", "/desk?kind=cases&show=all", "/desk/intake",
          "/apply/QH2020-2-48", "/apply/QH2020-1-07", "/sign-in", "/accesses", "/help", "/status", "/accessibility",
          "/preferences", "/no-such-page")  # fmt: skip
STATES = 3
NO_PAGE = {"theme", "my_file", "desk_file"}
"""Routes whose answer is a style sheet or an attached file, not a page; opened, but not judged by axe."""

visited: dict[str, set[str]] = defaultdict(set)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_this_role_can_reach_is_accessible(browser, demo, role):
    node, subject, audiences = ROLES[role]
    seen: dict[str, list[str]] = defaultdict(list)
    ids: dict[str, set[str]] = defaultdict(set)
    violations: list[str] = []
    with visiting(browser, demo[node], size=PHONE if role in ("visitor", "applicant") else WIDE) as visitor:
        if subject:
            visitor.sign_in(subject)
        queue = list(STARTS)
        while queue:
            path = queue.pop(0)
            name = _route(path)
            if name is not None and (len(seen[name]) >= STATES or path in seen[name]):
                continue
            if name in NO_PAGE:
                assert visitor.page.request.get(visitor.node.url + path).status < 500
            else:
                visitor.open(path)
                if _route(visitor.path) == name or name is None:
                    violations += visitor.axe()
                    visitor.page.evaluate("document.documentElement.setAttribute('data-size', 'large')")
                    violations += [f"大字版 {line}" for line in visitor.axe()]
                queue += _links(visitor, ids)
            if name is not None:
                seen[name].append(path)
                visited[name].add(role)
            if not queue:
                queue = list(_unlinked(audiences, seen, ids))
    assert violations == []
    missing = [
        r.name for r in ROUTES.values() if audiences & r.audience and not seen[r.name] and _within_reach(r, role)
    ]
    assert missing == [], f"{role} did not see {missing}"


def test_every_route_was_seen_by_somebody_of_its_audience(demo):
    """Runs after the walks above."""
    assert sorted(set(ROUTES) - set(visited)) == []


def _within_reach(route: object, role: str) -> bool:
    """Pages about one matter are asked only of roles that have such a matter at their node."""
    pattern = getattr(route, "pattern")  # noqa: B009
    return "<uuid" not in pattern and "<slug" not in pattern


def _route(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).url_name
    except Resolver404:
        return None


def _links(visitor: object, ids: dict[str, set[str]]) -> list[str]:
    found = visitor.page.evaluate(  # type: ignore[attr-defined]
        "() => [...document.querySelectorAll('a[href], form[action]')]"
        ".map(e => e.getAttribute('href') || e.getAttribute('action'))"
    )
    links = []
    for href in dict.fromkeys(found):
        if not href.startswith("/") or href.startswith(("/static", "/api")):
            continue
        match = re.search(r"/(cases|parts|filings|intake|drafts|my)/([0-9a-f-]{36})", href)
        if match:
            ids[match[1]].add(match[2])
        links.append(href)
    return links


def _unlinked(audiences: frozenset[Audience], seen: dict[str, list[str]], ids: dict[str, set[str]]) -> list[str]:
    """Addresses for routes that no link reached: the same matters, other pages."""
    more = []
    for route in ROUTES.values():
        if seen[route.name] or not audiences & route.audience or route.name in NO_PAGE:
            continue
        kind = route.pattern.split("/")[0 if not route.pattern.startswith("desk/") else 1]
        known = ids.get(kind, set()) | (ids.get("filings", set()) if kind == "intake" else set())
        for each in sorted(known)[:STATES]:
            words = {"kind": "acceptance"} if route.name == "desk_document" else {}
            key = re.search(r"<uuid:(\w+)>", route.pattern)
            if key and route.pattern.count("<") == 1 + len(words):
                more.append(reverse(route.name, kwargs={key[1]: each, **words}))
    return more
