"""The item manager's desk: items with their gaps and drift, one item with its next version, files in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.desk.item_words import WORDS
from tongban.directory import queries as directory
from tongban.items import importing, managing
from tongban.items import queries as catalog
from tongban.items.actions import batches, proposing, reviewing
from tongban.items.elements import ELEMENTS
from tongban.items.rules.sheet import value_of_cell
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import is_english, problem_text

STATES: Final = {
    "in_use": gettext_lazy("在用"), "suspended": gettext_lazy("已暂停"), "retired": gettext_lazy("已取消"),
    "draft": gettext_lazy("草稿"), "submitted": gettext_lazy("待审核"), "returned": gettext_lazy("已退回"),
}  # fmt: skip
DONE: Final = {
    "items.proposal_made": gettext_lazy("起草"), "items.proposal_submitted": gettext_lazy("提交审核"),
    "items.proposal_returned": gettext_lazy("退回"), "items.proposal_discarded": gettext_lazy("撤销"),
    "items.version_published": gettext_lazy("发布"), "items.standing_changed": gettext_lazy("更改状态"),
    "items.guide_reviewed": gettext_lazy("复核指南"), "items.rows_imported": gettext_lazy("批量导入"),
    "items.batch_published": gettext_lazy("整批发布"), "items.batch_discarded": gettext_lazy("整批撤销"),
}  # fmt: skip
UNITS: Final = {
    "workday": gettext_lazy("%(n)s个工作日"), "day": gettext_lazy("%(n)s日"), "hour": gettext_lazy("%(n)s小时"),
    "month": gettext_lazy("%(n)s个月"), "immediate": gettext_lazy("即办"),
}  # fmt: skip
COLUMNS: Final = {"code": gettext_lazy("事项代码"), "valid_from": gettext_lazy("生效日期")}
PARTS: Final = {"value": gettext_lazy("数值"), "unit": gettext_lazy("单位")}
PART_CODES: Final = {
    ("materials", "necessity"): "material_necessity", ("materials", "type"): "material_type",
    ("materials", "form"): "material_form", ("materials", "source"): "material_source",
    ("special_procedures", "kind"): "special_procedure",
}  # fmt: skip
"""Codes inside the parts of an element: (element, part) → list."""
MOST_SHOWN: Final = 200
MOST_BYTES: Final = 10 * 1024 * 1024


def today() -> date:
    return local_date(clock.now())


@page("desk/items", audience={ITEM_MANAGER}, name="desk_items")
def items(request: HttpRequest) -> HttpResponse:
    """Everything this node manages, a page at a time; what waits for somebody stands first."""
    found, following = managing.rows(today(), request.GET.get("after", "")[:40])
    return render(
        request,
        "desk/items.html",
        {
            "rows": [(row, STATES[row.standing], round(100 * row.known / row.required)) for row in found],
            "next": following, "tasks": [(t, titles(t.fields)) for t in managing.tasks()],
            "proposals": [(p, STATES[p.state]) for p in managing.proposals()], "batches": managing.batches(),
            "today": today(),
        },
    )  # fmt: skip


@page("desk/items/one/<path:code>", audience={ITEM_MANAGER}, name="desk_item", writes=True)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: gaps, drift, another place beside it; its next version from proposal to publication."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            step(request, code)
        except Refusal as refused:
            refusal = refused
        else:
            return go("desk_item", code)
    other = request.GET.get("beside", "")
    found = managing.item(code, today(), other)
    if found is None:
        raise Refusal("request.not_found")
    said = wordings()
    mine = found.proposal is not None and found.proposal.author == act(request).actor.ref
    return render(
        request,
        "desk/item.html",
        {
            "item": found, "percent": round(100 * found.row.known / found.row.required), "other": other, "mine": mine,
            "owners": [(owner, directory.node_name(owner)) for owner in found.owners],
            "other_name": directory.node_name(other), "standing": STATES[found.row.standing],
            "elements": ELEMENTS.values(),
            "findings": [(WORDS[f.code], title(f.field), f.level) for f in found.findings],
            "drift": [(title(c.path), said(c.path, c.base), said(c.path, c.local), c.state) for c in found.drift],
            "beside": [(title(c.path), said(c.path, c.base), said(c.path, c.local)) for c in found.beside],
            "proposal": found.proposal, "proposal_state": STATES[found.proposal.state] if found.proposal else "",
            "changes": [(title(c.path), said(c.path, c.base), said(c.path, c.local)) for c in found.proposal.changes]
            if found.proposal else [],
            "today": today(), "history": [(each, DONE.get(each.name, each.name)) for each in found.history],
            "problem": problem_text(refusal) if refusal else None, "typed": request.POST,
            "faults": [(title(f), WORDS.get(c, c)) for f, c in refusal.fields.items()] if refusal else [],
        },
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


def step(request: HttpRequest, code: str) -> None:
    """What the one form sent asks for."""
    data, wanted = request.POST, request.POST.get("step", "")
    if wanted == "propose":
        try:
            begins = date.fromisoformat(data.get("valid_from", ""))
            due = date.fromisoformat(data["due_on"]) if data.get("due_on") else None
        except ValueError:
            raise Refusal("request.invalid", fields={"valid_from": "date_wrong"}) from None
        element = ELEMENTS.get(data.get("element", ""))
        if element is None:
            raise Refusal("request.invalid", fields={"element": "unknown_field"})
        try:
            value = value_of_cell(element, data["value"]) if data.get("value", "").strip() else None
        except ValueError:
            wrong = "limit_shape" if element.type.startswith("Limit") else "wrong_shape"
            raise Refusal("request.invalid", fields={element.key: wrong}) from None
        change = {element.key: value}
        proposing.propose(act(request), managing.kind(), code, change, valid_from=begins, due_on=due)
        messages.success(request, _("已起草，提交后由另一人审核。"))
    elif wanted == "reviewed":
        try:
            next_on = date.fromisoformat(data.get("next_on", ""))
        except ValueError:
            raise Refusal("request.invalid", fields={"next_on": "date_wrong"}) from None
        reviewing.review_guide(act(request), code, next_on=next_on, note=data.get("note", ""))
        messages.success(request, _("已记录复核。"))
    elif wanted in ("suspended", "in_use", "retired"):
        proposing.set_standing(act(request), code, wanted, reason=data.get("reason", ""))
        messages.success(request, _("已更改状态。"))
    else:
        on_proposal(request, wanted)


def on_proposal(request: HttpRequest, wanted: str) -> None:
    try:
        proposal, seen = UUID(request.POST["proposal"]), int(request.POST["seen"])
    except (KeyError, ValueError):
        raise Refusal("request.malformed") from None
    if wanted == "submit":
        proposing.submit(act(request), proposal, seen=seen)
        messages.success(request, _("已提交审核。"))
    elif wanted == "return":
        proposing.give_back(act(request), proposal, note=request.POST.get("note", ""), seen=seen)
        messages.success(request, _("已退回起草人。"))
    elif wanted == "publish":
        proposing.publish(act(request), proposal, seen=seen)
        messages.success(request, _("已发布，到生效日期起适用。"))
    elif wanted == "discard":
        proposing.discard(act(request), proposal, seen=seen)
        messages.success(request, _("已撤销。"))
    else:
        raise Refusal("request.malformed")


@page("desk/items/import", audience={ITEM_MANAGER}, name="desk_items_import", writes=True)
def take_in(request: HttpRequest) -> HttpResponse:
    """A file is judged whole; it is taken in only if asked for and without a fault."""
    run, refusal = None, None
    if request.method == "POST":
        try:
            if "batch" in request.POST:
                finish(request)
                return go("desk_items_import")
            run = judged(request)
            if "take" in request.POST and not run.faults:
                batches.import_rows(act(request), run)
                messages.success(request, _("已导入，等待另一人审核发布。"))
                return go("desk_items_import")
        except Refusal as refused:
            refusal = refused
    faults = [(f.row, title(f.column), WORDS.get(f.code, f.code)) for f in run.faults[:MOST_SHOWN]] if run else []
    return render(
        request,
        "desk/items_import.html",
        {"run": run, "faults": faults, "count": len(run.faults) if run else 0, "batches": managing.batches(),
         "me": act(request).actor.ref, "problem": problem_text(refusal) if refusal else None},
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


def judged(request: HttpRequest) -> importing.DryRun:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("request.invalid", fields={"file": "missing"})
    if (file.size or 0) > MOST_BYTES:
        raise Refusal("request.too_large")
    kind = "json" if (file.name or "").lower().endswith(".json") else "xlsx"
    return importing.dry_run(file.read(), kind=kind, on=today())


def finish(request: HttpRequest) -> None:
    try:
        batch = UUID(request.POST["batch"])
    except ValueError:
        raise Refusal("request.malformed") from None
    if "publish" in request.POST:
        batches.publish_batch(act(request), batch)
        messages.success(request, _("整批已发布。"))
    else:
        batches.discard_batch(act(request), batch)
        messages.success(request, _("整批已撤销。"))


@page("desk/items/export", audience={ITEM_MANAGER}, name="desk_items_export")
def export(request: HttpRequest) -> HttpResponse:
    """This node's implementations as a file, in the form the import reads."""
    if request.GET.get("as") == "json":
        response = HttpResponse(importing.export_json(), content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="items.json"'
        return response
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(importing.export_xlsx(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="items.xlsx"'
    return response


def title(path: str) -> str:
    """The element's name in the language of the page."""
    from django.utils.translation import get_language

    head, _dot, rest = path.partition(".")
    element = ELEMENTS.get(head)
    if element is None:
        return str(COLUMNS.get(path, path))
    name = element.en if (get_language() or "").startswith("en") else element.zh
    return f"{name} · {PARTS.get(rest, rest)}" if rest else name


def titles(paths: list[str]) -> str:
    return "、".join(title(path) for path in paths)


def wordings() -> Callable[[str, Any], str]:
    """Path and value → words: codes of a closed list by their names. Each list is read once."""
    lists: dict[str, dict[str, tuple[str, str]]] = {}
    english, on = is_english(), today()

    def named(codes: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [named(codes, each) for each in value]
        if codes not in lists:
            lists[codes] = catalog.code_list(codes, on)
        names = lists[codes].get(str(value))
        return (names[1] or names[0] if english else names[0]) if names else value

    def said(path: str, value: Any) -> str:
        head, _dot, part = path.partition(".")
        element = ELEMENTS.get(head)
        if element is not None and element.codes and value is not None and not part:
            value = named(element.codes, value)
        elif isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
            value = [
                {key: named(codes, v) if (codes := PART_CODES.get((head, key))) and v else v for key, v in each.items()}
                if isinstance(each, dict) else each
                for each in value
            ]  # fmt: skip
        return text(value)

    return said


def text(value: Any) -> str:
    """A value for reading."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            return text(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, list | tuple):
        return "；".join(text(each) for each in value)
    if isinstance(value, dict):
        if value.get("unit") in UNITS:
            limit = str(UNITS[value["unit"]]) % {"n": value.get("value", 0)}
            return f"{limit} {value['text']}" if value.get("text") else limit
        return " ".join(text(each) for each in value.values() if each not in (None, "", [], {}))
    return str(value)
