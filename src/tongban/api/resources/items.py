"""The catalog: what can be applied for across provinces, by search or in the order of the annex."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from tongban.api import cursors, etags
from tongban.api.endpoint import endpoint
from tongban.api.shapes import encode, present, reply, shape, unchanged
from tongban.cases.rules.modes import Mode, duties
from tongban.items import queries
from tongban.items.queries import EntryView, Hit, VersionView, Why
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

router = Router()

Entry = shape("Entry", EntryView, guide=(dict[str, Any] | None, ...))
ItemLine = shape("ItemLine", EntryView, score=(float | None, None), why=(Why | None, None))
Version = shape(
    "Version", VersionView, without={"guide"}, guide=(dict[str, Any], ...), filed_by=(dict[str, str], ...)
)


class ItemList(Schema):
    """Entries of the annex. With ``q`` ranked, best first, and ``next`` is null; without, in order, paged."""

    items: list[ItemLine]  # type: ignore[valid-type]
    next: str | None


@endpoint(router, "GET", "items", answers={200: ItemList}, conditional=True, tag="catalog")
def list_items(
    request: HttpRequest,
    q: Annotated[str | None, Query(max_length=200, description="Everyday words, Chinese, pinyin or English.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    audience: Annotated[Literal["individual", "enterprise"] | None, Query()] = None,
    theme: Annotated[str | None, Query(max_length=50)] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> HttpResponse:
    """Find items.

    With ``q``: ranked, best first, at most ``limit``. Without: all 138 entries in the order of the annex, paged.
    """
    if q is not None and q.strip():
        hits = queries.search(q, limit=limit, audience=audience, theme=theme)
        return _with_digest(request, {"items": [_line(hit) for hit in hits], "next": None}, public_seconds=60)
    after = cursors.open_cursor("items", cursor)
    page = queries.entries(after, limit, audience=audience, theme=theme)
    lines = [present(entry, score=None, why=None) for entry in page.items]
    return _with_digest(request, {"items": lines, "next": cursors.seal("items", page.next)}, public_seconds=60)


@endpoint(router, "GET", "items/{key}", answers={200: Entry}, conditional=True, tag="catalog")
def get_item(request: HttpRequest, key: str) -> HttpResponse:
    """One entry of the annex with its guide; the guide's ``gaps`` name what is not known yet."""
    entry = queries.entry(key)
    if entry is None:
        raise Refusal("request.not_found")
    return _with_digest(request, present(entry, guide=queries.guide(key)))


@endpoint(
    router, "GET", "items/{key}/version", answers={200: Version}, problems=(409,), conditional=True, tag="catalog"
)
def get_item_version(
    request: HttpRequest,
    key: str,
    node: Annotated[str | None, Query(max_length=32, description="The competent node, if it is known.")] = None,
) -> HttpResponse:
    """What to fill in and hand over today.

    ``filed_by`` says for each mode who files it: ``applicant`` (``POST /filings``, or the pages) or ``window`` (proxy:
    only at a window, by its clerk). ``node`` names the place that decides; its version, not this node's, is filed under
    and its regions are to be named. The form as JSON Schema 2020-12, the materials, limits, plan and guide of the
    version in force. 409 ``state.item_not_open`` if the item cannot be filed through this platform yet.
    """
    if queries.entry(key) is None:
        raise Refusal("request.not_found")
    version = queries.open_version(key, competent_node=node, on=local_date(clock.now()))
    if version is None:
        raise Refusal("state.item_not_open", item=key)
    filed_by = {mode: duties(Mode(mode)).files.value for mode in version.modes}
    return _with_digest(request, present(version, filed_by=filed_by))


def _line(hit: Hit) -> dict[str, Any]:
    return present(hit.entry, score=hit.score, why=hit.why)


def _with_digest(request: HttpRequest, value: Any, *, public_seconds: int = 0) -> HttpResponse:
    etag = f'"{hashlib.sha256(encode(value)).hexdigest()[:16]}"'
    return unchanged(etag) if etags.is_known(request, etag) else reply(value, etag=etag, public_seconds=public_seconds)
