"""``GET /gate/v1/blobs/<digest>``: an attachment's bytes, to a node that was sent a message naming it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

import structlog
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from tongban.config import config
from tongban.exchange import blobs
from tongban.exchange.installation import keys
from tongban.journal import clock
from tongban_wire.problems import WireProblem
from tongban_wire.requests import verify_request

from . import answers, limits

log = structlog.get_logger(__name__)

_RANGE: Final = re.compile(r"bytes=(\d{1,12})-")


def serve(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The bytes, or from ``Range: bytes=N-`` on. 401 unsigned; 404 if not here or not theirs."""
    if request.method != "GET":
        return answers.problem("request.method_not_allowed", whose="sender")
    if not limits.requests.take(limits.address_of(request)):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    try:
        asking = verify_request(
            request.headers.get("authorization", ""),
            keys().trust(),
            method="GET",
            path=request.path,
            receiver=config().node_id,
            at=clock.now(),
        )
    except WireProblem as problem:
        log.warning("blob_request_refused", code=problem.code)
        return answers.problem("request.unauthenticated", whose=problem.whose, detail=problem.code)
    if not limits.seen.first_time(f"{asking.sender} {asking.nonce}"):
        return answers.problem("request.unauthenticated", whose="sender", detail="request.replayed")
    if not blobs.DIGEST.fullmatch(digest) or not blobs.may_have(asking.sender, digest):
        return answers.problem("request.not_found", whose="sender")
    known = blobs.info([digest]).get(digest)
    try:
        file = blobs.open(digest)
    except blobs.BlobMissing:
        return answers.problem("request.not_found", whose="receiver")
    if known is None or known.size is None:
        file.close()
        return answers.problem("request.not_found", whose="receiver")
    return _answer(file, known.size, known.media_type, request.headers.get("range", ""))


def _answer(file: BinaryIO, size: int, media_type: str, wanted: str) -> HttpResponseBase:
    found = _RANGE.fullmatch(wanted)
    offset = int(found[1]) if found else 0
    if found and offset >= size:
        file.close()
        refused = answers.problem("request.range_not_satisfiable", whose="sender")
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    response = StreamingHttpResponse(_chunks(file, offset), status=206 if found else 200, content_type=media_type)
    response["Content-Length"] = str(size - offset)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "attachment"
    if found:
        response["Content-Range"] = f"bytes {offset}-{size - 1}/{size}"
    return response


def _chunks(file: BinaryIO, offset: int) -> Iterator[bytes]:
    with file:
        file.seek(offset)
        while chunk := file.read(blobs.CHUNK):
            yield chunk
