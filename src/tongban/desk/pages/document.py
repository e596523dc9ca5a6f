"""Official documents 文书 as pages to print: acceptance, correction, decision. Texts from recorded facts only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.ui.page import REVIEWER, page, render

from .case import opened

KINDS = ("acceptance", "correction", "decision")


@page("desk/cases/<uuid:case_id>/documents/<str:kind>", audience={REVIEWER}, name="desk_document")
def document(request: HttpRequest, case_id: UUID, kind: str) -> HttpResponse:
    case = opened(request, case_id)
    accepted = next((entry for entry in case.timeline if entry.code == "case.accepted"), None)
    wanted = request.GET.get("round", "")
    round_ = next((c for c in case.corrections if str(c.round) == wanted), None) or next(iter(case.corrections), None)
    there = {"acceptance": accepted, "correction": round_, "decision": case.result}
    if there.get(kind) is None:
        raise Refusal("request.not_found")
    unit = organizations.authority(case.authority) if case.authority else None
    handling = next((clock for clock in case.clocks if clock.name == "handling"), None)
    context = {
        "case": case, "kind": kind, "accepted": accepted, "round": round_, "handling": handling,
        "office": unit.name if unit else config().node_name,
    }  # fmt: skip
    return render(request, "desk/document.html", context)
