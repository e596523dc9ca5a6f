"""Applying online: choose the places, fill in, add papers, check, submit. Every step keeps a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tongban.cases.actions import filing as filings
from tongban.cases.queries import drafts_alike, filing_view
from tongban.cases.views import FilingRow, FilingView
from tongban.config import config
from tongban.items import queries as items
from tongban.items.views import VersionView
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.portal import drafts, places, ways
from tongban.portal.resuming import Conflict, conflict, seen, while_a_draft
from tongban.ui import kept, schema_form
from tongban.ui.page import APPLICANT, act, go, page, render
from tongban.ui.problems import SummaryLine, fault_text, is_english, summary_of, summary_of_refusal
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted

_BY_ONESELF = ("online", "joint", "any_office")


@page("apply/<str:key>", audience={APPLICANT}, name="apply", writes=True)
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Mode and places. The only page before the form."""
    source = request.POST if request.method == "POST" else request.GET
    here, there = request.GET.get("here") or places.home_region(), request.GET.get("there", "")
    version, parts = ways.versioned(key, here, there, turned="turned" in request.GET)
    if _place_in(source, "anchor"):
        version = places.version_for(key, _place_in(source, "anchor"))
    if version is None or not version.filable or config().is_directory:
        raise Refusal("state.item_not_open")
    modes = [mode for mode in version.modes if mode in _BY_ONESELF]
    decided_here = version.decision_place == "intake_region"  # one place, which accepts and decides
    asked = ["intake", *([] if decided_here else ["anchor"]), *(["releasing"] if "joint" in modes else [])]
    chosen = {name: _place_in(source, name) for name in asked}
    for name, code in (("intake", here), ("anchor", parts.deciding), ("releasing", parts.giving)):
        if name in chosen and not chosen[name]:
            chosen[name] = code
    mode = source.get("mode") or (modes[0] if modes else "")
    errors: list[SummaryLine] = []
    beside: dict[str, str] = {}
    alike: tuple[FilingRow, ...] = ()
    level = act(request).actor.level
    status = 200
    if request.method == "POST" and "reload" not in request.POST:
        needed = {name: code for name, code in chosen.items() if name != "releasing" or mode == "joint"}
        beside = _place_faults(needed, version)
        errors = [SummaryLine(text, f"f-{name}") for name, text in beside.items()]
        if not errors and "anew" not in request.POST:
            alike = _alike(request, version, mode, needed)
        if not errors and not alike:
            try:
                return _open(request, version, mode, needed)
            except Refusal as refusal:
                errors = summary_of_refusal(refusal)
        status = 200 if alike else 422
    return render(
        request,
        "portal/apply_start.html",
        {
            "alike": alike,
            "low": {"level": level, "needed": version.min_level} if level < version.min_level else None,
            "version": version,
            "modes": modes,
            "mode": mode,
            "anchor": organizations.anchor_place(version.anchor_kind),
            "releasing": organizations.anchor_place(version.releasing_kind),
            "decided_here": decided_here,
            "pickers": {name: region_picker(name, code) for name, code in chosen.items()},
            "errors": errors,
            "beside": beside,
        },
        status=status,
    )


@page("drafts/<uuid:filing_id>/situation", audience={APPLICANT}, name="draft_situation", writes=True, keeps=True)
@while_a_draft
def situation(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """情形: the questions that choose the branch, one after another; what applies follows from the answers."""
    view = drafts.open_draft(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    both: Conflict | None = None
    back = kept.given_back(request)
    given = drafts.chosen(view, back or request.POST)
    asked = drafts.asked(view, given)
    if not asked:
        return go("draft_form", filing_id)
    left = [ask.field for ask in asked if given.get(ask.field) not in ask.values]
    faults = {name: schema_form.Fault("required_choice") for name in left if f"shown.{name}" in request.POST}
    if request.method == "POST" and not left:
        try:
            answers = drafts.fitting(view, {**view.answers, **given}, asked)
            filings.save_draft(act(request), filing_id, answers, seen=seen(request))
            return go("draft_form", filing_id)
        except Refusal as refusal:
            errors = summary_of_refusal(refusal)
            both = conflict(view, {**view.answers, **given}) if refusal.code == "state.stale" else None
    names = {ask.field for ask in asked}
    all_drawn = schema_form.fields(view.form, given, english=is_english(), faults=faults)
    drawn = tuple(one for one in all_drawn if one.name in names)
    return render(
        request,
        "portal/draft_situation.html",
        {
            "filing": view,
            "fields": drawn,
            "errors": [*errors, *summary_of(drawn)],
            "conflict": both,
            "given_back": back is not None,
            "seen": _drawn_from(request, view, both, back),
        },
        status=422 if faults or errors else 200,
    )


@page("drafts/<uuid:filing_id>/form", audience={APPLICANT}, name="draft_form", writes=True, keeps=True)
@while_a_draft
def form(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """The form. What was typed is kept even when it is wrong; only going on asks for it to be right."""
    view = drafts.open_draft(act(request).actor, filing_id)
    answers: dict[str, Any] = dict(view.answers)
    faults: dict[str, schema_form.Fault] = {}
    errors: list[SummaryLine] = []
    both: Conflict | None = None
    back = kept.given_back(request)
    asked = drafts.asked(view, answers)
    if asked and view.situation is None:
        return go("draft_situation", filing_id)
    if back is not None:
        typed = schema_form.parse(view.form, drafts.with_questions(view, back), complete=False)
        answers = {**typed.answers, **view.proven}
    if request.method == "POST":
        going_on = request.POST.get("go") != "save"
        parsed = schema_form.parse(view.form, drafts.with_questions(view, request.POST), complete=going_on)
        answers = {**parsed.answers, **view.proven}
        if "reload" not in request.POST:
            faults = {**drafts.with_regions(view.form, parsed), **drafts.own_faults(view, parsed.answers)}
            try:
                filings.save_draft(act(request), filing_id, answers, seen=seen(request))
                if not faults and going_on:
                    return go("draft_materials", filing_id)
                if not faults:
                    messages.success(request, _("草稿已保存，可以随时回来继续填写。"))
                    return go("my_case", filing_id)
            except Refusal as refusal:
                errors = summary_of_refusal(refusal)
                both = conflict(view, answers) if refusal.code == "state.stale" else None
    drawn = drafts.to_fill_in(
        view,
        schema_form.fields(
            view.form,
            {**answers, **view.proven},
            english=is_english(),
            faults=faults,
            known=drafts.known(view),
            locked=view.proven,
        ),
    )
    fresh = filing_view(act(request).actor, filing_id)
    return render(
        request,
        "portal/draft_form.html",
        {
            "filing": fresh,
            "groups": schema_form.groups(view.form, drawn, english=is_english()),
            "pickers": drafts.pickers(drawn),
            "errors": [*errors, *summary_of(drawn)],
            "conflict": both,
            "given_back": back is not None,
            "seen": _drawn_from(request, fresh, both, back),
        },
        status=422 if faults or errors else 200,
    )


@page("drafts/<uuid:filing_id>/materials", audience={APPLICANT}, name="draft_materials", writes=True)
@while_a_draft
def materials(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Papers to add; what government can look up itself is not asked for."""
    view = drafts.open_draft(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    if request.method == "POST":
        errors = drafts.change_files(request, view)
        view = filing_view(act(request).actor, filing_id)
        if not errors and request.POST.get("go") == "next":
            errors = drafts.missing_papers(view)
        if not errors:
            return go("draft_check" if request.POST.get("go") == "next" else "draft_materials", filing_id)
    return render(
        request,
        "portal/draft_materials.html",
        {"filing": view, "rows": drafts.material_rows(view), "errors": errors},
        status=422 if errors else 200,
    )


@page("drafts/<uuid:filing_id>/check", audience={APPLICANT}, name="draft_check", writes=True)
@while_a_draft
def check(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Read everything back once more, promise that it is true, submit."""
    view = drafts.open_draft(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    faults = {**schema_form.check(view.form, view.answers), **drafts.own_faults(view, view.answers)}
    drawn = schema_form.fields(view.form, view.answers, english=is_english(), faults=faults)
    incomplete = summary_of(drawn)
    if request.method == "POST":
        if not request.POST.get("promise"):
            errors.append(SummaryLine(fault_text("accept", _("我已核对，以上内容真实")), "f-promise"))
        if not errors and not incomplete:
            try:
                filings.submit(act(request), filing_id, seen=seen(request))
                return go("my_receipt", filing_id)
            except Refusal as refusal:
                names = {f"materials.{material.key}": material.name for material in view.materials}
                if refusal.code == "state.materials_missing":
                    refusal = Refusal(refusal.code, fields=dict.fromkeys(refusal.fields, "missing"))
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
@while_a_draft
def discard(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    view = drafts.open_draft(act(request).actor, filing_id)
    if request.method == "POST":
        filings.discard(act(request), filing_id, seen=seen(request))
        messages.success(request, _("草稿已删除。"))
        return go("my")
    return render(request, "portal/draft_discard.html", {"filing": view})


def _alike(request: HttpRequest, version: VersionView, mode: str, chosen: dict[str, str]) -> tuple[FilingRow, ...]:
    """Unfinished drafts of the same matter between the same places: to go on with, before another one is begun."""
    return drafts_alike(
        act(request).actor, version.entry_key, mode, anchor_region=chosen.get("anchor") or chosen["intake"],
        intake_region=chosen["intake"], releasing_region=chosen.get("releasing") or None,
    )  # fmt: skip


def _open(request: HttpRequest, version: VersionView, mode: str, chosen: dict[str, str]) -> HttpResponse:
    filing_id = filings.start_draft(
        act(request),
        version.entry_key,
        mode,
        anchor_region=chosen.get("anchor") or chosen["intake"],
        intake_region=chosen["intake"],
        releasing_region=chosen.get("releasing") or None,
    )
    drafts.fill_known(request, filing_id)
    return go("draft_situation" if version.situations else "draft_form", filing_id)


def _place_in(source: Any, name: str) -> str:
    return region_posted(name, source) if f"{name}.1" in source else str(source.get(name, ""))


def _place_faults(chosen: dict[str, str], version: VersionView) -> dict[str, str]:
    """What is wrong with the places: field → sentence. One that decides must be narrow enough to say who."""
    titles = {
        "intake": _("您在哪里"),
        "anchor": version.anchor_label if not is_english() else version.anchor_label_en,
        "releasing": version.releasing_label if not is_english() else version.releasing_label_en,
    }
    deciding = {"intake"} if version.decision_place == "intake_region" else {"anchor", "releasing"}
    faults = {
        name: "region" if places.place(code) is None
        else items.too_wide(version, code) if name in deciding else None
        for name, code in chosen.items()
    }  # fmt: skip
    return {name: fault_text(code, titles[name]) for name, code in faults.items() if code}


def _drawn_from(request: HttpRequest, view: FilingView, both: Conflict | None, back: QueryDict | None) -> str:
    """The version the form is sent back with: what was shown when it was typed, until somebody has chosen."""
    if both is not None:
        return request.POST.get("seen", "")
    kept_from = str(back.get("seen", "")) if back is not None else ""
    return kept_from or str(view.version)
