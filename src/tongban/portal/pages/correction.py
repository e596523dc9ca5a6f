"""补正 and withdrawal: what an applicant can still say about a matter under way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.actions import filing as filings
from tongban.cases.queries import filing_view
from tongban.cases.views import CorrectionView, FilingView, PointView
from tongban.kernel.problems import Refusal
from tongban.portal import drafts
from tongban.portal.resuming import seen
from tongban.ui import kept, schema_form
from tongban.ui.page import APPLICANT, act, go, page, render
from tongban.ui.problems import SummaryLine, is_english, summary_of, summary_of_refusal

_MOST = 500  # signs of an explanation
_LEFT_OPEN: Final = {
    "answer": gettext_lazy("请改正；不用改的，写明原因。"),
    "material": gettext_lazy("请补交文件；没有文件的，写明原因。"),
    "": gettext_lazy("请写明情况。"),
}
"""What to do about a point that was left open, by what it is about."""


def _about(point: PointView) -> tuple[str, str]:
    """What a point is about: ``("answer", field)``, ``("material", key)`` or ``("", "")`` for neither."""
    kind, found, key = point.target.partition(":")
    return (kind, key) if found else ("", "")


@page("my/<uuid:filing_id>/correction", audience={APPLICANT}, name="correction", writes=True, keeps=True)
def correction(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """All points of the round on one page, each answerable by itself, the old answer beside the new one."""
    view = filing_view(act(request).actor, filing_id)
    if view.correction is None or view.correction.task_for != "applicant":
        raise Refusal("state.step_not_possible")
    errors: list[SummaryLine] = []
    left: list[SummaryLine] = []
    faults: dict[str, schema_form.Fault] = {}
    answers: dict[str, Any] = dict(view.answers)
    said = {point.key: "" for point in view.correction.points}
    back = kept.given_back(request)
    if back is not None:
        said = {key: back.get(f"point.{key}", "").strip()[:_MOST] for key in said}
        answers, _left = _new_answers(back, view)
    if request.method == "POST":
        said = {key: request.POST.get(f"point.{key}", "").strip()[:_MOST] for key in said}
        answers, faults = _new_answers(request.POST, view)
        errors = drafts.change_files(request, view)
        if "reload" in request.POST or request.POST.get("go") == "upload" or request.POST.get("remove"):
            faults = {}
        elif not errors:
            errors = left = _unanswered(view.correction, said, view, answers)
            if not errors and not faults:
                try:
                    filings.answer_correction(act(request), filing_id, answers, said, seen=seen(request))
                    messages.success(request, _("补正已提交，系统会自动送到业务属地。"))
                    return go("my_case", filing_id)
                except Refusal as refusal:
                    errors = summary_of_refusal(refusal)
        view = filing_view(act(request).actor, filing_id)
    drawn = schema_form.fields(
        view.form, {**answers, **view.proven}, english=is_english(), faults=faults, locked=view.proven
    )
    return render(
        request,
        "portal/correction.html",
        {
            "filing": view,
            "round": view.correction,
            "points": _points(view, drawn, said, {line.anchor: line.text for line in left}),
            "asks_files": view.correction is not None and any(p.material for p in view.correction.points),
            "pickers": drafts.pickers(drawn),
            "errors": [*errors, *summary_of(drawn)],
            "newly": [replace(f, when=None) for f in drawn if f.name in drafts.newly_asked(view, answers)],
            "given_back": back is not None,
            "seen": back.get("seen") if back is not None else view.version,
        },
        status=422 if errors or faults else 200,
    )


@page("my/<uuid:filing_id>/withdraw", audience={APPLICANT}, name="withdraw", writes=True)
def withdraw(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Ask once more, then say it; the place that decides answers."""
    view = filing_view(act(request).actor, filing_id)
    errors: list[SummaryLine] = []
    if request.method == "POST":
        try:
            filings.request_withdrawal(act(request), filing_id, seen=seen(request))
            messages.success(request, _("撤回申请已提交，等待业务属地答复。"))
            return go("my_case", filing_id)
        except Refusal as refusal:
            errors = summary_of_refusal(refusal)
    step = next((s for s in view.possible_steps if s.step == "request_withdrawal"), None)
    return render(
        request,
        "portal/withdraw.html",
        {"filing": view, "step": step, "errors": errors},
        status=422 if errors else 200,
    )


def _new_answers(posted: QueryDict, view: FilingView) -> tuple[dict[str, Any], dict[str, schema_form.Fault]]:
    """The answers with the asked ones replaced by what was typed; everything else stays as filed."""
    assert view.correction is not None
    asked = {key for kind, key in map(_about, view.correction.points) if kind == "answer"}
    filed = {name: schema_form.as_text(value) for name, value in view.answers.items() if name not in asked}
    typed = schema_form.parse(view.form, {**filed, **dict(posted.items())}, complete=False)
    asked |= drafts.newly_asked(view, typed.answers)
    merged = {**{k: v for k, v in view.answers.items() if k not in asked},
              **{k: v for k, v in typed.answers.items() if k in asked}}  # fmt: skip
    merged = drafts.still_asked(view, merged)
    faults = schema_form.check(view.form, merged)
    faults.update({name: fault for name, fault in typed.faults.items() if name in asked})
    faults.update(drafts.own_faults(view, merged))
    return merged, {name: fault for name, fault in faults.items() if name in asked}


def _points(view: FilingView, drawn: Any, said: dict[str, str], left: dict[str, str]) -> list[dict[str, Any]]:
    """Each point with what it is about: a question of the form, or a material with its files."""
    fields = {one.name: one for one in drawn}
    rows = {row.material.key: row for row in drafts.material_rows(view)}
    old = {one.name: text for one, text in drafts.read_back(view)}
    assert view.correction is not None
    return [
        {
            "point": point,
            "field": fields.get(key) if kind == "answer" else None,
            "row": rows.get(key) if kind == "material" else None,
            "old": old.get(key, ""),
            "said": said.get(point.key, ""),
            "fault": left.get(f"f-point-{point.key}", ""),
        }
        for point in view.correction.points
        for kind, key in (_about(point),)
    ]


def _unanswered(
    asked: CorrectionView, said: dict[str, str], view: FilingView, answers: dict[str, Any]
) -> list[SummaryLine]:
    """A point about a question is answered by changing it; every other needs a sentence or a new file."""
    fresh = _supplied_since(view)
    lines = []
    for point in asked.points:
        kind, key = _about(point)
        changed = kind == "answer" and answers.get(key) != view.answers.get(key)
        supplied = kind == "material" and key in fresh
        if not changed and not supplied and not said.get(point.key):
            lines.append(SummaryLine(f"{point.text} {_LEFT_OPEN.get(kind, _LEFT_OPEN[''])}", f"f-point-{point.key}"))
    if not lines:
        for point in asked.points:
            said[point.key] = said[point.key] or _("已按要求更正")
    return lines


def _supplied_since(view: FilingView) -> set[str]:
    """Materials that got a file after the round was opened."""
    assert view.correction is not None
    since = view.correction.requested_at
    return {
        row.material.key
        for row in drafts.material_rows(view)
        if any(one.created_at and one.created_at >= since for one in row.files)
    }
