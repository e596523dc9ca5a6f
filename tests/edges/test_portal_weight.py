"""What a page costs: bytes and requests of a first visit, CPU of the server."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path
from statistics import median

import pytest
from django.contrib.staticfiles import finders
from django.template.base import Template
from django.test import Client, utils

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

PAGES = ("/", "/search?q=老家的养老保险转过来&here=440305&there=630100", "/items", "/life", "/zones",
         "/items/QH2020-2-48?here=440305&there=630100", "/way?q=驾驶员换证&here=440305&there=630100",
         "/items/QH2020-1-07/checklist?here=440305&there=630100", "/zones/440000", "/zones/national")  # fmt: skip
MOST_BYTES, MOST_REQUESTS, MOST_CPU = 100_000, 15, 0.015


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 6))


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_is_light(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    text = answer.content.decode()
    parts = set(re.findall(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*?(?:href|src)="([^"]+)"', text))
    total = gzipped(answer.content)
    for part in parts:
        if part.startswith("/static/"):
            file = finders.find(part.removeprefix("/static/"))
            assert file, part
            total += gzipped(Path(file).read_bytes())
        else:
            total += gzipped(client.get(part).content)
    assert 1 + len(parts) <= MOST_REQUESTS
    assert total <= MOST_BYTES, f"{address} weighs {total} bytes"


SPIN_WHEN_QUIET = 0.0006
"""CPU seconds of :func:`spin` on the machine this was written on while nobody else works."""


def spin() -> float:
    """A measure of how quick a core is just now: others on the machine slow the cores themselves down."""
    before, total = time.process_time(), 0
    for i in range(20_000):
        total += i * i % 7
    return time.process_time() - before


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_at_most_15_ms_of_the_server(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median of twenty answers, by CPU time, in units of a quiet core; without the test runner's watching."""
    monkeypatch.setattr(Template, "_render", utils._TestState.saved_data.template_render)  # type: ignore[attr-defined]
    for _ in range(3):
        client.get(address)
    spent, spins = [], []
    for _ in range(20):
        spins.append(spin())
        before = time.process_time()
        client.get(address)
        spent.append(time.process_time() - before)
    slow = max(1.0, median(spins) / SPIN_WHEN_QUIET)
    assert median(spent) / slow <= MOST_CPU, f"{address}: {1000 * median(spent):.1f} ms, cores {slow:.2f} times slower"
