"""Version 1 of the interface, put together: every resource in its own file, one way of refusing."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tongban.api import faults
from tongban.api.parser import StrictParser
from tongban.api.resources import ROUTERS

DESCRIPTION: Final = """\
One node of 跨省通办, for departments' own systems: the catalog (public), filings of the person a token acts for,
and the cases and parts of a reviewer's authority.

* Errors are `application/problem+json` with a `code` from the closed list at `/api/v1/problems`.
* Creating needs an `Idempotency-Key`; steps need the `ETag` they act on in `If-Match`.
* Unranked lists are paged by `cursor`; `next` is null at the end.
* Bodies are read strictly: unknown fields and keys given twice are refused.
"""


def build() -> NinjaAPI:
    """A new instance with all resources mounted."""
    made = NinjaAPI(
        title="通办 Tongban", version="1.0.0", description=DESCRIPTION, openapi_url=None, docs_url=None,
        parser=StrictParser(), urls_namespace="api-v1",
    )
    for kind in (Exception, Http404, HttpError, ValidationError):  # those for which ninja has answers of its own
        made.add_exception_handler(kind, _answer)
    for router in ROUTERS:
        made.add_router("", router)
    return made


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return faults.answer(request, error if isinstance(error, Exception) else error())


api: Final = build()
