"""Readers of pages over kept connections: ``python -m bench.page_client`` reads its order from standard input.

Order (JSON): host, port, users, seconds, pause (mean seconds between an answer and the next question), paths, and
optionally cookie. Answer (JSON): latencies in ms, counts by status, seconds run.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Carry an order out in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.page_client"], input=json.dumps(order), capture_output=True, text=True,
        check=True, cwd=ROOT,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(run.stdout)
    return found


async def _clients(order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"ms": [], "statuses": {}}
    started = time.perf_counter()
    await asyncio.gather(*(_one(order, n, started + order["seconds"], found) for n in range(order["users"])))
    found["seconds"] = time.perf_counter() - started
    return found


async def _one(order: dict[str, Any], number: int, until: float, found: dict[str, Any]) -> None:
    dice = random.Random(number)
    await asyncio.sleep(order["pause"] * dice.random())
    reader, writer = await asyncio.open_connection(order["host"], order["port"], limit=2**22)
    heads = f"Host: 127.0.0.1:{order['port']}\r\nAccept-Language: zh-CN\r\n"
    heads += f"Cookie: {order['cookie']}\r\n" if order.get("cookie") else ""
    while time.perf_counter() < until:
        path, started = dice.choice(order["paths"]), time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\n{heads}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
        found["ms"].append((time.perf_counter() - started) * 1000)
        status = head[9:12].decode()
        found["statuses"][status] = found["statuses"].get(status, 0) + 1
        await asyncio.sleep(order["pause"] * (0.5 + dice.random()))
    writer.close()


if __name__ == "__main__":
    json.dump(asyncio.run(_clients(json.load(sys.stdin))), sys.stdout)
