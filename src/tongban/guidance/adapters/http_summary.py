"""Another node's public summary over HTTPS; plain HTTP to loopback only where configuration allows it."""

from __future__ import annotations

import ipaddress
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx2 as httpx

from tongban.guidance.ports import SummaryUnavailable
from tongban.guidance.rules.coverage import MOST_BYTES, PATH

SECONDS: Final = 5.0


class HttpSummarySource:
    """One short-lived connection per asking; addresses come from the trust list, redirects are not followed."""

    def __init__(self, *, plain_http_loopback: bool = False, verify: ssl.SSLContext | bool = True) -> None:
        self._plain, self._verify = plain_http_loopback, verify

    def fetch(self, address: str) -> bytes:
        self._check(address)
        try:
            with (
                httpx.Client(verify=self._verify, timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", address.rstrip("/") + PATH) as answer,
            ):
                if answer.status_code != 200:
                    raise SummaryUnavailable("peer.status")
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise SummaryUnavailable("peer.answer_unreadable")
                return bytes(body)
        except httpx.HTTPError:
            raise SummaryUnavailable("peer.unreachable") from None

    def _check(self, address: str) -> None:
        parts = urlsplit(address)
        try:
            loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
        except ValueError:
            loopback = False
        if parts.scheme != "https" and not (parts.scheme == "http" and self._plain and loopback):
            raise SummaryUnavailable("peer.address")
