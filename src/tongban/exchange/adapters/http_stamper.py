"""A time-stamping authority over HTTP (RFC 3161 §3.4). The answer is bounded and checked before it is believed."""

from __future__ import annotations

import secrets

import httpx2

from tongban.exchange.timestamping import StamperUnavailable
from tongban_wire.problems import WireProblem
from tongban_wire.stamps import MAX_TOKEN, ask, read_time_stamp, token_of


class HttpStamper:
    """``address`` and ``certificate`` are the operator's configuration, never something a peer said."""

    def __init__(self, address: str, certificate: bytes, *, seconds: float = 10.0) -> None:
        self._address, self._certificate, self._seconds = address, certificate, seconds

    @property
    def certificate(self) -> bytes:
        return self._certificate

    def stamp(self, data: bytes) -> bytes:
        headers = {"content-type": "application/timestamp-query", "user-agent": "tongban"}
        nonce = 1 + secrets.randbits(62)
        query = ask(data, nonce)
        try:
            with httpx2.stream(
                "POST", self._address, content=query, headers=headers, timeout=self._seconds, trust_env=False
            ) as response:
                answer = bytearray()
                for chunk in response.iter_bytes():
                    answer += chunk
                    if len(answer) > MAX_TOKEN:
                        raise StamperUnavailable("stamper.answer_unreadable")
                if response.status_code != 200:
                    raise StamperUnavailable(f"stamper.status:{response.status_code}")
            token = token_of(bytes(answer))
            if read_time_stamp(token, data, self._certificate).nonce != nonce:
                raise StamperUnavailable("time_stamp.wrong")  # RFC 3161 §2.4.2: an answer repeats the number asked with
        except httpx2.HTTPError as error:
            raise StamperUnavailable("stamper.unreachable") from error
        except WireProblem as problem:
            raise StamperUnavailable(problem.code) from problem
        return token
