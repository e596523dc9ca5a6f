"""The cases this node owns, for reviewers: the queue and one case."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from tongban.api import cursors, etags
from tongban.api.bearer import act_of, client_of
from tongban.api.endpoint import endpoint
from tongban.api.scopes import Scope
from tongban.api.shapes import present, reply, shape, unchanged
from tongban.cases import queries
from tongban.cases.actions import reading
from tongban.cases.views import CaseView, QueueRow

router = Router()

Case = shape("Case", CaseView, without={"form"})
QueueLine = shape("QueueLine", QueueRow)


class CaseList(Schema):
    """By deadline, the most urgent first; names of applicants are shortened."""

    cases: list[QueueLine]  # type: ignore[valid-type]
    next: str | None


@endpoint(router, "GET", "cases", scope=Scope.CASES_READ, answers={200: CaseList}, tag="cases")
def list_cases(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> HttpResponse:
    """The open cases of the posts held, by deadline."""
    page = queries.desk_queue(client_of(request).actor, "cases", cursors.open_cursor("cases", cursor), limit=limit)
    return reply({"cases": page.items, "next": cursors.seal("cases", page.next)})


@endpoint(
    router, "GET", "cases/{uuid:case_id}", scope=Scope.CASES_READ, answers={200: Case}, conditional=True, tag="cases"
)
def get_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case with the steps possible now.

    The reading is recorded before anything is read. The applicant sees the record on this node's page ``/accesses``:
    when, in which capacity, at which unit, for which matter and purpose; not the name of who looked.
    """
    view = reading.open_case_file(act_of(request), "case", case_id)
    assert isinstance(view, CaseView)
    etag = etags.of_version(view.version)
    if etags.is_known(request, etag):
        return unchanged(etag)
    return reply(present(view, without={"form"}), etag=etag)
