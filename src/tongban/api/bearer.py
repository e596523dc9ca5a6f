"""Who calls: a bearer token (RFC 6750) → registered client, the person it acts for, and the scopes it opens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from tongban.api.scopes import Scope
from tongban.identity import queries as identity
from tongban.identity.queries import ApiClientView
from tongban.journal import clock
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal


class Bearer:
    """Demands a usable token, and the scope if one is named. Without a valid token 401, without the scope 403."""

    openapi_security_schema: ClassVar[dict[str, Any]] = {
        "type": "http", "scheme": "bearer",
        "description": "A token `tb_…` issued by this node to a registered client, for itself or for one person.",
    }

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiClientView:
        scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
        client = identity.client_by_token(token.strip()) if scheme.lower() == "bearer" else None
        if client is None:
            raise Refusal("request.unauthenticated")
        if self.scope is not None:
            client.require(self.scope)
        return client


def client_of(request: HttpRequest) -> ApiClientView:
    """The client that :class:`Bearer` let in."""
    client: ApiClientView = request.auth  # type: ignore[attr-defined]
    return client


def act_of(request: HttpRequest) -> Act:
    """One thing done through the API, now, by whom the token acts for."""
    return Act(
        client_of(request).actor,
        clock.now(),
        request_id=request.request_id,  # type: ignore[attr-defined]
        traceparent=request.traceparent,  # type: ignore[attr-defined]
    )
