"""What public pages cost: CPU of the node's web processes and of its database, bytes and requests of a first visit.

CPU is what the kernel's scheduler gave to their threads (``/proc/*/task/*/schedstat``, nanoseconds), read before and
after every single request, with one reader and no other load on the node; all threads count, so work that a process
does beside the request counts too. Limits: median CPU of web and database together, bytes compressed, requests.
"""

from __future__ import annotations

import gzip
import http.client
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from bench import machine

MOST_CPU, MOST_BYTES, MOST_REQUESTS = 15.0, 100_000, 15
ROUNDS: Final = 40
_PLACES: Final = "here=440305&there=630100"
PROVINCE: Final[Mapping[str, str]] = {
    "home": "/",
    "search, hits": f"/search?q={quote('老家的养老保险转过来')}&{_PLACES}",
    "search, English": f"/search?q=renew+driver+licence&{_PLACES}",
    "search, no hits": f"/search?q={quote('月球采矿许可证')}&{_PLACES}",
    "way, by words": f"/way?q={quote('驾驶员换证')}&{_PLACES}",
    "way, by item": f"/way?item=QH2020-1-07&{_PLACES}",
    "guide, open here": f"/items/QH2020-2-48?{_PLACES}",
    "guide, pension (FAQ, contacts)": f"/items/QH2020-1-07?{_PLACES}",
    "guide, no place chosen": "/items/QH2020-1-01",
    "checklist": f"/items/QH2020-1-07/checklist?{_PLACES}",
    "checklist, situations": f"/items/QH2020-2-48/checklist?{_PLACES}",
    "item list": "/items",
    "item list, filtered": "/items?audience=enterprise&mode=online",
    "life events": "/life",
    "one life event": "/life?event=marry",
    "zones": "/zones",
    "national zone, coverage": "/zones/national",
    "province's zone, coverage": "/zones/440000",
    "regional zone, coverage": "/zones/yellow-river",
    "coverage as data": "/zones/coverage.json",
    "catalog lists": "/lists",
    "one catalog list": "/lists/QH2020",
    "statistics": "/statistics",
    "entrances": "/entrances",
    "help": "/help",
    "framed search box": "/embed/search",
    "sign-in": "/sign-in",
}
NATIONAL: Final[Mapping[str, str]] = {
    "national home": "/",
    "national search": f"/search?q={quote('社保卡换地方用')}&here=440305&there=630100",
    "national guide": "/items/QH2020-2-48",
    "national zone": "/zones/national",
}
_PART: Final = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*?(?:href|src)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU in ms; ``first`` is the very first request for the page in these processes."""

    first: float
    web: float
    database: float
    median: float
    p95: float
    bytes: int
    requests: int

    @property
    def within(self) -> bool:
        return self.median <= MOST_CPU and self.bytes <= MOST_BYTES and self.requests <= MOST_REQUESTS


def server_of(url: str) -> int:
    """The process that is the parent of all of the database's; asked of the database, on this machine."""
    with psycopg.connect(url) as db:
        row = db.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return int(Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1])


def cpu_ns(pids: Iterable[int]) -> int:
    """CPU nanoseconds so far of all threads of these processes."""
    total = 0
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(file.read_text().split()[0])
            except (OSError, IndexError):
                continue
    return total


class Reader:
    """One reader with one kept connection, who takes compressed answers."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self._heads = {"Host": f"127.0.0.1:{port}", "Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}

    def get(self, path: str) -> tuple[bytes, int]:
        """The content, and how many bytes it is when compressed."""
        self._connection.request("GET", path, headers=self._heads)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if answer.headers.get("Content-Encoding") == "gzip":
            return gzip.decompress(body), len(body)
        return body, len(gzip.compress(body, 6))


def cost(reader: Reader, path: str, web: int, database: int, *, rounds: int = ROUNDS) -> Cost:
    """``web`` and ``database``: the processes at the roots of their trees."""
    before = cpu_ns(machine.tree_of(web)), cpu_ns(machine.tree_of(database))
    content, size = reader.get(path)
    first = sum((cpu_ns(machine.tree_of(web)) - before[0], cpu_ns(machine.tree_of(database)) - before[1])) / 1e6
    parts = set(_PART.findall(content.decode()))
    size += sum(reader.get(part)[1] for part in parts if part.startswith("/"))
    for _ in range(8):  # both web processes and several of their threads have seen it then
        reader.get(path)
    trees = machine.tree_of(web), machine.tree_of(database)
    spent = []
    for _ in range(rounds):
        before = cpu_ns(trees[0]), cpu_ns(trees[1])
        reader.get(path)
        spent.append(((cpu_ns(trees[0]) - before[0]) / 1e6, (cpu_ns(trees[1]) - before[1]) / 1e6))
    sums = sorted(map(sum, spent))
    return Cost(
        first, statistics.median(s[0] for s in spent), statistics.median(s[1] for s in spent),
        statistics.median(sums), sums[int(0.95 * len(sums))], size, 1 + len(parts),
    )  # fmt: skip


def table(title: str, pages: Mapping[str, str], host: str, port: int, web: int, database: int) -> int:
    """A line for every page; returns how many are over a limit."""
    print(f"{title}: CPU ms of web + database, median of {ROUNDS} warm requests (p95; the first); limits"
          f" {MOST_CPU:.0f} ms, {MOST_BYTES // 1000} kB compressed with all parts, {MOST_REQUESTS} requests")  # fmt: skip
    over = 0
    for name, path in pages.items():
        found = cost(Reader(host, port), path, web, database)
        over += not found.within
        print(
            f"  {name:<31} {found.web:5.1f} + {found.database:4.1f} = {found.median:5.1f} ms (p95 {found.p95:5.1f};"
            f" first {found.first:6.1f})  {found.bytes / 1000:5.1f} kB  {found.requests:2d} requests "
            f" {'within' if found.within else 'OVER'}",
            flush=True,
        )
    return over
