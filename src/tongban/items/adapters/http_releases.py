"""A node's catalog releases over HTTPS (over HTTP on loopback in the demo; the caller has checked the address)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from typing import Final

import httpx2 as httpx

from tongban.items.ports import SourceUnavailable
from tongban.items.rules.releases import MAX_BYTES

PATH: Final = "/gate/v1/catalog"
SECONDS: Final = 10.0


class HttpReleaseSource:
    """One short-lived connection per question. ``verify``: True, or a context with our roots and our certificate."""

    def __init__(self, *, verify: ssl.SSLContext | bool = True) -> None:
        self._verify = verify

    def fetch(self, address: str, after: int) -> Sequence[str]:
        try:
            with (
                httpx.Client(verify=self._verify, timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", address.rstrip("/") + PATH, params={"after": str(after)}) as answer,
            ):
                if answer.status_code != 200:
                    raise SourceUnavailable("peer.status", str(answer.status_code))
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > 2 * MAX_BYTES:
                        raise SourceUnavailable("peer.answer_unreadable", "too large")
            found = json.loads(bytes(body))["releases"]
            if not all(isinstance(each, str) for each in found):
                raise SourceUnavailable("peer.answer_unreadable")
            return tuple(found)
        except httpx.HTTPError as error:
            raise SourceUnavailable("peer.unreachable", type(error).__name__) from None
        except (ValueError, KeyError, TypeError):
            raise SourceUnavailable("peer.answer_unreadable") from None
