"""Lists at the item manager's desk: new editions from a file, approved by a second person; yearly reports; reach."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.config import config
from tongban.desk.item_values import title, today
from tongban.desk.item_words import WORDS
from tongban.desk.settling import settle
from tongban.desk.uploads import file_sent, held
from tongban.items import lists, queries, reach
from tongban.items.actions import listing, scoping
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.organizations.groups import groups
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import problem_text
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted

MOST_SHOWN = 200


@page("desk/lists", audience={ITEM_MANAGER}, name="desk_lists", writes=True)
def all_lists(request: HttpRequest) -> HttpResponse:
    """The lists this node looks after, editions that wait, reports that are due."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            entry, year = request.POST.get("entry", ""), request.POST.get("year", "")
            text = request.POST.get("text", "")
            listing.report_progress(act(request), entry, int(year) if year.isdigit() else 0, text)
            messages.success(request, _("已报送。"))
            return go("desk_lists")
        except Refusal as refused:
            refusal = refused
    found = lists.all_lists()
    return render(
        request,
        "desk/lists.html",
        {
            "own": [each for each in found if lists.mine(each, today())],
            "others": [each for each in found if not lists.mine(each, today())],
            "waiting": [(e, lists.find(e.list_code)) for e in lists.waiting()],
            "due": [(task, queries.entry(task.entry_key)) for task in lists.reports_due(today())],
            "sent": [(report, queries.entry(report.entry_key)) for report in lists.reports_sent()],
            "problem": problem_text(refusal) if refusal else None,
        },
        status=refusal.problem.status if refusal else 200,
    )


@page("desk/lists/<slug:code>", audience={ITEM_MANAGER}, name="desk_list", writes=True)
def one_list(request: HttpRequest, code: str) -> HttpResponse:
    """One list: a file is judged whole; it becomes an edition only without a fault and by two persons."""
    row = lists.find(code)
    if row is None:
        raise Refusal("request.not_found")
    run: lists.DryRun | None = None
    kept, name = "", ""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if "edition" in request.POST:
                settle(request, "edition", publish=listing.publish_edition, discard=listing.discard_edition)
                return go("desk_list", code)
            run, kept, name = judged(request, code)
            if "take" in request.POST and not run.faults:
                listing.submit_edition(
                    act(request),
                    code,
                    run,
                    valid_from=day_of(request, "valid_from"),
                    basis=request.POST.get("basis", ""),
                )
                messages.success(request, _("已提交，等待另一人审核发布。"))
                return go("desk_list", code)
        except Refusal as refused:
            refusal = refused
    return render(
        request,
        "desk/list.html",
        {
            "list": row, "mine": lists.mine(row, today()), "run": run, "held": kept, "held_name": name,
            "editions": lists.editions(code),
            "faults": [(f.row, f.column, WORDS.get(f.code, f.code)) for f in run.faults[:MOST_SHOWN]] if run else [],
            "count": len(run.faults) if run else 0, "most": MOST_SHOWN, "typed": request.POST,
            "waiting": [
                (e, e.author == act(request).actor.ref, lists.what_changes(e))
                for e in lists.waiting() if e.list_code == code
            ],
            "problem": problem_text(refusal) if refusal else None, "wrong": wrong(refusal),
        },
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


@page("desk/lists/<slug:code>/template.xlsx", audience={ITEM_MANAGER}, name="desk_list_template")
def template(request: HttpRequest, code: str) -> HttpResponse:
    """The edition in force, or the frame to fill in, in the form the import reads."""
    row, found = lists.find(code), lists.edition(code)
    if row is None:
        raise Refusal("request.not_found")
    made = lists.as_xlsx(found.annex if found else lists.blank(row))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}.xlsx"'
    return response


@page("desk/items/reach/<str:key>", audience={ITEM_MANAGER}, name="desk_reach", writes=True)
def reaching(request: HttpRequest, key: str) -> HttpResponse:
    """How far an entry reaches: open a stage, end it, exempt a region, let it take part."""
    entry = queries.entry(key)
    if entry is None:
        raise Refusal("request.not_found")
    refusal: Refusal | None = None
    if request.method == "POST" and "reload" not in request.POST:
        try:
            change_reach(request, key)
            messages.success(request, _("已更改通办范围。"))
            return go("desk_reach", key)
        except Refusal as refused:
            refusal = refused
    province = organizations.region(f"{config().node_id}0000")  # the directory has none of its own
    own = province.code if province is not None else ""
    chosen = {name: region_posted(name, request.POST) or own for name in ("region", "out")}
    return render(
        request,
        "desk/reach.html",
        {
            "entry": entry, "scopes": [(s, named(s.members, s.area)) for s in reach.scopes(key)],
            "exemptions": [(e, organizations.region(e.region)) for e in reach.exemptions(key)],
            "groups": groups().values(), "typed": request.POST,
            "picker": region_picker("region", chosen["region"]), "out_picker": region_picker("out", chosen["out"]),
            "problem": problem_text(refusal) if refusal else None, "wrong": wrong(refusal),
        },
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


def change_reach(request: HttpRequest, key: str) -> None:
    """What the one form sent asks for."""
    data, wanted = request.POST, request.POST.get("step", "")
    region = region_posted("out" if wanted == "exempt" else "region", data)
    ends = day_of(request, "ends") if data.get("ends", "").strip() else None
    because = {"words": data.get("words", ""), "source": data.get("source", "")}
    if wanted == "set":
        scoping.set_scope(
            act(request), key, kind=data.get("kind", ""), stage=data.get("stage", ""), area=data.get("area", ""),
            regions=(region,) if region and not data.get("area") else (), begins=day_of(request, "begins"), ends=ends,
            **because,
        )  # fmt: skip
    elif wanted == "exempt":
        scoping.exempt(act(request), key, region, begins=day_of(request, "begins"), ends=ends, **because)
    elif wanted == "end_scope":
        scoping.end_scope(act(request), data.get("which", ""), on=day_of(request, "on"), reason=data.get("reason", ""))
    elif wanted == "end_exemption":
        scoping.end_exemption(
            act(request), data.get("which", ""), on=day_of(request, "on"), reason=data.get("reason", "")
        )
    else:
        raise Refusal("request.malformed")


def wrong(refusal: Refusal | None) -> list[tuple[str, str]]:
    """The fields of a refusal with what is wrong, in words."""
    return [(title(name), str(WORDS.get(code, code))) for name, code in refusal.fields.items()] if refusal else []


def named(members: tuple[str, ...], area: str) -> list[Any]:
    """The group or the regions of a scope."""
    return [groups()[area]] if area in groups() else [organizations.region(code) for code in members]


def judged(request: HttpRequest, code: str) -> tuple[lists.DryRun, str, str]:
    """The dry run of the file sent, and what the page keeps of it if it could be taken: its content and name."""
    name, raw = file_sent(request)
    kind = "csv" if name.lower().endswith(".csv") else "xlsx"
    run = lists.dry_run(code, raw, kind=kind, on=today())
    return run, held(raw) if run.changes and not run.faults else "", name


def day_of(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError:
        raise Refusal("request.invalid", fields={name: "date_wrong"}) from None
