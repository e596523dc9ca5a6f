"""Filing an application: one call, one durable commit, once per key."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Schema
from pydantic import Field

from tongban.api import idempotency
from tongban.api.bearer import act_of, client_of
from tongban.api.endpoint import endpoint
from tongban.api.idempotency import Stored
from tongban.api.resources.filings import router
from tongban.api.scopes import Scope
from tongban.api.shapes import Strict, encode
from tongban.cases.actions import filing

RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["440106"])]
UploadId = Annotated[UUID, Field(strict=False)]


class NewFiling(Strict):
    """A complete application of the person the token acts for, in that person's proven name and number. ``mode``: one
    that ``filed_by`` of the version gives to the applicant; ``proxy`` is filed at a window.

    ``anchor_region``: the place that makes somebody competent (see ``anchor_label`` of the version), e.g. where the
    license was issued. ``intake_region``: where the person is. ``answers`` follow the version's form. ``uploads``:
    material key → ids from ``POST /uploads``.
    """

    item: Annotated[str, Field(min_length=1, max_length=50, examples=["QH2020-2-48"])]
    mode: Literal["online", "joint", "any_office"]
    anchor_region: RegionCode
    intake_region: RegionCode
    releasing_region: RegionCode | None = None
    answers: dict[str, Any]
    uploads: dict[Annotated[str, Field(max_length=100)], Annotated[list[UploadId], Field(max_length=20)]] = {}


class FilingCreated(Schema):
    """What is certain from now on. The number is kept for life; where the matter stands is at ``href``."""

    filing_id: UUID
    filing_number: str
    status: str
    revision: int
    submitted_at: str
    href: str


@endpoint(
    router, "POST", "filings", scope=Scope.FILINGS_WRITE, answers={201: FilingCreated}, keyed=True, tag="filings"
)
def create_filing(request: HttpRequest, payload: Annotated[NewFiling, Body()]) -> HttpResponse:
    """File an application.

    Validated against the item's version in force and stored durably before the answer. Sending it again with the same
    ``Idempotency-Key`` gives the same answer, marked ``Idempotent-Replayed: true``, however the first try ended.
    """
    act, client = act_of(request), client_of(request)
    key = idempotency.key_of(request, client.client_id, act.actor.ref, payload.model_dump(mode="json"))

    def create() -> Stored:
        answers: list[Stored] = []

        def also(filing_id: UUID, filing_number: str) -> None:
            href = f"/api/v1/filings/{filing_id}"
            body = encode({
                "filing_id": filing_id, "filing_number": filing_number, "status": "submitted", "revision": 1,
                "submitted_at": act.at, "href": href,
            })
            answers.append(Stored(201, href, body.decode()))
            idempotency.keep(key, status=201, location=href, body=answers[0].body)

        filing.file(
            act, payload.item, payload.mode, anchor_region=payload.anchor_region,
            intake_region=payload.intake_region, releasing_region=payload.releasing_region,
            answers=payload.answers, uploads=payload.uploads, also=also,
        )
        return answers[0]

    stored, replayed = idempotency.once(key, create)
    response = HttpResponse(stored.body, status=stored.status, content_type="application/json")
    response.headers["Location"] = stored.location
    response.headers["Cache-Control"] = "no-store"
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
