"""A real application crosses a real border: two provinces as processes, one of them away for a while."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import world

from tongban.ops.demo_cases import DRIVER, PENSION, Player, driver_answers, pension_answers


@pytest.fixture
def guangdong(four_nodes) -> Iterator[Player]:
    player = Player(four_nodes, "44")
    player.wait_until_ready()
    yield player
    player.close()


@pytest.fixture
def qinghai(four_nodes) -> Iterator[Player]:
    player = Player(four_nodes, "63")
    player.wait_until_ready()
    yield player
    player.close()


def file_for_xining(guangdong: Player) -> dict[str, str]:
    return guangdong("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100",
                     intake_region="440305", answers=driver_answers())  # fmt: skip


@pytest.mark.req("R-067", "R-124")
def test_filed_while_qinghai_is_away_it_waits_honestly_and_then_arrives_exactly_once(four_nodes, guangdong, qinghai):
    there = four_nodes["63"]
    there.stop()
    filed = file_for_xining(guangdong)
    number = filed["number"]
    assert guangdong("stage", who="li-mei", filing_id=filed["id"]) == "pending_delivery"
    assert world.count(there, "cases_case", "filing_number = %s", number) == 0
    there.start()
    there.wait_until_ready()
    case = qinghai("find_case", who="chen-qiang", number=number)
    assert guangdong("stage", who="li-mei", filing_id=filed["id"], wanted="received") == "received"
    qinghai("accept", who="chen-qiang", case=case)
    qinghai("grant", who="chen-qiang", case=case, text="准予换证。", number="630102198806159961")
    assert guangdong("stage", who="li-mei", filing_id=filed["id"], wanted="completed") == "completed"
    assert world.count(there, "cases_case", "filing_number = %s", number) == 1
    assert world.count(four_nodes["44"], "cases_case", "filing_number = %s", number) == 0


@pytest.mark.req("R-124")
def test_workers_killed_in_the_middle_of_a_joint_case_lose_nothing_and_double_nothing(four_nodes, guangdong, qinghai):
    filed = guangdong("file", who="ma-qiang", item=PENSION, mode="joint", anchor_region="440100",
                      releasing_region="630100", intake_region="440106", answers=pension_answers())  # fmt: skip
    number = filed["number"]
    case = guangdong("find_case", who="huang-zhiqiang", number=number)
    guangdong("accept", who="huang-zhiqiang", case=case)
    for player, who in ((guangdong, "huang-zhiqiang"), (qinghai, "qi-chunlan"), (guangdong, "huang-zhiqiang")):
        for node in ("44", "63"):
            four_nodes[node].kill_worker()
            four_nodes[node].start_worker()
        player("complete", who=who, part=player("find_part", who=who, number=number))
        four_nodes["63"].kill_web()
        four_nodes["63"].start_web()
    assert guangdong("stage", who="ma-qiang", filing_id=filed["id"], wanted="completed") == "completed"
    assert world.count(four_nodes["44"], "cases_part", "filing_number = %s", number) == 2
    assert world.count(four_nodes["63"], "cases_part", "filing_number = %s", number) == 1
    for node in ("44", "63"):
        assert world.count(four_nodes[node], "exchange_inbound", "state <> 'applied'") == 0
