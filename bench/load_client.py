"""Clients in a closed loop over kept connections: ``python -m bench.load_client`` reads its order from standard input.

Order (JSON): host, port, clients, seconds, heads (request heads without Idempotency-Key and Content-Length), bodies.
Answer (JSON): counts by status, latencies in ms, seconds run, a sample of an answer that was no 201.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from typing import Any


async def _client(order: dict[str, Any], number: int, until: float, found: dict[str, Any]) -> None:
    reader, writer = await asyncio.open_connection(order["host"], order["port"])
    head = order["heads"][number % len(order["heads"])].encode()
    body = order["bodies"][number % len(order["bodies"])].encode()
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(
            b"%sIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (head, uuid.uuid4().hex.encode(), len(body), body)
        )
        answer = await reader.readuntil(b"\r\n\r\n")
        lower = answer.lower()
        at = lower.index(b"content-length:") + 15
        text = await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
        status = answer[9:12].decode()
        found["statuses"][status] = found["statuses"].get(status, 0) + 1
        found["ms"].append((time.perf_counter() - started) * 1000)
        if status != "201":
            found["sample"] = text.decode(errors="replace")[:1500]
    writer.close()


async def _run(order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"statuses": {}, "ms": [], "sample": "", "pid": os.getpid()}
    started = time.perf_counter()
    until = started + order["seconds"]
    await asyncio.gather(*(_client(order, n, until, found) for n in range(order["clients"])))
    found["seconds"] = time.perf_counter() - started
    times = os.times()
    found["cpu"] = times.user + times.system
    return found


if __name__ == "__main__":
    json.dump(asyncio.run(_run(json.load(sys.stdin))), sys.stdout)
