"""My cases: the list, one case with its timeline and holder, the receipt, the result, files."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from tongban.cases.queries import filing_view, filings_of, receipt_view
from tongban.cases.views import FilingView, StepView, TimelineEntry
from tongban.config import config
from tongban.guidance import follows
from tongban.kernel.problems import Refusal
from tongban.materials import queries as stored
from tongban.portal import drafts
from tongban.ui.page import APPLICANT, act, page, render
from tongban.ui.regions import full_name

_OFFERED = ("save_draft", "submit", "answer_correction", "request_withdrawal", "discard")
"""Steps an applicant takes on a page of their own, in the order of the buttons."""
_PAGES = {
    "save_draft": "draft_form",
    "submit": "draft_check",
    "answer_correction": "correction",
    "request_withdrawal": "withdraw",
    "discard": "draft_discard",
}


@page("my/", audience={APPLICANT}, name="my")
def my_cases(request: HttpRequest) -> HttpResponse:
    """The signed-in person's filings, newest first."""
    cursor = request.GET.get("cursor") or None
    found = filings_of(act(request).actor, cursor)
    address = reverse("my")
    return render(
        request,
        "portal/my.html",
        {
            "rows": found.items,
            "next": f"{address}?{urlencode({'cursor': found.next})}" if found.next else "",
            "first": address if cursor else "",
            "news": follows.news_for(act(request).actor) if not cursor else (),
        },
    )


@page("my/<uuid:filing_id>/", audience={APPLICANT}, name="my_case")
def my_case(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """One matter in one view: who holds it, what happened, what can be done, all parts of a joint case."""
    view = filing_view(act(request).actor, filing_id)
    return render(
        request,
        "portal/case.html",
        {
            "filing": view,
            "doable": [(step, reverse(_PAGES[step.step], args=[filing_id])) for step in _offered(view, True)],
            "may_correct": any(s.step == "answer_correction" and s.possible for s in view.possible_steps),
            "not_doable": _offered(view, False),
            "shown": drafts.read_back(view, masked=True),
            "anchor_name": full_name(view.anchor_region),
            "intake_name": full_name(view.intake_region),
            "releasing_name": full_name(view.releasing_region),
            "accepted": _accepted(view),
            "parts": [_part_step(part) for part in view.parts],
            "files": {one.digest: one.id for one in stored.uploads(filing_id)},
        },
    )


@page("my/<uuid:filing_id>/receipt", audience={APPLICANT}, name="my_receipt")
def receipt(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """收件凭证: the number for life, what was handed in, what happens next and by when. Made to be printed."""
    actor = act(request).actor
    return render(
        request,
        "portal/receipt.html",
        {
            "receipt": receipt_view(actor, filing_id),
            "filing": filing_view(actor, filing_id),
            "address": config().base_url + reverse("my_case", args=[filing_id]),
        },
    )


@page("my/<uuid:filing_id>/acceptance", audience={APPLICANT}, name="my_acceptance")
def acceptance(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """受理通知书: that and when the place that decides accepted it, and by when it decides. Made to be printed."""
    view = filing_view(act(request).actor, filing_id)
    told = _accepted(view)
    if told is None:
        raise Refusal("request.not_found")
    handling = next((clock for clock in view.clocks if clock.name == "handling"), None)
    address = config().base_url + reverse("my_acceptance", args=[filing_id])
    return render(
        request,
        "portal/acceptance.html",
        {"filing": view, "accepted": told, "handling": handling, "address": address},
    )


@page("my/<uuid:filing_id>/result", audience={APPLICANT}, name="my_result")
def result(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """The decision as it was received, made to be printed."""
    view = filing_view(act(request).actor, filing_id)
    if view.result is None:
        raise Refusal("request.not_found")
    address = config().base_url + reverse("my_result", args=[filing_id])
    return render(request, "portal/result.html", {"filing": view, "result": view.result, "address": address})


@page("my/<uuid:filing_id>/files/<uuid:upload_id>", audience={APPLICANT}, name="my_file")
def file(request: HttpRequest, filing_id: UUID, upload_id: UUID) -> HttpResponse:
    """A file the person handed in, as a download: never shown inside the site."""
    view = filing_view(act(request).actor, filing_id)
    mine = {one.id for one in stored.uploads(view.filing_id)}
    if upload_id not in mine:
        raise Refusal("request.not_found")
    upload, stream = stored.open_upload(upload_id)
    response = FileResponse(stream, content_type=upload.media_type)
    response["Content-Disposition"] = content_disposition_header(True, upload.filename) or quote(upload.filename)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]


def _accepted(view: FilingView) -> TimelineEntry | None:
    return next((entry for entry in view.timeline if entry.code == "case.accepted"), None)


def _offered(view: FilingView, possible: bool) -> list[StepView]:
    by_name = {step.step: step for step in view.possible_steps if step.possible == possible}
    return [by_name[name] for name in _OFFERED if name in by_name]


def _part_step(part: object) -> dict[str, object]:
    """A plan step for the drawing (component ``steps``)."""
    state = {"completed": "done", "open": "current", "called": "current", "waiting": "off"}
    status = getattr(part, "status", "")
    return {"part": part, "state": state.get(status, "off")}
