"""The lists of items that offices put out: which there are, what they hold, how far they have come, as files."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from tongban.config import config
from tongban.items import lists, reach
from tongban.items import search as searching
from tongban.items.rules.annex import Line
from tongban.items.rules.lists import changes
from tongban.items.views import EntryView
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.organizations.groups import groups
from tongban.portal import places
from tongban.portal.downloads import download
from tongban.ui.page import PUBLIC, page, render
from tongban.ui.problems import is_english

KINDS: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page("lists", audience={PUBLIC}, name="lists")
def all_lists(request: HttpRequest) -> HttpResponse:
    """All lists: with their text, and those of which only the frame is known."""
    return render(request, "portal/lists.html", {"lists": [(each, _where(each)) for each in lists.all_lists()]})


@page("lists/<slug:code>", audience={PUBLIC}, name="list")
def one_list(request: HttpRequest, code: str) -> HttpResponse:
    """One list: batches with their progress, every line with its entry, earlier editions, what changed."""
    row = _find(code)
    wanted = request.GET.get("edition", "")
    found = lists.edition(code, int(wanted) if wanted.isdigit() and len(wanted) < 6 else None)
    if wanted and found is None:
        raise Refusal("request.not_found")
    day = places.today()
    open_here = set(searching.open_at(config().node_id, day))
    linked = lists.linked(found.annex) if found else {}
    trial = {entry.key for entry in linked.values() if _on_trial(entry.key, day)}
    editions = lists.editions(code)
    earlier = [each for each in editions if found and (each.number or 0) < (found.number or 0)]
    return render(
        request,
        "portal/list.html",
        {
            "list": row,
            "where": _where(row),
            "edition": found,
            "editions": editions,
            "progress": lists.progresses(row, day, open_here),
            "batches": _batches(found, linked, open_here, trial),
            "on_trial": sum(entry.key in trial for entry in linked.values()),
            "unlinked": len(found.annex.lines) - len(linked) if found else 0,
            "changes": changes(earlier[0].annex, found.annex) if found and earlier else None,
            "before": earlier[0] if earlier else None,
            "kinds": tuple(KINDS),
        },
    )


@page("lists/<slug:code>/file.<str:kind>", audience={PUBLIC}, name="list_file")
def file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The edition in force as a file, tables in the form of the annex; 304 while the reader has it."""
    row, found = _find(code), lists.edition(code)
    if kind not in KINDS or found is None:
        raise Refusal("request.not_found")
    made = {
        "json": lambda: lists.as_document(row, found),
        "csv": lambda: lists.as_csv(found.annex),
        "xlsx": lambda: lists.as_xlsx(found.annex),
    }[kind]
    tag = f"{found.digest[-16:]}-{kind}"
    return download(request, made, tag=tag, media_type=KINDS[kind], name=f"{code}.{kind}")


def _find(code: str) -> lists.ListView:
    row = lists.find(code)
    if row is None:
        raise Refusal("request.not_found")
    return row


def _where(row: lists.ListView) -> Any:
    """The region or the group a list is for; None for the whole country."""
    return groups().get(row.area) if row.area else organizations.region(row.region) if row.region else None


def _batches(found: lists.EditionView | None, linked: Any, open_here: set[str], on_trial: set[str]) -> list[Any]:
    """(heading, its lines as they are drawn)."""
    if found is None:
        return []
    made, english = [], is_english()
    for number, batch in enumerate(found.annex.batches, start=1):
        rows = []
        for line in found.annex.of(number):
            entry = linked.get((line.batch, line.seq))
            key = entry.key if entry else ""
            rows.append(_drawn(line, entry, key in open_here, key in on_trial, english))
        made.append((batch, rows))
    return made


@lru_cache(maxsize=4096)
def _drawn(line: Line, entry: EntryView | None, is_open: bool, on_trial: bool, english: bool) -> SafeString:
    """One line: a list has hundreds that never change, and the same for everybody. ``english``: the page's language."""
    context = {"line": line, "entry": entry, "open": is_open, "trial": on_trial}
    return render_to_string("portal/_list_line.html", context)


def _on_trial(key: str, day: date) -> bool:
    """Whether on a day the entry is open somewhere on trial, and nowhere live (R-044)."""
    now = [s.stage for s in reach.scopes(key) if s.begins and s.begins <= day and (s.ends is None or day < s.ends)]
    return bool(now) and "live" not in now
