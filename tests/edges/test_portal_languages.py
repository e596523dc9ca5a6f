"""A guide in a further language: a file of data, offered on the page, and honest where it is not translated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

CARD = "QH2020-2-21"
SCENARIO, IN_TIBETAN = "申请人可异地申领社会保障卡,不受发卡地限制。", "ཞུ་མཁན་གྱིས་ས་གནས་གཞན་ནས་ཞུ་ཆོག"
TIBETAN = f"""
language: bo
name: བོད་ཡིག
texts:
  "{SCENARIO}": "{IN_TIBETAN}"
"""


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


@pytest.fixture
def tibetan(tmp_path: Path) -> Iterator[None]:
    """The node's data with one file more."""
    from tongban.items import loading, store

    data = tmp_path / "data"
    shutil.copytree(loading.DATA_DIR, data)
    (data / "items" / "texts" / "bo.yaml").write_text(TIBETAN, "utf-8")
    loading.load("44", data)
    yield
    store.forget()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("tibetan")
@pytest.mark.req("R-303")
def test_a_file_of_texts_is_enough_for_a_guide_in_another_language(client: Client) -> None:
    offered = text(client, f"/items/{CARD}?there=630100")
    assert f'href="/items/{CARD}?there=630100&amp;in=bo" hreflang="bo" lang="bo"' in offered
    assert IN_TIBETAN not in offered
    read = text(client, f"/items/{CARD}?there=630100&in=bo")
    assert f'<span lang="bo" dir="ltr">{IN_TIBETAN}</span>' in read
    assert "已译1句；没有译的用中文显示" in read and "译文还没有主管部门核对" in read
    assert "未满16周岁由监护人代办" in read, "what is not translated stays Chinese"
    assert "&amp;in=bo" in read.split(f'href="/items/{CARD}/checklist')[1][:80], "the checklist goes on in it"
    assert "in=bo" in text(client, f"/items/{CARD}/checklist?in=bo").split('id="c-link"')[1][:120]


@pytest.mark.usefixtures("tibetan")
def test_a_language_is_offered_only_where_it_has_something_to_say(client: Client) -> None:
    assert "བོད་ཡིག" not in text(client, "/items/QH2020-1-24")
    assert "没有译的用中文显示" in text(client, "/items/QH2020-1-24?in=bo")
    assert "译文" not in text(client, f"/items/{CARD}?in=xx")


def test_the_list_is_english_on_english_pages_and_what_is_not_is_marked(client: Client) -> None:
    from tongban.items import queries as items
    from tongban.items import texts

    english = texts.language("en")
    assert english is not None
    assert [e.key for e in items.entries(None, 200).items if e.scenario not in english.texts] == []
    client.cookies["django_language"] = "en"
    page = text(client, f"/items/{CARD}")
    assert "whichever place issues it" in page and SCENARIO not in page
    manual = text(client, "/search?q=zzzz")
    assert '<span lang="zh-CN">' in text(client, "/search?q=社保卡") + manual
