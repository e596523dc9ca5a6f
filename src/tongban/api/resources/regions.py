"""Regions of GB/T 2260, to name places with."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from tongban.api.endpoint import endpoint
from tongban.api.shapes import present, reply, shape
from tongban.kernel.problems import Refusal
from tongban.organizations import queries
from tongban.organizations.queries import RegionView

router = Router()
Region = shape("Region", RegionView)
RegionPath = shape("RegionWithPath", RegionView, path=(tuple[str, ...], ...))


class RegionList(Schema):
    """Regions; never more than a few dozen, so unpaged."""

    regions: list[Region]  # type: ignore[valid-type]


Code = Annotated[str | None, Query(pattern=r"^[0-9]{6}$", description="Six digits.")]


@endpoint(router, "GET", "regions", answers={200: RegionList}, tag="catalog")
def list_regions(
    request: HttpRequest, parent: Code = None, q: Annotated[str | None, Query(min_length=1, max_length=50)] = None
) -> HttpResponse:
    """Provinces, the children of a region, or the regions a name fits.

    Without parameters: the 34 provinces. ``parent``: its children. ``q``: by name or pinyin, at most 50.
    """
    if q is not None:
        found = list(queries.search_regions(q))[:50]
    elif parent is not None and queries.region(parent) is None:
        raise Refusal("request.invalid", fields={"?parent": "region"})
    else:
        found = list(queries.children(parent))
    return reply({"regions": found}, public_seconds=3600)


@endpoint(router, "GET", "regions/{code}", answers={200: RegionPath}, tag="catalog")
def get_region(request: HttpRequest, code: str) -> HttpResponse:
    """One region with the names on the way to it."""
    region = queries.region(code)
    if region is None:
        raise Refusal("request.not_found")
    return reply(present(region, path=queries.path(code)), public_seconds=3600)
