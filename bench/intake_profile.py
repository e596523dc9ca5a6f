"""One process, one thread: where the time of a filing goes. Started by ``bench.intake`` with the node's environment."""

from __future__ import annotations

import cProfile
import io
import json
import pstats
import re
import sys
import time
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any


def main() -> None:
    order = json.load(sys.stdin)
    from tongban.ops import boot

    boot.setup(pool=True)
    import logging

    logging.disable(logging.INFO)
    from django.db import connection

    from tongban.wsgi import application

    for _ in range(20):
        _call(application, order)
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[_shape(sql)].append((time.perf_counter() - started) * 1000)

    cpu = time.thread_time()
    walls = _walls(application, order)
    cpu = (time.thread_time() - cpu) / len(walls) * 1000
    with connection.execute_wrapper(timed):
        _walls(application, order)
    total, count = sum(walls), len(walls)
    print(f"profile, one thread, {count} filings: {total / count:.2f} ms each, of which {cpu:.2f} ms CPU; SQL inside:")
    for sql, times in sorted(spent.items(), key=lambda kv: -sum(kv[1])):
        print(f"  {sum(times) / count:6.3f} ms  {len(times) / count:4.1f} x  {sql}")
    inside = sum(sum(times) for times in spent.values()) / count
    print(f"  {inside:6.3f} ms  in SQL; the commit and the rest {total / count - inside:.3f} ms")
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    _walls(application, order)
    profile.disable()
    _by_package(profile, count)
    if "--functions" in sys.argv:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(110)


def _walls(application: Any, order: dict[str, Any]) -> list[float]:
    walls = []
    for _ in range(order["count"]):
        started = time.perf_counter()
        _call(application, order)
        walls.append((time.perf_counter() - started) * 1000)
    return walls


def _call(application: Any, order: dict[str, Any]) -> None:
    body = order["body"].encode()
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/filings", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)), "HTTP_AUTHORIZATION": f"Bearer {order['token']}",
        "HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex, "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1",
    }
    statuses: list[str] = []
    answer = application(environ, lambda status, headers: statuses.append(status))
    b"".join(answer)
    answer.close()
    if not statuses[0].startswith("201"):
        raise SystemExit(f"{statuses[0]}")


def _shape(sql: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\([^()]{30,}\)", "(…)", str(sql))).strip()[:110]


def _by_package(profile: cProfile.Profile, count: int) -> None:
    own: dict[str, float] = defaultdict(float)
    for (file, _line, function), (_cc, _nc, tottime, _ct, _callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        own[_package(file, function)] += tottime * 1000 / count
    print("own CPU time by package under the profiler (which slows Python about twofold):")
    for package, ms in sorted(own.items(), key=lambda kv: -kv[1])[:14]:
        print(f"  {ms:6.3f} ms  {package}")


def _package(file: str, function: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if "tongban" in parts:
        return "tongban." + parts[parts.index("tongban") + 1].removesuffix(".py")
    if file == "~":
        return "built-in" if "psycopg" not in function else "psycopg"
    return "standard library"


if __name__ == "__main__":
    main()
