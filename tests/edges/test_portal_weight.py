"""What a visit costs: bytes, requests, questions to the database. CPU is measured by ``python -m bench.search``."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

PAGES = ("/", "/search?q=老家的养老保险转过来&here=440305&there=630100", "/items", "/life", "/zones",
         "/items/QH2020-2-48?here=440305&there=630100", "/way?q=驾驶员换证&here=440305&there=630100",
         "/items/QH2020-1-07/checklist?here=440305&there=630100", "/zones/440000", "/zones/national",
         "/lists/QH2020", "/statistics")  # fmt: skip
MOST_BYTES, MOST_REQUESTS, MOST_QUERIES = 100_000, 15, 8


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


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_the_database_a_few_questions_however_much_it_shows(client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    assert len(caught) <= MOST_QUERIES
