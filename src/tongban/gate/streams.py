"""``GET /gate/v1/streams`` and ``/gate/v1/streams/<subject>``: the heads of our streams to the asking node, and their
messages again. Signed like a request for an attachment, and answered to the stream's receiver alone."""

from __future__ import annotations

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.exchange import offering
from tongban.exchange.installation import keys
from tongban.journal import clock
from tongban_wire.envelope import STREAM_SUBJECT
from tongban_wire.problems import WireProblem
from tongban_wire.requests import verify_request

from . import answers, limits

log = structlog.get_logger(__name__)


def heads(request: HttpRequest) -> HttpResponse:
    """``{"streams": [{"subject", "last", "digest"}…], "next": bool}``, by subject, behind ``?after=``."""
    asking = _asking(request)
    if isinstance(asking, HttpResponse):
        return asking
    after = request.GET.get("after", "")
    if len(after) > 200 or not after.isprintable():
        return answers.problem("request.malformed", whose="sender", detail="after")
    found = offering.heads(asking, after=after)
    return answers.as_json(
        {
            "streams": [{"subject": h.subject, "last": h.last, "digest": h.digest} for h in found],
            "next": len(found) == offering.HEADS,
        }
    )


def messages(request: HttpRequest, subject: str) -> HttpResponse:
    """``{"messages": [envelope…]}`` from ``?first=`` on; none if there is no such stream to the asking node."""
    asking = _asking(request)
    if isinstance(asking, HttpResponse):
        return asking
    first = request.GET.get("first", "1")
    if not STREAM_SUBJECT.fullmatch(subject) or not (first.isascii() and first.isdigit() and len(first) < 10):
        return answers.problem("request.malformed", whose="sender")
    found = offering.messages(asking, subject, int(first))
    return answers.as_json({"messages": [msgspec.Raw(raw) for raw in found]})


def _asking(request: HttpRequest) -> str | HttpResponse:
    """The node that signed the request, or the refusal."""
    if request.method != "GET":
        return answers.problem("request.method_not_allowed", whose="sender")
    if not limits.requests.take(limits.address_of(request)):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    try:
        asking = verify_request(
            request.headers.get("authorization", ""), keys().trust(), method="GET", path=request.get_full_path(),
            receiver=config().node_id, at=clock.now(),
        )  # fmt: skip
    except WireProblem as problem:
        log.warning("stream_request_refused", code=problem.code)
        return answers.problem("request.unauthenticated", whose=problem.whose, detail=problem.code)
    if not limits.seen.first_time(f"{asking.sender} {asking.nonce}"):
        return answers.problem("request.unauthenticated", whose="sender", detail="request.replayed")
    return asking.sender
