"""A reviewer's steps on a case: each with the version seen, each refused in words when it is not possible now."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router
from pydantic import BeforeValidator, Field, WithJsonSchema

from tongban.api import etags
from tongban.api.bearer import act_of
from tongban.api.endpoint import endpoint
from tongban.api.resources.cases import Case
from tongban.api.scopes import Scope
from tongban.api.shapes import Strict, present, reply
from tongban.cases.actions import decision, reading, review
from tongban.cases.rules.corrections import POINT_CODES
from tongban.cases.rules.reasons import DENIED, NOT_ACCEPTED, check_known
from tongban.cases.views import CaseView
from tongban.kernel.people import Act

router = Router()

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Reasons = Annotated[dict[Code, Text], Field(max_length=50)]


def _date(value: object) -> object:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("a date is written YYYY-MM-DD")
    return date.fromisoformat(value)


IsoDate = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


class ReasonsGiven(Strict):
    """Why: reason code → wording the applicant reads."""

    reasons: Reasons


class CorrectionPoint(Strict):
    """``target``: ``answer:<field>``, ``material:<key>`` or ``general``. ``text``: what is needed, in words."""

    key: Code
    target: Annotated[str, Field(min_length=1, max_length=200, examples=["answer:mobile", "material:photo"])]
    code: Annotated[str, Field(pattern=f"^({'|'.join(sorted(POINT_CODES))})$")]
    text: Text


class CorrectionRequest(Strict):
    """All points at once. ``reason``: only for a further round, why it could not be told the first time."""

    points: Annotated[list[CorrectionPoint], Field(max_length=50)]
    reason: Text | None = None


class Grant(Strict):
    """What is granted: the document's number, its last day, and a wording."""

    number: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    valid_until: IsoDate | None = None
    text: Annotated[str, Field(max_length=2000)] = ""


@endpoint(router, "POST", "cases/{uuid:case_id}/accept", scope=Scope.CASES_WRITE, answers={200: Case}, changes=True,
          tag="cases")
def accept_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Accept the application (受理): the handling clock starts."""
    act = act_of(request)
    review.accept(act, case_id, seen=etags.seen_version(request))
    return _after(act, case_id)


@endpoint(router, "POST", "cases/{uuid:case_id}/not-accept", scope=Scope.CASES_WRITE, answers={200: Case},
          changes=True, tag="cases")
def not_accept_case(request: HttpRequest, case_id: UUID, payload: Annotated[ReasonsGiven, Body()]) -> HttpResponse:
    """Refuse to accept it (不予受理), with reasons.

    Their codes: `not_competent`, `not_required`, `incomplete`, `other`.
    """
    act = act_of(request)
    check_known(payload.reasons, NOT_ACCEPTED)
    review.not_accept(act, case_id, reasons=payload.reasons, seen=etags.seen_version(request))
    return _after(act, case_id)


@endpoint(router, "POST", "cases/{uuid:case_id}/correction", scope=Scope.CASES_WRITE, answers={200: Case},
          changes=True, tag="cases")
def request_case_correction(
    request: HttpRequest, case_id: UUID, payload: Annotated[CorrectionRequest, Body()]
) -> HttpResponse:
    """Ask for corrections (一次性告知补正), all points at once."""
    act = act_of(request)
    points = [review.Point(p.key, p.target, p.code, p.text) for p in payload.points]
    review.request_correction(act, case_id, points=points, reason=payload.reason, seen=etags.seen_version(request))
    return _after(act, case_id)


@endpoint(router, "POST", "cases/{uuid:case_id}/grant", scope=Scope.CASES_WRITE, answers={200: Case}, changes=True,
          tag="cases")
def grant_case(request: HttpRequest, case_id: UUID, payload: Annotated[Grant, Body()]) -> HttpResponse:
    """Grant (准予). A joint case is decided by its parts instead."""
    act = act_of(request)
    result = decision.ResultDraft(payload.number, payload.valid_until, payload.text)
    decision.grant(act, case_id, result=result, seen=etags.seen_version(request))
    return _after(act, case_id)


@endpoint(router, "POST", "cases/{uuid:case_id}/deny", scope=Scope.CASES_WRITE, answers={200: Case}, changes=True,
          tag="cases")
def deny_case(request: HttpRequest, case_id: UUID, payload: Annotated[ReasonsGiven, Body()]) -> HttpResponse:
    """Deny (不予), with reasons.

    Their codes: `condition_not_met`, `expired`, `false_statement`, `other`.
    """
    act = act_of(request)
    check_known(payload.reasons, DENIED)
    decision.deny(act, case_id, reasons=payload.reasons, seen=etags.seen_version(request))
    return _after(act, case_id)


def _after(act: Act, case_id: UUID) -> HttpResponse:
    """The case as it now stands: a look like any other, so it is recorded."""
    view = reading.open_case_file(act, "case", case_id)
    assert isinstance(view, CaseView)
    return reply(present(view, without={"form"}), etag=etags.of_version(view.version))
