"""``GET /gate/v1/node`` and ``/gate/v1/trust-list``: what anybody may know of this node."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import clock

from . import answers, limits
from .messages import MOST_BYTES, MOST_MESSAGES


def describe(request: HttpRequest) -> HttpResponse:
    """Who this is, which protocol it speaks, its limits and its time. No secrets, no people."""
    if request.method != "GET":
        return answers.problem("request.method_not_allowed", whose="sender")
    cfg, held = config(), directory.held()
    if held is None:
        return answers.problem("node.unavailable", whose="receiver", detail="not enrolled")
    return answers.as_json(
        {
            "node": cfg.node_id,
            "name": cfg.node_name,
            "protocol": [1],
            "key": directory.my_key().kid,
            "trust_list": {"version": held.trust.version, "expires_at": held.trust.expires_at.isoformat()},
            "limits": {"messages": MOST_MESSAGES, "bytes": MOST_BYTES, "attachment": cfg.upload_max_bytes},
            "time": clock.now().isoformat(),
        }
    )


def trust_list(request: HttpRequest) -> HttpResponse:
    """The signed trust list as this node holds it; whoever reads it checks the signature against the pinned root."""
    if request.method != "GET":
        return answers.problem("request.method_not_allowed", whose="sender")
    if not limits.requests.take(limits.address_of(request)):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    held = directory.held()
    if held is None:
        return answers.problem("request.not_found", whose="receiver")
    tag = f'"{held.digest}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(held.signed, content_type="application/jose", headers={"ETag": tag})
    response["Cache-Control"] = "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
