"""A filing that this window took in: where it is, correcting it with the person, handing the result over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.cases import queries
from tongban.cases.actions import filing as filings
from tongban.cases.actions import reading
from tongban.config import config
from tongban.exchange import blobs
from tongban.kernel.problems import Refusal
from tongban.materials import queries as uploads
from tongban.ui import problems, schema_form
from tongban.ui.page import CLERK, REVIEWER, act, go, page, render
from tongban.ui.regions import region_picker

from . import answers
from .forms import attempt, seen
from .intake import attach, opened, other_persons

KINDS: Final[Mapping[str, Literal["case", "part", "filing"]]] = {"case": "case", "part": "part", "filing": "filing"}


def show(request: HttpRequest, filing_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    view = opened(request, filing_id)
    context = {
        "filing": view,
        "refusal": refusal,
        "answers": answers.lines(view.form, view.answers),
        "person_in_form": answers.names_the_person(view.form, view.answers),
    }
    return render(request, "desk/filing.html", context, status=refusal.problem.status if refusal else 200)


@page("desk/filings/<uuid:filing_id>", audience={CLERK}, name="desk_filing")
def filing_page(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    return show(request, filing_id)


@page("desk/filings/<uuid:filing_id>/receipt", audience={CLERK}, name="desk_receipt")
def receipt(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """收件凭证, to print and give to the applicant. Intake is not acceptance, and it says so."""
    view = opened(request, filing_id)
    context = {
        "filing": view, "receipt": queries.receipt_view(act(request).actor, filing_id, recorded=True),
        "address": f"{config().base_url}/my/{filing_id}", "steps": _steps(),
    }  # fmt: skip
    return render(request, "desk/receipt.html", context)


@page("desk/filings/<uuid:filing_id>/result", audience={CLERK}, name="desk_result")
def result(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """The decision as it was received, to print and give to the applicant."""
    view = opened(request, filing_id)
    if view.result is None:
        raise Refusal("request.not_found")
    address = f"{config().base_url}/my/{filing_id}/result"
    return render(request, "desk/result_print.html", {"filing": view, "result": view.result, "address": address})


def _steps() -> list[str]:
    from .intake import step_names

    return step_names()


@page("desk/filings/<uuid:filing_id>/hand-over", audience={CLERK}, name="desk_hand_over", writes=True)
def hand_over(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return go("desk_filing", filing_id)
    refusal = attempt(
        request,
        _("已记录：结果交给了申请人。"),
        lambda: filings.hand_over(act(request), filing_id, seen=seen(request)),
    )
    return show(request, filing_id, refusal) if refusal else go("desk_filing", filing_id)


@page("desk/filings/<uuid:filing_id>/withdraw", audience={CLERK}, name="desk_withdraw", writes=True)
def withdraw(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """The person at the window no longer wants it."""
    if request.method != "POST":
        return go("desk_filing", filing_id)
    refusal = attempt(
        request,
        _("已申请撤回，等待业务属地答复。"),
        lambda: filings.request_withdrawal(act(request), filing_id, seen=seen(request)),
    )
    return show(request, filing_id, refusal) if refusal else go("desk_filing", filing_id)


@page("desk/filings/<uuid:filing_id>/discard", audience={CLERK}, name="desk_discard", writes=True)
def discard(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return go("desk_filing", filing_id)
    refusal = attempt(request, _("草稿已删除。"), lambda: filings.discard(act(request), filing_id, seen=seen(request)))
    return show(request, filing_id, refusal) if refusal else go("desk")


@page("desk/filings/<uuid:filing_id>/correct", audience={CLERK}, name="desk_correct", writes=True)
def correct(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Answer every point with the person at the window: the form again, new scans, one answer a point."""
    view, english = opened(request, filing_id), problems.is_english()
    if view.correction is None:
        return go("desk_filing", filing_id)
    points = {point.key: request.POST.get(f"point-{point.key}", "").strip()[:1000] for point in view.correction.points}
    given, faults, refusal = dict(view.answers), {}, None
    refused_files: dict[str, str] = {}
    if request.method == "POST":
        parsed = schema_form.parse(view.form, request.POST, complete="reload" not in request.POST)
        given = {**parsed.answers, **view.proven}
        faults = {} if "reload" in request.POST else {**parsed.faults, **other_persons(view, parsed.answers)}
        if "reload" not in request.POST and not faults:
            try:
                refused_files = attach(request, view)
                if not refused_files:
                    filings.answer_correction(act(request), filing_id, given, points, seen=seen(request))
                    return go("desk_filing", filing_id)
            except Refusal as refused:
                refusal = refused
    drawn = schema_form.fields(view.form, {**given, **view.proven}, english=english, faults=faults, locked=view.proven)
    context = {
        "filing": view, "groups": schema_form.groups(view.form, drawn, english=english), "points": points,
        "pickers": {f.name: region_picker(f.name, f.value or None) for f in drawn if f.widget == "region"},
        "errors": [{"anchor": f.anchor, "text": problems.fault_text(f.fault.code, f.title, **f.fault.params)}
                   for f in drawn if f.fault]
                  + [{"anchor": f"file-{key}", "text": text} for key, text in refused_files.items()],
        "refusal": refusal, "files": uploads.uploads(filing_id),
    }  # fmt: skip
    status = refusal.problem.status if refusal else 422 if faults or refused_files else 200
    return render(request, "desk/correct.html", context, status=status)


@page("desk/files/<str:kind>/<uuid:subject>/<str:digest>", audience={CLERK, REVIEWER}, name="desk_file")
def file(request: HttpRequest, kind: str, subject: UUID, digest: str) -> HttpResponse:
    """One attached file, shown only as part of a file this person may open; the access is recorded."""
    if kind not in KINDS:
        raise Refusal("request.not_found")
    view = reading.open_case_file(act(request), KINDS[kind], subject)
    found = next((f for m in view.materials for f in m.files if f.digest == digest and f.arrived), None)
    if found is None:
        raise Refusal("request.not_found")
    with blobs.open(digest) as content:  # at most ``upload_max_bytes``
        response = HttpResponse(content.read(), content_type=found.media_type)
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(found.filename)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
