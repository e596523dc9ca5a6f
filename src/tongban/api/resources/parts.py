"""Parts of joint cases that this node owns: the queue, one part, completing and refusing it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router, Schema
from pydantic import Field

from tongban.api import cursors, etags
from tongban.api.bearer import act_of, client_of
from tongban.api.endpoint import endpoint
from tongban.api.resources.case_steps import ReasonsGiven
from tongban.api.resources.cases import QueueLine
from tongban.api.scopes import Scope
from tongban.api.shapes import Strict, present, reply, shape, unchanged
from tongban.cases import queries
from tongban.cases.actions import joint, reading
from tongban.cases.rules.reasons import PART_REFUSED, check_known
from tongban.cases.views import PartView
from tongban.kernel.people import Act

router = Router()

Part = shape("Part", PartView, without={"form"})


class PartList(Schema):
    """By deadline, the most urgent first."""

    parts: list[QueueLine]  # type: ignore[valid-type]
    next: str | None


class Completion(Strict):
    """``note``: a remark kept with the part."""

    note: Annotated[str, Field(max_length=2000)] = ""


@endpoint(router, "GET", "parts", scope=Scope.CASES_READ, answers={200: PartList}, tag="parts")
def list_parts(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> HttpResponse:
    """The open parts of the posts held, by deadline."""
    page = queries.desk_queue(client_of(request).actor, "parts", cursors.open_cursor("parts", cursor), limit=limit)
    return reply({"parts": page.items, "next": cursors.seal("parts", page.next)})


@endpoint(
    router, "GET", "parts/{uuid:part_id}", scope=Scope.CASES_READ, answers={200: Part}, conditional=True, tag="parts"
)
def get_part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """One part with the steps possible now. The reading is recorded first."""
    view = reading.open_case_file(act_of(request), "part", part_id)
    assert isinstance(view, PartView)
    etag = etags.of_version(view.version)
    if etags.is_known(request, etag):
        return unchanged(etag)
    return reply(present(view, without={"form"}), etag=etag)


@endpoint(router, "POST", "parts/{uuid:part_id}/complete", scope=Scope.CASES_WRITE, answers={200: Part},
          changes=True, tag="parts")
def complete_part(request: HttpRequest, part_id: UUID, payload: Annotated[Completion, Body()]) -> HttpResponse:
    """This place's step is done."""
    act = act_of(request)
    joint.complete_part(act, part_id, note=payload.note, seen=etags.seen_version(request))
    return _after(act, part_id)


@endpoint(router, "POST", "parts/{uuid:part_id}/refuse", scope=Scope.CASES_WRITE, answers={200: Part},
          changes=True, tag="parts")
def refuse_part(request: HttpRequest, part_id: UUID, payload: Annotated[ReasonsGiven, Body()]) -> HttpResponse:
    """This place cannot do its step, with reasons.

    Their codes: `record_mismatch`, `condition_not_met`, `duplicate`, `other`.
    """
    act = act_of(request)
    check_known(payload.reasons, PART_REFUSED)
    joint.refuse_part(act, part_id, reasons=payload.reasons, seen=etags.seen_version(request))
    return _after(act, part_id)


def _after(act: Act, part_id: UUID) -> HttpResponse:
    view = reading.open_case_file(act, "part", part_id)
    assert isinstance(view, PartView)
    return reply(present(view, without={"form"}), etag=etags.of_version(view.version))
