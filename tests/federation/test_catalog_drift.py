"""The catalog across four real nodes: each comes to hold the releases of all; one uniform element is changed at the
directory, every province gets its task and a running case keeps its version until it is moved; a window reads the
other place's standard while that place is down."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests import world

from tongban.ops.demo_cases import DRIVER, Player, driver_answers
from tongban.ops.federation import Federation, Node

pytestmark = pytest.mark.federation

CODE, PENSION = "B2020-2-48", "QH2020-1-07"
MANAGERS = {"44": ("he-jing", "lu-ning"), "63": ("bai-lu", "tang-yue"), "14": ("qin-feng", "xu-an")}
DUE = "2027-03-31"
MINUTES = 200.0
RELEASES = ("items.releases",)
"""Released and fetched once a minute; here as soon as somebody waits for it."""


@pytest.fixture(scope="module")
def people(four_nodes: Federation) -> Iterator[dict[str, Player]]:
    made = {node: Player(four_nodes, node) for node in ("00", *MANAGERS)}
    try:
        for player in made.values():
            player.wait_until_ready()
        yield made
    finally:
        for player in made.values():
            player.close()


@pytest.fixture(scope="module")
def exempted(people: dict[str, Player]) -> str:
    """Until this day 63 takes no part in an entry: said, and then ended, at 63. It travels while the tests wait."""
    end = (date.today() + timedelta(days=90)).isoformat()  # noqa: DTZ011 - a day far off
    key = people["63"]("exempt", who="bai-lu", entry=PENSION, region="630000", words="系统改造期间暂缓", source="演示")
    people["63"]("end_exemption", who="bai-lu", exemption=key, on=end, reason="系统就绪")
    return end


class Browser:
    """A person at a node's pages, with cookies and nothing else."""

    def __init__(self, node: Node, subject: str) -> None:
        self.url = node.config.base_url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar, urllib.request.ProxyHandler({})).open
        page = self.get("/sign-in")
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{subject}"' in f)
        hidden = {
            m["name"]: m["value"]
            for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
            if (m := dict(re.findall(r'(name|value)="([^"]*)"', tag)))
        }
        data = urllib.parse.urlencode({**hidden, "person": subject}).encode()
        request = urllib.request.Request(self.url + "/sign-in", data=data, headers={"Referer": self.url + "/sign-in"})
        self._open(request, timeout=30).read()

    def get(self, path: str) -> str:
        asked = urllib.request.Request(self.url + path, headers={"Accept-Language": "zh-CN"})
        with self._open(asked, timeout=30) as answer:
            found: str = answer.read().decode()
        return found


def versions(federation: Federation, number: str) -> tuple[int, int]:
    """The version to which the filing (at 44) and its case (at 63) are pinned."""
    with world.database(federation["44"]) as here, world.database(federation["63"]) as there:
        filing = here.execute("SELECT item_version FROM cases_filing WHERE number = %s", [number]).fetchone()
        case = there.execute("SELECT item_version FROM cases_case WHERE filing_number = %s", [number]).fetchone()
    assert filing is not None and case is not None
    return filing[0], case[0]


def test_every_node_holds_the_releases_of_every_other(four_nodes: Federation) -> None:
    def held(node: str) -> set[str]:
        with world.database(four_nodes[node]) as db:
            return {row[0] for row in db.execute("SELECT DISTINCT node FROM items_release")}

    everybody = set(four_nodes.nodes)
    world.eventually(lambda: all(held(node) == everybody for node in everybody), seconds=MINUTES,
                     at=four_nodes.nodes.values(), duties=RELEASES)  # fmt: skip


@pytest.mark.req("R-032", "R-034", "R-035", "R-063")
def test_a_change_of_the_base_item_becomes_a_task_everywhere_and_running_cases_keep_their_version(
    four_nodes: Federation, people: dict[str, Player], exempted: str
) -> None:
    filed = people["44"]("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100",
                         intake_region="440305", answers=driver_answers())  # fmt: skip
    number = filed["number"]
    people["63"]("accept", who="chen-qiang", case=people["63"]("find_case", who="chen-qiang", number=number))
    people["00"]("publish_item", who="shen-he", reviewer="fang-zhou", code=CODE, changes={"annual_check": False},
                 due_on=DUE)  # fmt: skip
    for node in MANAGERS:
        found = world.eventually(lambda node=node: people[node]("tasks"), seconds=MINUTES,
                                 at=four_nodes.nodes.values(), duties=RELEASES)  # fmt: skip
        assert found == [{"code": CODE, "fields": ["annual_check"], "due_on": DUE}]
        assert people[node]("drift", code=CODE) == ["annual_check"]
    assert "基本目录有变，需要跟进" in Browser(four_nodes["63"], "bai-lu").get("/desk/items")
    for node, (one, other) in MANAGERS.items():
        people[node]("publish_item", who=one, reviewer=other, code=CODE, changes={"annual_check": False})
        assert people[node]("tasks") == [] and people[node]("drift", code=CODE) == []
    assert versions(four_nodes, number) == (1, 1)
    known = "owner = '63' AND code = %s AND version = 2"
    world.eventually(lambda: world.count(four_nodes["44"], "items_implementation", known, CODE), seconds=MINUTES,
                     at=four_nodes.nodes.values(), duties=RELEASES)  # fmt: skip
    assert versions(four_nodes, number) == (1, 1)
    assert people["63"]("rebase", who="bai-lu", code=CODE, version=1, reason="base_item_changed") == [number]
    world.eventually(lambda: versions(four_nodes, number) == (2, 2))
    page = Browser(four_nodes["44"], "li-mei").get(f"/my/{filed['id']}/")
    assert "改按事项新版本办理" in page and "第1版 → 第2版" in page


@pytest.mark.req("R-036", "R-041")
def test_a_window_reads_what_differs_in_the_other_place_while_that_place_is_down(
    four_nodes: Federation, people: dict[str, Player]
) -> None:
    people["63"]("publish_item", who="bai-lu", reviewer="tang-yue", code="B2020-1-05", changes={
        "promised_limit": {"value": 1, "unit": "workday"}, "conditions": ["须本人到场"]})  # fmt: skip
    known = "owner = '63' AND code = 'B2020-1-05' AND version = 2"
    world.eventually(lambda: world.count(four_nodes["44"], "items_implementation", known), seconds=MINUTES,
                     at=four_nodes.nodes.values(), duties=RELEASES)  # fmt: skip
    there = four_nodes["63"]
    there.stop()
    try:
        page = Browser(four_nodes["44"], "wang-fang").get("/desk/guide?entry=QH2020-1-05&anchor=630100")
    finally:
        there.start()
    assert "与本地不同之处" in page and "须本人到场" in page and "签名发布" in page
    assert "材料清单和审查要点" in page and "申请表" in page and "空白表格和样表" in page


@pytest.mark.req("R-053")
def test_every_other_node_knows_from_when_a_province_takes_part_again(
    four_nodes: Federation, people: dict[str, Player], exempted: str
) -> None:
    def seen(node: str) -> dict[str, str]:
        found: dict[str, str] = people[node]("reach_between", entry=PENSION, here="140105", there="630102")
        return found

    for node in ("00", "44", "14"):
        world.eventually(lambda node=node: seen(node) == {"state": "exempt", "until": exempted}, seconds=MINUTES,
                         at=four_nodes.nodes.values(), duties=RELEASES)  # fmt: skip
