"""A part of a joint case, owned by this place: do it or refuse it, with reasons."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.cases.actions import joint, reading
from tongban.cases.rules.reasons import PART_REFUSED
from tongban.cases.views import PartView
from tongban.kernel.problems import Refusal
from tongban.ui.page import REVIEWER, act, go, page, render

from . import answers
from .forms import attempt, reasons_of, reasons_page, seen, to_be_shown_first


def opened(request: HttpRequest, part_id: UUID) -> PartView:
    view = reading.open_case_file(act(request), "part", part_id)
    assert isinstance(view, PartView)
    return view


def show(request: HttpRequest, part_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    part = opened(request, part_id)
    context = {
        "part": part,
        "refusal": refusal,
        "answers": answers.lines(part.form, part.answers),
        "person_in_form": answers.names_the_person(part.form, part.answers),
    }
    return render(request, "desk/part.html", context, status=refusal.problem.status if refusal else 200)


@page("desk/parts/<uuid:part_id>", audience={REVIEWER}, name="desk_part")
def part_page(request: HttpRequest, part_id: UUID) -> HttpResponse:
    return show(request, part_id)


@page("desk/parts/<uuid:part_id>/complete", audience={REVIEWER}, name="desk_part_complete", writes=True)
def complete(request: HttpRequest, part_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return go("desk_part", part_id)
    note = request.POST.get("note", "").strip()[:2000]
    refusal = attempt(
        request,
        _("本环节已完成，牵头地会收到通知。"),
        lambda: joint.complete_part(act(request), part_id, note=note, seen=seen(request)),
    )
    return show(request, part_id, refusal) if refusal else go("desk_part", part_id)


@page("desk/parts/<uuid:part_id>/refuse", audience={REVIEWER}, name="desk_part_refuse", writes=True)
def refuse(request: HttpRequest, part_id: UUID) -> HttpResponse:
    refusal = None
    if request.method == "POST" and not to_be_shown_first(request) and "edit" not in request.POST:
        refusal = attempt(
            request,
            _("已说明本环节不予通过的理由。"),
            lambda: joint.refuse_part(act(request), part_id, reasons=reasons_of(request), seen=seen(request)),
        )
        if refusal is None:
            return go("desk_part", part_id)
    return reasons_page(request, opened(request, part_id), "refuse", _("本环节不予通过"), PART_REFUSED, refusal)
