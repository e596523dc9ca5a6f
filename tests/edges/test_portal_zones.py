"""Zones: places with what they handle, honest about what was not heard; feeds, maps, doors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client

from tongban.config import config
from tongban.guidance import installation, keeping, summaries
from tongban.guidance.ports import SummaryUnavailable
from tongban.guidance.rules.coverage import seal
from tongban_wire.keys import SigningKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PENSION = "QH2020-1-07"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


class Peer:
    """Node 63 as a source: answers, stays silent or talks nonsense."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer, self.asked = answer, []

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        if self.answer is None:
            raise SummaryUnavailable("peer.unreachable")
        return self.answer


def said(node: str = "63", *, by: str = "63", contacts: object = (), **rows: object) -> bytes:
    """A summary of ``node``, signed with the key of ``by``."""
    items = rows or {PENSION: {"modes": ["joint"], "cases": 7, "days": 12, "since": "2026-11-01"}}
    found = {"node": node, "as_of": "2026-11-22T09:00:00+08:00", "items": items, "contacts": contacts}
    here = config()
    home = here.home if by == here.node_id else here.home / by
    key = SigningKey.from_pem((home / "signing.key").read_bytes(), by)
    return seal(found, key).encode()


def unsigned() -> bytes:
    return json.dumps({"node": "63", "as_of": "2026-11-22T09:00:00+08:00", "items": {}}).encode()


@pytest.fixture
def asking() -> Iterator[object]:
    before = installation.source()

    def ask(answer: bytes | None) -> Peer:
        peer = Peer(answer)
        installation.install(peer)
        summaries.ask_nodes()
        return peer

    yield ask
    installation.install(before)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_this_nodes_summary_is_public_signed_and_readable_by_others(client: Client) -> None:
    from tongban.directory import queries as directory
    from tongban.guidance.rules.coverage import open_signed, read

    plain = read(client.get("/zones/coverage.json").content, "44")
    summary = open_signed(client.get("/zones/coverage.jws").content, "44", directory.trust(), keeping.clock.now())
    assert summary.items == plain.items
    assert "joint" in summary.items[PENSION]["modes"]
    assert set(summary.items[PENSION]) == {"modes", "cases", "days", "since"}


@pytest.mark.req("R-131")
def test_zones_of_the_country_provinces_and_groups_are_listed_and_open(client: Client) -> None:
    listed = re.findall(r'href="/zones/([\w-]+)"', text(client, "/zones"))
    assert {"national", "440000", "630000", "pan-pearl-river", "yellow-river", "lan-xi", "jing-jin-ji"} <= set(listed)
    for key in set(listed):
        page = text(client, f"/zones/{key}")
        for words in ("特色服务", "配套政策", "示意图", "按主题找"):
            assert words in page, (key, words)


def test_a_node_that_was_never_heard_is_named_and_not_counted_as_nothing(client: Client, asking) -> None:
    asking(None)
    page = text(client, "/zones/yellow-river")
    assert "没有取得数据：青海省" in page
    assert "不详" in page


def test_what_a_node_said_is_shown_with_its_time_and_deep_links(client: Client, asking) -> None:
    peer = asking(said())
    assert peer.asked
    page = text(client, "/zones/yellow-river")
    assert "没有取得数据：" not in page
    assert re.search(rf'href="http[^"]+/items/{PENSION}\?there=630000&amp;turned=1"', page)
    assert "2026年11月22日" in page


def test_an_old_answer_stays_and_is_called_old(client: Client, asking, clock) -> None:
    asking(said())
    asking(None)
    page = text(client, "/zones/yellow-river")
    assert "以下地方的数据较旧：青海省" in page
    assert re.search(rf"/items/{PENSION}\?there=630000&amp;turned=1", page)
    asking(said())
    clock.set_offset(timedelta(hours=2))
    assert "以下地方的数据较旧" in text(client, "/zones/yellow-river")


@pytest.mark.parametrize(
    "answer",
    [lambda: b"", lambda: b"[]", lambda: b"{}", lambda: b"\xff", unsigned, lambda: said(node="14"),
     lambda: said(by="44"), lambda: said(by="00"), lambda: said()[:-4] + b"AAAA",
     lambda: said(**{PENSION: {"modes": ["nonsense"]}}), lambda: said(**{"<script>": {"modes": []}}),
     lambda: said(**{PENSION: {"modes": ["joint"], "cases": -1}}), lambda: said(contacts=[{"phone": "1"}])],
)  # fmt: skip
def test_what_is_nonsense_or_not_signed_by_the_node_itself_is_not_believed(asking, answer: Callable[[], bytes]) -> None:
    from tongban.guidance import queries as guidance

    asking(answer())
    assert guidance.coverages()["63"].content is None
    assert guidance.coverages()["63"].error == "peer.answer_unreadable"


def test_the_typical_time_of_the_other_place_is_the_one_it_published(client: Client, asking) -> None:
    asking(said())
    assert "12个工作日（近一年7件的中位数）" in text(client, f"/way?item={PENSION}&here=440000&there=630000&turned=1")


def test_the_map_has_every_province_and_says_it_is_a_sketch(client: Client) -> None:
    page = text(client, "/zones/national")
    assert len(re.findall(r'<path class="map-\w+" d="M', page)) == 34 + 1
    assert "<script" not in page.split("<figure>")[1].split("</figure>")[0]
    assert len(re.findall(r'class="map-not_joined" d=', page)) == 34 - len(re.findall(r'class="map-mark"', page))


def test_policies_carry_number_issuer_and_day_where_known(client: Client) -> None:
    page = text(client, "/zones/national")
    assert "晋政办发〔2021〕63号" in page
    assert "2021年7月14日印发" in page
    assert page.count('<li id="seed-') == 5
    assert "粤府办" not in text(client, "/zones/lan-xi")


def test_the_feed_is_atom_with_unique_ids(client: Client) -> None:
    answer = client.get("/zones/440000/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    space = "{http://www.w3.org/2005/Atom}"
    ids = [e.findtext(f"{space}id") for e in root.findall(f"{space}entry")]
    assert len(ids) == len(set(ids)) >= 4
    assert all(e.findtext(f"{space}updated") for e in root.findall(f"{space}entry"))


def test_the_site_map_names_every_item_and_robots_keep_out_of_matters(client: Client) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [e.text for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sum("/items/" in str(a) for a in addresses) == 138
    robots = text(client, "/robots.txt")
    assert "Disallow: /my" in robots
    assert "/sitemap.xml" in robots


def test_only_the_search_box_may_be_framed(client: Client) -> None:
    box = client.get("/embed/search")
    assert "frame-ancestors *" in box["Content-Security-Policy"]
    assert "X-Frame-Options" not in box
    assert "<script" not in box.content.decode()
    for address in ("/", "/zones", "/search"):
        answer = client.get(address)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.req("R-141")
def test_an_old_door_leads_on_and_is_counted(client: Client) -> None:
    from tongban.guidance import queries as guidance

    answer = client.get("/e/gd-old-driver")
    assert (answer.status_code, answer["Location"]) == (302, "/items/QH2020-2-48")
    assert guidance.entrance_uses() == {"gd-old-driver": 1}
    assert "近30天1次" in text(client, "/entrances")
    assert client.get("/e/qh-old-zone").status_code == 404
    assert client.get("/e/nothing").status_code == 404


def test_every_open_item_is_three_steps_from_the_zone(client: Client) -> None:
    from tongban.items import search

    page = text(client, "/zones/440000")
    for key in search.open_at("44", keeping.local_date(keeping.clock.now())):
        assert f"/items/{key}" in page
