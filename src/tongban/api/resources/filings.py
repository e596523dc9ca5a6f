"""One's own filings: the list, and everything about one of them."""

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
from tongban.cases.views import FilingRow, FilingView
from tongban.kernel.people import Act, ActorKind

router = Router()

Filing = shape("Filing", FilingView, without={"form"})


class FilingList(Schema):
    """Newest first."""

    filings: list[shape("FilingLine", FilingRow)]  # type: ignore[valid-type]
    next: str | None


@endpoint(router, "GET", "filings", scope=Scope.FILINGS_READ, answers={200: FilingList}, tag="filings")
def list_filings(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> HttpResponse:
    """The filings of the person the token acts for, newest first."""
    page = queries.filings_of(client_of(request).actor, cursors.open_cursor("filings", cursor), limit)
    return reply({"filings": page.items, "next": cursors.seal("filings", page.next)})


@endpoint(
    router, "GET", "filings/{uuid:filing_id}", scope=Scope.FILINGS_READ, answers={200: Filing}, conditional=True,
    tag="filings",
)
def get_filing(request: HttpRequest, filing_id: UUID) -> HttpResponse:
    """One filing: who holds it, since when, until when, what is still undelivered, and which steps are possible.

    ``version`` is the ETag to give back in ``If-Match``. Shown from this node's own database: while another node is
    away, ``pending`` says what has not reached it. A look by the window's staff is recorded before anything is read.
    """
    view = looked_at(act_of(request), filing_id)
    etag = etags.of_version(view.version)
    if etags.is_known(request, etag):
        return unchanged(etag)
    return reply(present(view, without={"form"}), etag=etag)


def looked_at(act: Act, filing_id: UUID) -> FilingView:
    """A filing for its applicant; for the window's staff, whose look is recorded first."""
    if act.actor.kind is ActorKind.APPLICANT:
        return queries.filing_view(act.actor, filing_id)
    view = reading.open_case_file(act, "filing", filing_id)
    assert isinstance(view, FilingView)
    return view
