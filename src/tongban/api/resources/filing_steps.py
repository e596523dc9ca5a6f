"""What an applicant can do about a filing under way: answer a correction, ask to withdraw."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router
from pydantic import Field

from tongban.api import etags
from tongban.api.bearer import act_of
from tongban.api.endpoint import endpoint
from tongban.api.resources.filings import Filing, looked_at
from tongban.api.scopes import Scope
from tongban.api.shapes import Strict, present, reply
from tongban.cases.actions import filing
from tongban.kernel.people import Act

router = Router()


class CorrectionAnswer(Strict):
    """``answers``: the whole form anew. ``points``: point key → what was done about it; every point is answered."""

    answers: dict[str, Any]
    points: dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(min_length=1, max_length=2000)]]


@endpoint(
    router, "POST", "filings/{uuid:filing_id}/correction-answers", scope=Scope.FILINGS_WRITE, answers={200: Filing},
    changes=True, tag="filings",
)
def answer_correction(
    request: HttpRequest, filing_id: UUID, payload: Annotated[CorrectionAnswer, Body()]
) -> HttpResponse:
    """Answer the open round of corrections; it becomes the next revision."""
    act = act_of(request)
    filing.answer_correction(act, filing_id, payload.answers, payload.points, seen=etags.seen_version(request))
    return _after(act, filing_id)


@endpoint(
    router, "POST", "filings/{uuid:filing_id}/withdrawal", scope=Scope.FILINGS_WRITE, answers={200: Filing},
    changes=True, tag="filings",
)
def request_withdrawal(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """Ask to withdraw. The owner of the case answers: closed, or too late because it is decided."""
    act = act_of(request)
    filing.request_withdrawal(act, filing_id, seen=etags.seen_version(request))
    return _after(act, filing_id)


def _after(act: Act, filing_id: UUID) -> HttpResponse:
    view = looked_at(act, filing_id)
    return reply(present(view, without={"form"}), etag=etags.of_version(view.version))
