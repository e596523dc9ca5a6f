"""The documented shape of an answer, taken from the view it shows, and the answer itself.

Views of the slices are frozen dataclasses of plain values; the API shows their fields under the same names, less those
named in ``without``. The committed ``docs/openapi.json`` makes every change of a shape visible in review.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any, get_type_hints

import msgspec
from django.http import HttpResponse
from ninja import Schema
from pydantic import ConfigDict, create_model

_ENCODER = msgspec.json.Encoder()


class Strict(Schema):
    """A request body: every field named, none unknown, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


def shape(name: str, view: type[Any], *, without: Collection[str] = (), **more: Any) -> type[Schema]:
    """A schema named ``name`` with the fields of ``view``; ``more`` adds fields as pydantic writes them."""
    hints = get_type_hints(view)
    taken: dict[str, Any] = {
        field.name: (hints[field.name], ...) for field in dataclasses.fields(view) if field.name not in without
    }
    doc = (view.__doc__ or "").strip()
    return create_model(name, __base__=Schema, __doc__=doc, **taken, **more)


def present(view: Any, *, without: Collection[str] = (), **more: Any) -> dict[str, Any]:
    """The fields of ``view`` as they are answered."""
    found = {f.name: getattr(view, f.name) for f in dataclasses.fields(view) if f.name not in without}
    return {**found, **more}


def encode(value: Any) -> bytes:
    """JSON; dataclasses, dates, instants (RFC 3339) and UUIDs included."""
    return _ENCODER.encode(value)


def reply(value: Any, *, status: int = 200, etag: str | None = None, public_seconds: int = 0) -> HttpResponse:
    """``value`` as an answer. ``public_seconds``: how long anybody may keep it; 0: private, asked again each time."""
    response = HttpResponse(encode(value), status=status, content_type="application/json")
    if etag:
        response.headers["ETag"] = etag
    response.headers["Cache-Control"] = (
        f"public, max-age={public_seconds}" if public_seconds else "private, no-cache" if etag else "no-store"
    )
    return response


def unchanged(etag: str) -> HttpResponse:
    """304: the caller's copy is good."""
    response = HttpResponse(status=304)
    response.headers["ETag"] = etag
    del response.headers["Content-Type"]
    return response
