"""The directory's list over HTTPS (over HTTP on loopback in the demo; the caller has checked the address)."""

from __future__ import annotations

import ssl
from typing import Final

import httpx2 as httpx

from tongban.directory.ports import SourceUnavailable
from tongban_wire.trust import MAX_BYTES

PATH: Final = "/gate/v1/trust-list"
SECONDS: Final = 10.0


class HttpListSource:
    """One short-lived connection per fetch: a list is fetched once a minute at most.

    ``verify``: True, or an ``ssl.SSLContext`` with further roots and our certificate, as peers are reached with.
    """

    def __init__(self, *, verify: ssl.SSLContext | bool = True) -> None:
        self._verify = verify

    def fetch(self, address: str) -> bytes:
        try:
            with (
                httpx.Client(verify=self._verify, timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", address.rstrip("/") + PATH) as answer,
            ):
                if answer.status_code != 200:
                    raise SourceUnavailable("peer.status", str(answer.status_code))
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise SourceUnavailable("peer.answer_unreadable", "too large")
                return bytes(body)
        except httpx.HTTPError as error:
            raise SourceUnavailable("peer.unreachable", type(error).__name__) from None
