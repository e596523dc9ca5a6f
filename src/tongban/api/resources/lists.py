"""Lists of items and how far items reach: what is open between two places on a day, and why not."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from tongban.api import etags
from tongban.api.endpoint import endpoint
from tongban.api.shapes import encode, present, reply, shape, unchanged
from tongban.items import lists, reach, routing
from tongban.items.lists import ListView
from tongban.items.reach import Exemption, Opening, Scope
from tongban.items.rules.annex import Annex
from tongban.items.rules.placing import Placing
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

router = Router()

ListLine = shape("ListLine", ListView, expected=(int | None, ...))
ScopeOut = shape("Scope", Scope)
ExemptionOut = shape("Exemption", Exemption)
OpeningOut = shape("Opening", Opening)
PlacingOut = shape("Placing", Placing)
AnnexOut = shape("Annex", Annex)


class Lists(Schema):
    """Every list the plans name. ``verified`` is false where its text is not at hand: nothing is invented."""

    lists: list[ListLine]  # type: ignore[valid-type]


class ListWhole(Schema):
    """A list with the edition in force; ``annex`` is null while only the frame is known."""

    list: ListLine  # type: ignore[valid-type]
    annex: AnnexOut | None  # type: ignore[valid-type]
    digest: str | None


class Reach(Schema):
    """How far an item reaches. ``placing``: where one may file, and by which place the deciding unit is found.
    ``opening`` answers for ``here``, ``there`` and ``on``; null unless both places are given."""

    scopes: list[ScopeOut]  # type: ignore[valid-type]
    exemptions: list[ExemptionOut]  # type: ignore[valid-type]
    placing: PlacingOut  # type: ignore[valid-type]
    opening: OpeningOut | None  # type: ignore[valid-type]


@endpoint(router, "GET", "lists", answers={200: Lists}, conditional=True, tag="catalog")
def list_lists(request: HttpRequest) -> HttpResponse:
    """The lists of items that offices put out."""
    return _with_digest(request, {"lists": [_line(row) for row in lists.all_lists()]})


@endpoint(router, "GET", "lists/{code}", answers={200: ListWhole}, conditional=True, tag="catalog")
def get_list(
    request: HttpRequest,
    code: str,
    edition: Annotated[int | None, Query(ge=1, le=99_999, description="An earlier edition.")] = None,
) -> HttpResponse:
    """One list, its lines word for word."""
    row, found = lists.find(code), lists.edition(code, edition)
    if row is None or (edition is not None and found is None):
        raise Refusal("request.not_found")
    whole = {"list": _line(row), "annex": found.annex if found else None, "digest": found.digest if found else None}
    return _with_digest(request, whole)


@endpoint(router, "GET", "items/{key}/reach", answers={200: Reach}, conditional=True, tag="catalog")
def get_reach(
    request: HttpRequest,
    key: str,
    here: Annotated[str | None, Query(pattern=r"^\d{6}$", description="Where the applicant is.")] = None,
    there: Annotated[str | None, Query(pattern=r"^\d{6}$", description="The place the matter belongs to.")] = None,
    on: Annotated[date | None, Query(description="A day; today by default.")] = None,
) -> HttpResponse:
    """Stages of pilots, territories and exemptions of an item, and what is open between two places on a day."""
    placing = routing.placing(key)
    if placing is None:
        raise Refusal("request.not_found")
    for field, code in (("here", here), ("there", there)):
        if code and organizations.region(code) is None:
            raise Refusal("request.invalid", fields={field: "unknown_region"})
    day = on or local_date(clock.now())
    return _with_digest(
        request,
        {
            "scopes": reach.scopes(key),
            "exemptions": reach.exemptions(key),
            "placing": placing,
            "opening": reach.opening(key, here, there, day) if here and there else None,
        },
    )


def _line(row: ListView) -> dict[str, Any]:
    return present(row, expected=row.expected)


def _with_digest(request: HttpRequest, value: Any) -> HttpResponse:
    etag = f'"{hashlib.sha256(encode(value)).hexdigest()[:16]}"'
    return unchanged(etag) if etags.is_known(request, etag) else reply(value, etag=etag)
