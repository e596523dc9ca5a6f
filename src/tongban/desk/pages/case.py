"""A case at the competent place: read it, accept it, ask for corrections."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.actions import decision, reading, review
from tongban.cases.queries import granting
from tongban.cases.rules.reasons import DENIED, NOT_ACCEPTED
from tongban.cases.views import CaseView
from tongban.kernel.problems import Refusal
from tongban.ui import problems
from tongban.ui.page import REVIEWER, act, go, page, render

from . import answers
from .forms import attempt, reasons_of, reasons_page, seen, to_be_shown_first


def opened(request: HttpRequest, case_id: UUID) -> CaseView:
    """The file in full; the access is recorded first."""
    view = reading.open_case_file(act(request), "case", case_id)
    assert isinstance(view, CaseView)
    return view


def show(request: HttpRequest, case_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    case = opened(request, case_id)
    context = {
        "case": case, "refusal": refusal, "answers": answers.lines(case.form, case.answers),
        "person_in_form": answers.names_the_person(case.form, case.answers),
        "can": {step.step for step in case.possible_steps if step.possible},
        "accepted": any(entry.code == "case.accepted" for entry in case.timeline),
    }  # fmt: skip
    return render(request, "desk/case.html", context, status=refusal.problem.status if refusal else 200)


@page("desk/cases/<uuid:case_id>", audience={REVIEWER}, name="desk_case")
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return show(request, case_id)


@page("desk/cases/<uuid:case_id>/accept", audience={REVIEWER}, name="desk_accept", writes=True)
def accept(request: HttpRequest, case_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return go("desk_case", case_id)
    refusal = attempt(
        request, _("已受理，办理期限开始计算。"), lambda: review.accept(act(request), case_id, seen=seen(request))
    )
    return show(request, case_id, refusal) if refusal else go("desk_case", case_id)


@page("desk/cases/<uuid:case_id>/not-accept", audience={REVIEWER}, name="desk_not_accept", writes=True)
def not_accept(request: HttpRequest, case_id: UUID) -> HttpResponse:
    refusal = None
    if request.method == "POST" and not to_be_shown_first(request) and "edit" not in request.POST:
        refusal = attempt(
            request,
            _("已作出不予受理决定，申请人会看到理由。"),
            lambda: review.not_accept(act(request), case_id, reasons=reasons_of(request), seen=seen(request)),
        )
        if refusal is None:
            return go("desk_case", case_id)
    return reasons_page(request, opened(request, case_id), "not_accept", _("不予受理"), NOT_ACCEPTED, refusal)


@page("desk/cases/<uuid:case_id>/deny", audience={REVIEWER}, name="desk_deny", writes=True)
def deny(request: HttpRequest, case_id: UUID) -> HttpResponse:
    refusal = None
    if request.method == "POST" and not to_be_shown_first(request) and "edit" not in request.POST:
        refusal = attempt(
            request,
            _("已作出不予许可决定，申请人会看到理由。"),
            lambda: decision.deny(act(request), case_id, reasons=reasons_of(request), seen=seen(request)),
        )
        if refusal is None:
            return go("desk_case", case_id)
    return reasons_page(request, opened(request, case_id), "deny", _("不予许可"), DENIED, refusal)


@page("desk/cases/<uuid:case_id>/grant", audience={REVIEWER}, name="desk_grant", writes=True)
def grant(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Fill in the result, look at it as the applicant will see it, then decide."""
    case, refusal = opened(request, case_id), None
    errors: dict[str, str] = {}
    values = {name: request.POST.get(name, "").strip()[:2000] for name in ("number", "valid_until", "text")}
    if request.method == "POST":
        draft, errors = result_draft(values)
        for name, code in granting.result_faults(case_id, draft.number, draft.valid_until).items():
            errors.setdefault(name, problems.fault_text(code, str(RESULT[name])))
        if not errors and "confirm" in request.POST:
            refusal = attempt(
                request,
                _("已准予，结果正在送往申请人。"),
                lambda: decision.grant(act(request), case_id, result=draft, seen=seen(request)),
            )
            if refusal is None:
                return go("desk_case", case_id)
        elif not errors and "edit" not in request.POST:
            return render(request, "desk/grant_preview.html", {"case": case, "values": values, "draft": draft})
    status = refusal.problem.status if refusal else 422 if errors else 200
    context = {"case": case, "values": values, "errors": errors, "refusal": refusal}
    return render(request, "desk/grant.html", context, status=status)


RESULT = {"number": gettext_lazy("证件或文书编号"), "valid_until": gettext_lazy("有效期至")}


def result_draft(values: dict[str, str]) -> tuple[decision.ResultDraft, dict[str, str]]:
    """The draft, and what is wrong with it (field → sentence)."""
    errors, until = {}, None
    if values["valid_until"]:
        try:
            until = date.fromisoformat(values["valid_until"])
        except ValueError:
            errors["valid_until"] = _("有效期应为真实日期，例如 2032-11-22")
    if not values["text"]:
        errors["text"] = _("请写明准予的内容")
    return decision.ResultDraft(values["number"] or None, until, values["text"]), errors
