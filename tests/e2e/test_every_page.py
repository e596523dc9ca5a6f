"""Every route, seen by every role it is for: no axe violation in either text size, no console error, nothing elsewhere.

A role walks from its start pages along links until each route has been seen, pages about a matter in two states; what
links do not reach is opened with the ids met on the way. A route that nobody of its audience visited fails the test.
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
    "applicant asked to correct": ("44", "ma-qiang", frozenset({Audience.PUBLIC, Audience.APPLICANT})),
    "clerk": ("44", "wang-fang", frozenset({Audience.PUBLIC, Audience.CLERK})),
    "reviewer of cases": ("63", "chen-qiang", frozenset({Audience.PUBLIC, Audience.REVIEWER})),
    "reviewer of parts": ("63", "qi-chunlan", frozenset({Audience.PUBLIC, Audience.REVIEWER})),
    "item manager": ("44", "he-jing", frozenset({Audience.PUBLIC, Audience.ITEM_MANAGER})),
    "supervisor": ("63", "zhao-min", frozenset({Audience.PUBLIC, Audience.SUPERVISOR})),
    "operator": ("63", "ma-xiaojun", frozenset({Audience.PUBLIC, Audience.OPERATOR})),
    "national zone": ("00", None, frozenset({Audience.PUBLIC})),
}
STARTS = ("/", "/desk/items", "/desk/items/one/B2020-2-48", "/desk/items/import", "/desk/items/export",
          "/desk/items/compare?a=44&b=63", "/desk/items/compare?a=00&b=44&code=B2020-2-48", "/desk/items/rebasing",
          "/desk/items/edit/B2020-2-48?group=service", "/desk/items/new",
          "/desk/guide?entry=QH2020-2-48&anchor=630100", "/open/uniformity.json",
          "/search?q=驾驶员", "/items", "/items/QH2020-2-48", "/items/QH2020-3-03", "/my/", "/desk",
          "/desk?kind=parts", "/desk?kind=filings&show=all", "/desk?kind=cases&show=all", "/desk/intake",
          "/apply/QH2020-2-48", "/apply/QH2020-1-07", "/sign-in", "/accesses", "/help", "/status", "/accessibility",
          "/preferences", "/theme/0b57a4.css", "/sign-out", "/zones", "/zones/coverage.json", "/open/catalog.json",
          "/embed/search", "/entrances", "/robots.txt", "/sitemap.xml", "/ops/exchange", "/ops/exchange/replay",
          "/items/QH2020-2-48/checklist", "/items/QH2020-2-48/report", "/zones/national", "/zones/yellow-river",
          "/way?q=养老保险转移&here=440305&there=630100", "/life?event=marry", "/search?q=护照", "/teach",
          "/teach/reports", "/teach/zones", "/teach/zones/440000", "/teach/contacts", "/following", "/statistics",
          "/zones/coverage.jws",
          "/lists", "/lists/QH2020", "/lists/QH2020/file.csv", "/desk/lists", "/desk/lists/GD2022S",
          "/desk/lists/GD2022S/template.xlsx", "/desk/items/reach/QH2020-3-03")  # fmt: skip
NO_PAGE = {"desk_items_export", "open_catalog", "open_uniformity", "theme", "my_file", "desk_file", "zone_coverage",
           "zone_coverage_signed",
           "zone_feed", "robots", "sitemap", "entrance", "list_file", "desk_list_template"}  # fmt: skip
"""Routes whose answer is a style sheet, a file, data or a redirect, not a page; opened, but not judged by axe."""

visited: dict[str, set[str]] = defaultdict(set)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_this_role_can_reach_is_accessible(browser, demo, role):
    node, subject, audiences = ROLES[role]
    seen: dict[str, list[str]] = defaultdict(list)
    ids: dict[str, set[str]] = defaultdict(set)
    violations: list[str] = []
    with visiting(browser, demo[node], size=PHONE if "applicant" in role or role == "visitor" else WIDE) as visitor:
        if subject:
            visitor.sign_in(subject)
        queue = list(STARTS)
        while queue:
            path = queue.pop(0).split("#")[0]
            name = _route(path)
            if name is None or not audiences & ROUTES[name].audience or _enough(name, path, seen[name]):
                pass
            elif name in NO_PAGE:
                assert visitor.page.request.get(visitor.node.url + path).status < 500
                _mark(name, path, role, seen)
            else:
                visitor.open(path)
                if _route(visitor.path) == name:
                    violations += visitor.axe()
                    if not seen[name]:
                        visitor.page.evaluate("document.documentElement.setAttribute('data-size', 'large')")
                        violations += [f"大字版 {line}" for line in visitor.axe()]
                queue += _links(visitor, ids)
                _mark(name, path, role, seen)
            if not queue:
                queue = _unlinked(audiences, seen, ids)
    assert violations == []
    missing = [r.name for r in ROUTES.values() if audiences & r.audience and not seen[r.name] and _within_reach(r)]
    assert missing == [], f"{role} did not see {missing}"


def test_an_unknown_address_is_an_accessible_page_too(browser, demo):
    with visiting(browser, demo["44"]) as visitor:
        assert visitor.open("/no-such-page").axe() == []


def test_attached_files_open_for_each_role_that_may_see_one(demo):
    """Runs after the walks above."""
    assert {"applicant", "applicant asked to correct"} <= visited["my_file"]
    assert {"clerk", "reviewer of cases", "reviewer of parts"} <= visited["desk_file"]


def test_every_route_was_seen_by_somebody_of_its_audience(demo):
    """Runs after the walks above."""
    assert sorted(set(ROUTES) - set(visited)) == []


def _enough(name: str, path: str, known: list[str]) -> bool:
    """Pages about a matter in two states, others once, the lists of the desk in each of their kinds."""
    most = 4 if name == "desk" else 2 if "<uuid" in ROUTES[name].pattern else 1
    return path in known or len(known) >= most


def _mark(name: str, path: str, role: str, seen: dict[str, list[str]]) -> None:
    seen[name].append(path)
    visited[name].add(role)


def _within_reach(route: object) -> bool:
    """Pages about something are asked only of roles that meet such a thing; somebody must (the test below)."""
    return "<" not in getattr(route, "pattern")  # noqa: B009


def _route(path: str) -> str | None:
    try:
        name = resolve(urlsplit(path).path).url_name
    except Resolver404:
        return None
    return name if name in ROUTES else None


def _links(visitor: object, ids: dict[str, set[str]]) -> list[str]:
    found = visitor.page.evaluate(  # type: ignore[attr-defined]
        "() => [...document.querySelectorAll('a[href], form[action]')]"
        ".map(e => e.getAttribute('href') || e.getAttribute('action'))"
    )
    links = []
    for href in dict.fromkeys(found):
        if not href or not href.startswith("/") or href.startswith(("/static", "/api")):
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
        for each in sorted(known)[:2]:
            words = {"kind": "acceptance"} if route.name == "desk_document" else {}
            key = re.search(r"<uuid:(\w+)>", route.pattern)
            if key and route.pattern.count("<") == 1 + len(words):
                more.append(reverse(route.name, kwargs={key[1]: each, **words}))
    return more
