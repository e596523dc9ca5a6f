"""一次性告知补正: everything that can be asked for again on one page, each with its kind of fault and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.cases.actions import review
from tongban.cases.views import CaseView
from tongban.ui.page import REVIEWER, act, go, page, render
from tongban.ui.problems import SummaryLine

from . import answers
from .case import opened
from .forms import CORRECTION_CODES, attempt, seen


@dataclass(frozen=True, slots=True)
class Line:
    """An answer or a material, with what the reviewer says of it. ``fault``: a sentence, empty if nothing is wrong;
    ``at``: which of the line's inputs (on, code, text) it is about."""

    key: str
    target: str
    title: str
    value: str
    chosen: bool = False
    code: str = ""
    text: str = ""
    fault: str = ""
    at: str = ""


@page("desk/cases/<uuid:case_id>/correction", audience={REVIEWER}, name="desk_correction", writes=True)
def correction(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """All points on one page: a tick, a kind of fault and a sentence for each answer and each material."""
    case, refusal = opened(request, case_id), None
    lines = lines_of(case, request.POST)
    reason = request.POST.get("reason", "").strip()[:2000]
    if request.method == "POST":
        lines = [judged(line) for line in lines]
        if not any(line.fault for line in lines):
            points = [review.Point(line.key, line.target, line.code, line.text) for line in lines if line.chosen]
            refusal = attempt(
                request,
                _("已一次性告知申请人。"),
                lambda: review.request_correction(
                    act(request), case_id, points=points, reason=reason or None, seen=seen(request)
                ),
            )
            if refusal is None:
                return go("desk_case", case_id)
    errors = [SummaryLine(f"{line.title}：{line.fault}", f"{line.key}-{line.at}") for line in lines if line.fault]
    context = {
        "case": case, "lines": lines, "reason": reason, "codes": CORRECTION_CODES, "refusal": refusal,
        "round": len(case.corrections) + 1, "errors": errors,
    }  # fmt: skip
    status = refusal.problem.status if refusal else 422 if errors else 200
    return render(request, "desk/correction.html", context, status=status)


def lines_of(case: CaseView, data: Mapping[str, str]) -> list[Line]:
    """Everything that can be asked for again: each answer of the form, each material."""
    about = [(f"answer:{line.key}", line.title, line.value) for line in answers.lines(case.form, case.answers)]
    about += [(f"material:{m.key}", m.name, "") for m in case.materials]
    return [
        Line(
            f"p{number}", target, title, value,
            chosen=f"p{number}-on" in data,
            code=given if (given := data.get(f"p{number}-code", "")) in CORRECTION_CODES else "",
            text=data.get(f"p{number}-text", "").strip()[:1000],
        )
        for number, (target, title, value) in enumerate(about, start=1)
    ]  # fmt: skip


def judged(line: Line) -> Line:
    """The line with what is missing. What was written beside an empty box is never dropped: it is asked about."""
    if not line.chosen and (line.text or line.code):
        return replace(line, fault=_("写了内容却没有勾选。要告知就勾选，不告知就清空。"), at="on")
    if line.chosen and not line.code:
        return replace(line, fault=_("请选择是什么问题"), at="code")
    if line.chosen and not line.text:
        return replace(line, fault=_("请写明怎样才符合要求"), at="text")
    return line
