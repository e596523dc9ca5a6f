"""窗口收件 in four screens: who and what · the form · checklist, scans and checks · receipt to print.

The window takes the papers in and forwards them. It checks form and identity and nothing else (R-081); there is no
field here in which a clerk could decide.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tongban.cases import queries
from tongban.cases.actions import filing as filings
from tongban.cases.actions import reading
from tongban.cases.views import FilingView
from tongban.items import queries as items
from tongban.kernel import numbers
from tongban.kernel.people import Post, Role
from tongban.kernel.problems import Refusal
from tongban.materials import actions as materials
from tongban.materials import queries as uploads
from tongban.ui import kept, problems, schema_form
from tongban.ui.page import CLERK, act, go, page, render
from tongban.ui.regions import region_picker

from .answers import lines
from .forms import IDENTITY_METHODS, attempt, seen

MODE = "proxy"
STEPS = ("identify", "form", "checks", "receipt")


def window_post(request: HttpRequest) -> Post:
    """The clerk's post at a window of this node."""
    return next(post for post in act(request).actor.posts if post.role is Role.CLERK)


def opened(request: HttpRequest, filing_id: UUID) -> FilingView:
    """The filing in full for the window that took it; the access is recorded first."""
    view = reading.open_case_file(act(request), "filing", filing_id)
    assert isinstance(view, FilingView)
    return view


@page("desk/intake", audience={CLERK}, name="desk_intake", writes=True)
def identify(request: HttpRequest) -> HttpResponse:
    """Screen 1: the matter, the place it belongs to, the person who stands here."""
    entries = [entry for entry in items.filable_entries() if MODE in entry.modes]
    values = {name: request.POST.get(name, request.GET.get(name, "")).strip()
              for name in ("entry", "name", "id_number", "mobile")}  # fmt: skip
    values["id_number"] = numbers.one_spelling("id-number-cn", values["id_number"])
    values["mobile"] = numbers.one_spelling("mobile-cn", values["mobile"])
    anchor = schema_form.region_posted("anchor", request.POST if request.method == "POST" else request.GET)
    errors: dict[str, str] = {}
    refusal = None
    if request.method == "POST" and "reload" not in request.POST:
        errors = person_errors(values, anchor, {entry.key for entry in entries})
        if not errors:
            try:
                filing_id = start(request, values, anchor)
            except Refusal as refused:
                if set(refused.fields) == {"anchor_region"}:
                    errors["anchor"] = problems.fault_text(refused.fields["anchor_region"], _("事情归哪里管"))
                else:
                    refusal = refused
            else:
                return go("desk_intake_form", filing_id)
    context = {
        "entries": entries, "values": values, "picker": region_picker("anchor", anchor or None, deepest=2),
        "errors": errors, "refusal": refusal, "steps": step_names(), "post": window_post(request),
    }  # fmt: skip
    status = refusal.problem.status if refusal else 422 if errors else 200
    return render(request, "desk/intake_identify.html", context, status=status)


def start(request: HttpRequest, values: dict[str, str], anchor: str) -> UUID:
    post = window_post(request)
    return filings.start_draft(
        act(request),
        values["entry"],
        MODE,
        anchor_region=anchor,
        intake_region=post.region,
        for_person={name: values[name] for name in ("name", "id_number", "mobile")},
        window=post.window,
    )


def person_errors(values: dict[str, str], anchor: str, entries: set[str]) -> dict[str, str]:
    """What is wrong with the first screen, field → sentence; the rules themselves are kernel.numbers'."""
    errors = {}
    if values["entry"] not in entries:
        errors["entry"] = _("请选择要办的事项")
    if not anchor:
        errors["anchor"] = _("请选择事情归哪里管")
    if not values["name"]:
        errors["name"] = _("请填写姓名")
    if not numbers.is_id_number(values["id_number"]):
        errors["id_number"] = problems.fault_text("id_number", _("身份证号码"))
    if not numbers.is_mobile(values["mobile"]):
        errors["mobile"] = problems.fault_text("mobile", _("手机"))
    return errors


@page("desk/intake/<uuid:filing_id>/form", audience={CLERK}, name="desk_intake_form", writes=True, keeps=True)
def form(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Screen 2: the item's own form, filled in with the person."""
    view, english = opened(request, filing_id), problems.is_english()
    answers, faults = dict(view.answers), {}
    refusal, both, back = None, None, kept.given_back(request)
    if back is not None:
        answers = schema_form.parse(view.form, back, complete=False).answers
    if request.method == "POST":
        parsed = schema_form.parse(view.form, request.POST, complete="reload" not in request.POST)
        answers = {**parsed.answers, **view.proven}
        faults = {**parsed.faults, **other_persons(view, parsed.answers)}
        if "reload" not in request.POST:
            if not faults:
                refusal = attempt(
                    request,
                    _("已保存。"),
                    lambda: filings.save_draft(act(request), filing_id, answers, seen=seen(request)),
                )
                if refusal is None:
                    return go("desk_intake_checks", filing_id)
                both = conflict(view, answers) if refusal.code == "state.stale" else None
        else:
            faults = {}
    known = schema_form.prefill(view.form, person_known(view)) if not view.answers else {}
    answers = {**known, **answers, **view.proven}
    drawn = schema_form.fields(view.form, answers, english=english, faults=faults, known=known, locked=view.proven)
    context = {
        "filing": view, "groups": schema_form.groups(view.form, drawn, english=english),
        "pickers": {f.name: region_picker(f.name, f.value or None) for f in drawn if f.widget == "region"},
        "errors": [{"anchor": f.anchor, "text": problems.fault_text(f.fault.code, f.title, **f.fault.params)}
                   for f in drawn if f.fault],
        "refusal": refusal, "steps": step_names(), "conflict": both, "given_back": back is not None,
        "seen": request.POST.get("seen") if both else (back and back.get("seen")) or view.version,
    }  # fmt: skip
    status = refusal.problem.status if refusal else 422 if faults else 200
    return render(request, "desk/intake_form.html", context, status=status)


def other_persons(view: FilingView, answers: dict[str, Any]) -> dict[str, schema_form.Fault]:
    """Answers that name somebody else than the person identified here."""
    return {name: schema_form.Fault(code) for name, code in view.other_persons(answers).items()}


def conflict(view: FilingView, typed: dict[str, Any]) -> dict[str, Any]:
    """What is saved and what was typed, side by side; only a choice (``over``) overwrites."""
    saved, mine = ({line.key: line for line in lines(view.form, said)} for said in (view.answers, typed))
    rows = [
        ((mine.get(key) or saved[key]).title, *(one[key].value if key in one else "" for one in (saved, mine)))
        for key in dict.fromkeys((*saved, *mine))
        if key not in saved or key not in mine or saved[key] != mine[key]
    ]
    return {"version": view.version, "rows": rows}


def person_known(view: FilingView) -> dict[str, str]:
    person = view.applicant
    return {} if person.masked else {"name": person.name, "id_number": person.id_number, "mobile": person.mobile}


@page("desk/intake/<uuid:filing_id>/checks", audience={CLERK}, name="desk_intake_checks", writes=True)
def checks(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Screen 3: the competent place's checklist; scans; the formal check and the identity check; forward."""
    view, refusal = opened(request, filing_id), None
    beside: dict[str, str] = {}
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                remove(request, view, request.POST["remove"])
                return go("desk_intake_checks", filing_id)
            beside = attach(request, view)
            if "forward" in request.POST and not beside:
                forward(request, filing_id)
                return go("desk_receipt", filing_id)
            if not beside:
                return go("desk_intake_checks", filing_id)
        except Refusal as refused:
            refusal, view = refused, opened(request, filing_id)
            beside = to_mend(view, refused, request.POST)
        view = opened(request, filing_id)
    context = {
        "filing": view, "files": uploads.uploads(filing_id), "methods": IDENTITY_METHODS,
        "refusal": None if beside else refusal, "beside": beside,
        "errors": [problems.SummaryLine(text, f"f-{name}") for name, text in beside.items()],
        "steps": step_names(), "ticked": set(request.POST.getlist("formal")),
        "method": request.POST.get("identity_method", ""),
    }  # fmt: skip
    status = refusal.problem.status if refusal else 422 if beside else 200
    return render(request, "desk/intake_checks.html", context, status=status)


def to_mend(view: FilingView, refusal: Refusal, posted: QueryDict) -> dict[str, str]:
    """What to mend on the third screen: material or ``identity_method`` → a sentence. All of it at once; empty if the
    refusal is about something else."""
    found: dict[str, str] = {}
    lacking = {name.removeprefix("materials.") for name in refusal.fields if name.startswith("materials.")}
    if lacking or refusal.code == "state.checks_missing" or "identity_method" in refusal.fields:
        ticked = set(posted.getlist("formal"))
        for material in view.materials:
            if material.key in lacking or (material.state == "missing" and not material.files):
                found[material.key] = problems.fault_text("missing", material.name)
            elif material.looked_at and material.key not in ticked:
                said = _("请核对“%(name)s”，符合的勾选；不符合的，请申请人补齐。")
                found[material.key] = said % {"name": material.name}
        if posted.get("identity_method", "") not in IDENTITY_METHODS:
            found["identity_method"] = _("请选择怎样核验了身份")
    return found


def attach(request: HttpRequest, view: FilingView) -> dict[str, str]:
    """Keep every file chosen, each for its material; material → what is wrong with its file. The others are kept."""
    faults: dict[str, str] = {}
    for material in view.materials:
        file = request.FILES.get(f"file-{material.key}")
        if not isinstance(file, UploadedFile):
            continue
        try:
            materials.add_upload(
                act(request), file, file.name or "", owner_ref=act(request).actor.ref, filing_id=view.filing_id,
                requirement_key=material.key, declared_type=file.content_type or "",
            )  # fmt: skip
        except Refusal as refusal:
            faults[material.key] = problems.file_fault(refusal, material.name)
    return faults


def remove(request: HttpRequest, view: FilingView, digest: str) -> None:
    for upload in uploads.uploads(view.filing_id):
        if str(upload.id) == digest and view.status == "draft":
            materials.remove_upload(act(request), upload.id)


def forward(request: HttpRequest, filing_id: UUID) -> None:
    """Record both checks, then submit; each is its own recorded act."""
    view = opened(request, filing_id)
    ticked = set(request.POST.getlist("formal"))
    filings.record_checks(
        act(request),
        filing_id,
        formal={material.key: material.key in ticked for material in view.materials if material.looked_at},
        identity_method=request.POST.get("identity_method", ""),
        seen=view.version,
    )
    filings.submit(act(request), filing_id, seen=queries.filing_version(act(request).actor, filing_id))


def step_names() -> list[str]:
    return [_("申请人和事项"), _("填写申请表"), _("核对材料和身份"), _("打印收件凭证")]


__all__: list[Any] = ["checks", "form", "identify"]
