"""The carrier and the fetcher over HTTPS.

Addresses come from the trust list alone. TLS is verified, redirects are not followed, proxies of the environment are
not used, answers are bounded. Plain HTTP goes to loopback only, and only where configuration allows it, which the demo
trust root alone does (decision 20).
"""

from __future__ import annotations

import ipaddress
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from tongban.exchange.ports import BlobPart, CarrierError
from tongban.exchange.rules.patience import FIRST, Patience

ANSWER_MAX: Final = 1_000_000
PAGE_MAX: Final = 6_000_000
_UNREADABLE: Final = (ValueError, RecursionError)
"""What ``json.loads`` says of bytes that are none, or nested beyond reason."""
_RANGE: Final = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


def checked_address(address: str, *, plain_http_loopback: bool) -> str:
    """The address without a trailing slash. Raises :class:`CarrierError` unless it is https, or http to loopback."""
    parts = urlsplit(address)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise CarrierError("peer.address_refused", detail="not a plain address")
    if parts.scheme == "https":
        return address.rstrip("/")
    if parts.scheme == "http" and plain_http_loopback and _is_loopback(parts.hostname):
        return address.rstrip("/")
    raise CarrierError("peer.address_refused", detail="https is required")


def _is_loopback(host: str) -> bool:
    """Literal loopback addresses only: a name could resolve to anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls(*, roots: str = "", certificate: str = "", private_key: str = "") -> ssl.SSLContext:
    """Verification on, TLS 1.2 at least. ``roots``: a PEM file trusted instead of the system's roots; the other two are
    our own certificate, for peers that ask for one (mutual TLS)."""
    context = ssl.create_default_context(cafile=roots or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        context.load_cert_chain(certificate, private_key or None)
    return context


class HttpCarrier:
    """Carries messages and fetches blobs with one pooled client for all peers; safe to share between threads."""

    def __init__(
        self,
        *,
        plain_http_loopback: bool = False,
        verify: Any = True,
        cert: Any = None,
        connect_seconds: float = 3.0,
        answer_seconds: float | None = None,
    ) -> None:
        """``verify``: True, or an ``ssl.SSLContext`` with further roots and our certificate (:func:`tls`).

        ``answer_seconds`` fixes how long answers are waited for; without it that is learned for each peer.
        """
        self._plain = plain_http_loopback
        self._connect, self._fixed = connect_seconds, answer_seconds
        self._patience: dict[str, Patience] = {}
        self._options: dict[str, Any] = {
            "verify": verify,
            "cert": cert,
            "trust_env": False,
            "follow_redirects": False,
            "timeout": httpx2.Timeout(answer_seconds or FIRST, connect=connect_seconds),
            "limits": httpx2.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30),
            "headers": {"user-agent": "tongban"},
        }
        self._lock = threading.Lock()
        self._made: httpx2.Client | None = None

    @property
    def _client(self) -> httpx2.Client:
        """Made at the first use: reading the certificates takes a while, and most processes never send."""
        with self._lock:
            if self._made is None:
                self._made = httpx2.Client(**self._options)
            return self._made

    def patience(self, address: str) -> float:
        """Seconds that an answer of this peer is waited for now."""
        return self._fixed or self._patience.get(address, Patience()).seconds

    @contextmanager
    def _waiting(self, address: str) -> Iterator[Any]:
        """The time-outs for one request; what happens inside teaches how long to wait the next time."""
        started = time.monotonic()
        try:
            with _as_carrier_errors():
                yield httpx2.Timeout(self.patience(address), connect=self._connect)
        except CarrierError as error:
            if error.code == "peer.timeout":
                self._patience[address] = self._patience.get(address, Patience()).timed_out()
            raise
        self._patience[address] = self._patience.get(address, Patience()).answered(time.monotonic() - started)

    def close(self) -> None:
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None

    def post(
        self, address: str, envelopes: Sequence[bytes], *, traceparent: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Envelopes are JSON objects, so a batch is their texts joined; nothing is parsed or written again."""
        url = checked_address(address, plain_http_loopback=self._plain) + "/gate/v1/messages"
        headers = {"content-type": "application/json"}
        if traceparent is not None:
            headers["traceparent"] = traceparent
        body = b'{"messages":[' + b",".join(envelopes) + b"]}"
        with self._waiting(address) as timeout, self._client.stream(
            "POST", url, content=body, headers=headers, timeout=timeout
        ) as response:
            content = _bounded(response)
            if response.status_code != 200:
                raise CarrierError("peer.status", detail=f"{response.status_code} {_code_of(content)}")
        try:
            answers = json.loads(content)["answers"]
        except (*_UNREADABLE, KeyError, TypeError):
            raise CarrierError("peer.answer_unreadable") from None
        if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
            raise CarrierError("peer.answer_unreadable")
        return answers

    def get(self, address: str, path: str, *, authorization: str) -> Mapping[str, Any]:
        url = checked_address(address, plain_http_loopback=self._plain) + path
        headers = {"authorization": authorization}
        with (
            self._waiting(address) as timeout,
            self._client.stream("GET", url, headers=headers, timeout=timeout) as response,
        ):
            content = _bounded(response, PAGE_MAX)
            if response.status_code != 200:
                raise CarrierError("peer.status", detail=f"{response.status_code} {_code_of(content)}")
        try:
            found = json.loads(content)
        except _UNREADABLE:
            raise CarrierError("peer.answer_unreadable") from None
        if not isinstance(found, dict):
            raise CarrierError("peer.answer_unreadable")
        return found

    @contextmanager
    def fetch(self, address: str, path: str, *, authorization: str, offset: int) -> Iterator[BlobPart]:
        """``path`` begins with a slash and is what the authorization covers."""
        url = checked_address(address, plain_http_loopback=self._plain) + path
        headers = {"authorization": authorization, "accept-encoding": "identity"}
        if offset:
            headers["range"] = f"bytes={offset}-"
        with _as_carrier_errors(), self._client.stream("GET", url, headers=headers) as response:
            yield _part_of(response, offset)


def _part_of(response: httpx2.Response, offset: int) -> BlobPart:
    media_type = response.headers.get("content-type", "application/octet-stream")[:100]
    if response.status_code == 200:
        total = response.headers.get("content-length", "")
        if not total.isdigit():
            raise CarrierError("peer.answer_unreadable", detail="no length")
        return BlobPart(0, int(total), media_type, response.iter_raw())
    if response.status_code == 206:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if found is None or int(found[1]) != offset:
            raise CarrierError("peer.answer_unreadable", detail="content-range")
        return BlobPart(offset, int(found[3]), media_type, response.iter_raw())
    if response.status_code == 416:
        found_total = re.fullmatch(r"bytes \*/(\d{1,12})", response.headers.get("content-range", ""))
        if found_total and int(found_total[1]) == offset:
            return BlobPart(offset, offset, media_type, iter(()))
        raise CarrierError("peer.answer_unreadable", detail="range not satisfiable")
    content = _bounded(response)
    if response.status_code == 404:
        raise CarrierError("blob.not_found", detail=_code_of(content))
    if response.status_code in (401, 403):
        raise CarrierError("blob.refused", detail=_code_of(content))
    raise CarrierError("peer.status", detail=f"{response.status_code} {_code_of(content)}")


def _bounded(response: httpx2.Response, most: int = ANSWER_MAX) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > most:
            raise CarrierError("peer.answer_unreadable", detail="too long")
    return bytes(content)


def _code_of(content: bytes) -> str:
    """The code in a problem document, if it has one; nothing else of what a peer says gets into our logs."""
    try:
        code = json.loads(content).get("code", "")
    except (*_UNREADABLE, AttributeError):
        return ""
    return code[:80] if isinstance(code, str) and re.fullmatch(r"[a-z_.]{1,80}", code) else ""


@contextmanager
def _as_carrier_errors() -> Iterator[None]:
    try:
        yield
    except httpx2.TimeoutException as error:
        raise CarrierError("peer.timeout", detail=type(error).__name__) from error
    except httpx2.TransportError as error:
        raise CarrierError("peer.unreachable", detail=type(error).__name__) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise CarrierError("peer.unreachable", detail=type(error).__name__) from error
