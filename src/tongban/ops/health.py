"""``/livez``, ``/readyz`` and ``/metrics``: for load balancers and Prometheus. JSON with ages, never a secret."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from tongban.config import config
from tongban.ops import metrics, readiness


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that a database outage never restarts the web processes."""
    return _reading(request) or JsonResponse({"status": "ok", "node": config().node_id})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every needed check passes, else 503; checks that do not stop traffic are listed all the same."""
    if refused := _reading(request):
        return refused
    found = readiness.checks()
    ready = all(check.ok for check in found if check.needed)
    status = "ok" if all(check.ok for check in found) else "degraded" if ready else "unavailable"
    return JsonResponse(
        {"status": status, "node": config().node_id,
         "checks": {c.name: {"ok": c.ok, "needed": c.needed, **c.facts} for c in found}},
        status=200 if ready else 503,
    )


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus text, to this machine itself or with the token of ``metrics.token`` in the node's home."""
    if refused := _reading(request):
        return refused
    if not (_has_token(request) or _is_local(request)):
        return JsonResponse({"status": "forbidden"}, status=403)
    return HttpResponse(metrics.render(), content_type=CONTENT_TYPE_LATEST)


def _reading(request: HttpRequest) -> HttpResponse | None:
    return None if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])


def _has_token(request: HttpRequest) -> bool:
    file = config().home / "metrics.token"
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return file.is_file() and bool(given) and hmac.compare_digest(file.read_bytes().strip(), given)


def _is_local(request: HttpRequest) -> bool:
    """From loopback and not through a proxy: behind one, everybody seems to be local."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
