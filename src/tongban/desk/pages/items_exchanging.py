"""Items in and out as files: judged whole first, taken in as one batch, published by a second person who sees all."""

from __future__ import annotations

import csv
import io
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.desk.item_faults import fault_words
from tongban.desk.item_values import title, titles, today, wordings
from tongban.desk.item_words import WORDS
from tongban.desk.pages.items_managing import people
from tongban.desk.settling import settle
from tongban.desk.uploads import file_sent, held
from tongban.items import importing, managing
from tongban.items.actions import batches
from tongban.items.importing import DryRun
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import problem_text

MOST_SHOWN: Final = 200


@page("desk/items/import", audience={ITEM_MANAGER}, name="desk_items_import", writes=True)
def take_in(request: HttpRequest) -> HttpResponse:
    """A file is judged whole; it is taken in only if asked for and without a fault. ``batch``: one that waits."""
    must_have_implementations()
    me, run, refusal, kept, name = act(request).actor.ref, None, None, "", ""
    if request.method == "POST":
        try:
            if "batch" in request.POST:
                settle(request, "batch", publish=batches.publish_batch, discard=batches.discard_batch)
                return go("desk_items_import")
            name, raw = file_sent(request)
            run = importing.dry_run(raw, kind="json" if name.lower().endswith(".json") else "xlsx", on=today())
            if "report" in request.POST:
                return report(run, name)
            if "take" in request.POST and not run.faults:
                batches.import_rows(act(request), run)
                messages.success(request, _("已导入，等待另一人审核发布。"))
                return go("desk_items_import")
            kept = held(raw) if run.rows and not run.faults else ""
        except Refusal as refused:
            refusal = refused
    return render(
        request,
        "desk/items_import.html",
        {
            **(judged(run) if run else {"run": None}), "held": kept, "held_name": name,
            "waiting": [(b, b.author == me, people([b.author])[b.author]) for b in managing.batches()],
            "batch": looked_into(request), "problem": problem_text(refusal) if refusal else None,
            "faulty": [(title(f), WORDS.get(c, c)) for f, c in refusal.fields.items()] if refusal else [],
            "item": refusal.params.get("item", "") if refusal else "",
        },
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


@page("desk/items/export", audience={ITEM_MANAGER}, name="desk_items_export")
def export(request: HttpRequest) -> HttpResponse:
    """This node's implementations as a file, in the form the import reads."""
    must_have_implementations()
    if request.GET.get("as") == "json":
        return _file(importing.export_json(), "application/json", f"items-{today()}.json")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(importing.export_xlsx(), kind, f"items-{today()}.xlsx")


def must_have_implementations() -> None:
    """The directory has base items, which are changed one by one. Refusals: request.not_found."""
    if managing.kind() == "base":
        raise Refusal("request.not_found")


def judged(run: DryRun) -> dict[str, Any]:
    """A dry run in words."""
    changed = [
        (row.row, row.code, row.elements.name or "", titles(run.changes.get(row.code, ())) )
        for row in run.rows[:MOST_SHOWN]
    ]  # fmt: skip
    return {
        "run": run, "faults": [fault_words(fault, run) for fault in run.faults[:MOST_SHOWN]], "count": len(run.faults),
        "rows": len({f.row for f in run.faults}), "changed": changed, "most": MOST_SHOWN,
    }  # fmt: skip


def report(run: DryRun, name: str) -> HttpResponse:
    """All faults as a table for the spreadsheet program."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([_("行"), _("列"), _("要素"), _("事项"), _("单元格内容"), _("错误"), _("怎样改")])
    for fault in run.faults:
        said = fault_words(fault, run)
        cells = [said.row or "", said.letter, said.column, said.item, said.cell, said.why, said.right]
        table.writerow([f"'{c}" if str(c)[:1] in ("=", "+", "-", "@") else c for c in cells])
    return _file(b"\xef\xbb\xbf" + out.getvalue().encode(), "text/csv; charset=utf-8", "report.csv")


def looked_into(request: HttpRequest) -> dict[str, Any] | None:
    """The batch named in the address, row by row, for whoever has to decide about it."""
    try:
        which = UUID(request.GET.get("batch", ""))
    except ValueError:
        return None
    rows, said = managing.batch(which, MOST_SHOWN), wordings()
    if not rows:
        return None
    return {
        "id": which, "mine": rows[0].author == act(request).actor.ref,
        "rows": [
            (row, [(title(c.path), said(c.path, c.base), said(c.path, c.local)) for c in row.changes]) for row in rows
        ],
    }  # fmt: skip


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
