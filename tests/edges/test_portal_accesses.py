"""谁看过我的信息, where a matter is decided: found by the person it is about, with unit, place, matter and purpose."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.edges.made import REGISTRATION, RENEWAL, a_filing
from tests.loaded_node import token_of
from tests.signing_in import signed_in_as

from tongban.journal import worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def test_a_look_at_the_case_names_the_matter_the_real_unit_and_the_purpose() -> None:
    body = {**REGISTRATION, "anchor_region": "440106", "intake_region": "440106"}
    filing = a_filing(token_of("li-mei", "filings:read", "filings:write"), body)
    worker.drain()
    reviewer = Client()
    signed_in_as(reviewer, "huang-zhiqiang")  # posts in Guangzhou and in Shenzhen
    desk = reviewer.get("/desk?kind=cases&show=all").content.decode()
    case = re.search(r'href="(/desk/cases/[0-9a-f-]+)"', desk)
    assert case is not None
    assert reviewer.get(case[1]).status_code == 200
    mine = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(mine, "li-mei")
    number = re.search(r'class="number">([^<]+)<', mine.get(f"/my/{filing}/").content.decode())
    page = mine.get("/accesses").content.decode()
    look = page[page.index('<ol class="rows">') :]
    assert number is not None and number[1] in look
    assert "失业登记" in look
    assert "广州市" in look and "深圳市" not in look
    assert "审查办理" in look


def test_the_page_leads_to_the_pages_of_the_provinces_her_matters_are_at() -> None:
    there = re.compile(r'href="http[^"]*/accesses">[^<]*：谁看过我的信息')
    mine = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(mine, "li-mei")
    assert not there.search(mine.get("/accesses").content.decode())
    a_filing(token_of("li-mei", "filings:read", "filings:write"), RENEWAL)
    assert there.search(mine.get("/accesses").content.decode())
