"""The feed of changes of the catalog: follow it, and you hold what this node holds."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from tongban.api import cursors, etags
from tongban.api.endpoint import endpoint
from tongban.api.shapes import encode, reply, shape, unchanged
from tongban.items.feed import Change, changes_after
from tongban.kernel.problems import Refusal

router = Router()
Kind = Literal["entry", "base", "implementation", "standing", "scope", "exemption", "edition"]


class ChangeList(Schema):
    """Changes, oldest first. ``next`` is always there: keep it, and ask again later from where you stood."""

    changes: list[shape("CatalogChange", Change)]  # type: ignore[valid-type]
    next: str
    more: bool


@endpoint(router, "GET", "catalog/changes", answers={200: ChangeList}, conditional=True, tag="catalog")
def list_catalog_changes(
    request: HttpRequest,
    cursor: Annotated[str | None, Query(max_length=300, description="The ``next`` of the last answer.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    kind: Annotated[Kind | None, Query()] = None,
    owner: Annotated[str | None, Query(max_length=32, description="Only what this node owns.")] = None,
) -> HttpResponse:
    """What changed in the catalog, in the order of the commits.

    Without ``cursor`` from the beginning. ``next`` can be kept for as long as you like; nothing is skipped, also not
    what was being written while you asked. While nothing is new, If-None-Match is answered 304.
    """
    after = cursors.open_cursor("changes", cursor)
    if after is not None and not after.isdecimal():
        raise Refusal("request.malformed", reason="bad_cursor")
    feed = changes_after(int(after or 0), limit, kind=kind, owner=owner)
    sealed = cursors.seal("changes", str(feed.last))
    value = {"changes": feed.changes, "next": sealed, "more": feed.more}
    etag = f'"{hashlib.sha256(encode(value)).hexdigest()[:16]}"'
    return unchanged(etag) if etags.is_known(request, etag) else reply(value, etag=etag)
