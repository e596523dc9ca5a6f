"""Applying online: choose the places, fill in, add papers, check, submit. Every step keeps a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.cases.actions import filing as filings
from tongban.cases.queries import filing_view
from tongban.config import config
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.portal import drafts, places
from tongban.ui import schema_form
from tongban.ui.page import APPLICANT, act, go, page, render
from tongban.ui.problems import SummaryLine, fault_text, is_english, summary_of, summary_of_refusal
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted

_BY_ONESELF = ("online", "joint", "any_office")


@page("apply/<str:key>", audience={APPLICANT}, name="apply", writes=True)
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Mode and places. The only page before the form."""
    source = request.POST if request.method == "POST" else request.GET
    version = places.version_for(key, _place_in(source, "anchor") or request.GET.get("there"))
    if version is None or not version.filable or config().is_directory:
        raise Refusal("state.item_not_open")
    modes = [mode for mode in version.modes if mode in _BY_ONESELF]
    asked = ["intake", "anchor", *(["releasing"] if version.plan else [])]
    chosen = {name: _place_in(source, name) for name in asked}
    chosen["intake"] = chosen["intake"] or request.GET.get("here") or places.home_region()
    if not chosen["anchor"]:
        chosen["anchor"] = places.home_region() if version.plan else request.GET.get("there", "")
    if version.plan and not chosen["releasing"]:
        chosen["releasing"] = request.GET.get("there", "")
    mode = source.get("mode") or (modes[0] if modes else "")
    errors: list[SummaryLine] = []
    status = 200
    if request.method == "POST" and "reload" not in request.POST:
        errors = _place_faults(chosen, version)
        if not errors:
            try:
                return _open(request, key, mode, chosen)
            except Refusal as refusal:
                errors = summary_of_refusal(refusal)
        status = 422
    return render(
        request,
        "portal/apply_start.html",
        {
            "version": version,
            "modes": modes,
            "mode": mode,
            "anchor": organizations.anchor_place(version.anchor_kind),
            "pickers": {name: region_picker(name, code) for name, code in chosen.items()},
            "errors": errors,
        },
        status=status,
    )


@page("drafts/<uuid:filing_id>/form", audience={APPLICANT}, name="draft_form", writes=True)
def form(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """The form. What was typed is kept even when it is wrong; only going on asks for it to be right."""
    view = drafts.open_draft(act(request).actor, filing_id)
    answers: dict[str, Any] = dict(view.answers)
    faults: dict[str, schema_form.Fault] = {}
    errors: list[SummaryLine] = []
    if request.method == "POST":
        going_on = request.POST.get("go") != "save"
        parsed = schema_form.parse(view.form, request.POST, complete=going_on)
        answers = parsed.answers
        if "reload" not in request.POST:
            faults = drafts.with_regions(view.form, parsed)
            try:
                filings.save_draft(act(request), filing_id, answers, seen=_seen(request))
                if not faults and going_on:
                    return go("draft_materials", filing_id)
                if not faults:
                    messages.success(request, _("草稿已保存，可以随时回来继续填写。"))
                    return go("my_case", filing_id)
            except Refusal as refusal:
                errors = summary_of_refusal(refusal)
    drawn = schema_form.fields(view.form, answers, english=is_english(), faults=faults, known=drafts.known(view))
    fresh = filing_view(act(request).actor, filing_id)
    return render(
        request,
        "portal/draft_form.html",
        {
            "filing": fresh,
            "groups": schema_form.groups(view.form, drawn, english=is_english()),
            "pickers": drafts.pickers(drawn),
            "errors": [*errors, *summary_of(drawn)],
        },
        status=422 if faults or errors else 200,
    )


@page("drafts/<uuid:filing_id>/materials", audience={APPLICANT}, name="draft_materials", writes=True)
def materials(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Papers to add; what government can look up itself is not asked for."""
    view = drafts.open_draft(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    if request.method == "POST":
        errors = drafts.change_files(request, view)
        if not errors:
            return go("draft_check" if request.POST.get("go") == "next" else "draft_materials", filing_id)
        view = filing_view(act(request).actor, filing_id)
    return render(
        request,
        "portal/draft_materials.html",
        {"filing": view, "rows": drafts.material_rows(view), "errors": errors},
        status=422 if errors else 200,
    )


@page("drafts/<uuid:filing_id>/check", audience={APPLICANT}, name="draft_check", writes=True)
def check(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Read everything back once more, promise that it is true, submit."""
    view = drafts.open_draft(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    faults = schema_form.check(view.form, view.answers)
    drawn = schema_form.fields(view.form, view.answers, english=is_english(), faults=faults)
    incomplete = summary_of(drawn)
    if request.method == "POST":
        if not request.POST.get("promise"):
            errors.append(SummaryLine(fault_text("accept", _("我已核对，以上内容真实")), "f-promise"))
        if not errors and not incomplete:
            try:
                filings.submit(act(request), filing_id, seen=_seen(request))
                return go("my_receipt", filing_id)
            except Refusal as refusal:
                names = {material.key: material.name for material in view.materials}
                errors = summary_of_refusal(refusal, names)
    return render(
        request,
        "portal/draft_check.html",
        {
            "filing": view,
            "shown": drafts.read_back(view),
            "incomplete": incomplete,
            "errors": errors,
            "rows": drafts.material_rows(view),
        },
        status=422 if errors else 200,
    )


@page("drafts/<uuid:filing_id>/discard", audience={APPLICANT}, name="draft_discard", writes=True)
def discard(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    view = drafts.open_draft(act(request).actor, filing_id)
    if request.method == "POST":
        filings.discard(act(request), filing_id, seen=_seen(request))
        messages.success(request, _("草稿已删除。"))
        return go("my")
    return render(request, "portal/draft_discard.html", {"filing": view})


def _open(request: HttpRequest, key: str, mode: str, chosen: dict[str, str]) -> HttpResponse:
    filing_id = filings.start_draft(
        act(request),
        key,
        mode,
        anchor_region=chosen["anchor"],
        intake_region=chosen["intake"],
        releasing_region=chosen.get("releasing") or None,
    )
    drafts.fill_known(request, filing_id)
    return go("draft_form", filing_id)


def _place_in(source: Any, name: str) -> str:
    return region_posted(name, source) if f"{name}.1" in source else str(source.get(name, ""))


def _place_faults(chosen: dict[str, str], version: Any) -> list[SummaryLine]:
    titles = {
        "intake": _("您在哪里"),
        "anchor": version.anchor_label if not is_english() else version.anchor_label_en,
        "releasing": _("转出地"),
    }
    return [
        SummaryLine(fault_text("region", titles[name]), f"f-{name}")
        for name, code in chosen.items()
        if places.place(code) is None
    ]


def _seen(request: HttpRequest) -> int:
    """The version the page was drawn from, given back by the form."""
    text = request.POST.get("seen", "")
    if not text.isdigit():
        raise Refusal("request.malformed")
    return int(text)
