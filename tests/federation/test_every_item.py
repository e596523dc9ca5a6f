"""Every item that is open, in every one of its modes, from the form to the decision: two provinces as processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import filled_forms as filled

from tongban.items.rules.content import material_of
from tongban.ops.demo_cases import Player, Stuck

ITEMS = Path(__file__).resolve().parents[2] / "data" / "items"
SOURCES = {p.stem: yaml.safe_load(p.read_text("utf-8")) for p in sorted((ITEMS / "implementations").glob("*.yaml"))}
FORMS = {name: json.loads((ITEMS / "forms" / source["form"]).read_text("utf-8")) for name, source in SOURCES.items()}
REVIEWERS = {
    "44": {"hrss": "huang-zhiqiang", "transport": "lin-hai"},
    "63": {"hrss": "qi-chunlan", "transport": "chen-qiang"},
}
OTHERS = {"44": "xie-min", "63": "yang-hua"}
EVERY = [(name, mode) for name, source in SOURCES.items() for mode in source["modes"]]
PERSON = {"name": "马强", "id_number": "630104198503219974", "mobile": "15400000002"}


@pytest.fixture(scope="module")
def people(four_nodes) -> Iterator[dict[str, Player]]:
    players = {node: Player(four_nodes, node) for node in ("44", "63")}
    for player in players.values():
        player.wait_until_ready()
    yield players
    for player in players.values():
        player.close()


def reviewer(node: str, source: dict[str, Any]) -> str:
    return REVIEWERS[node].get(source["department"], OTHERS[node])


def papers(source: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """The materials that must be handed in with these answers, in the situation they lead to."""
    chosen = [
        s for s in source.get("elements", {}).get("situations", ())
        if all(answers.get(field) in values for field, values in s["when"].items())
    ]  # fmt: skip
    listed = [m for m in source["materials"] if not chosen or m["key"] in chosen[0].get("materials", [m["key"]])]
    return [m["key"] for m in listed if material_of(m).needed(answers)]


def words(name: str, **given: Any) -> dict[str, Any]:
    """Right answers, without those about the person, which the platform knows."""
    known = {"applicant_name", "id_number", "mobile"}
    return {k: v for k, v in filled.answers(FORMS[name], **given).items() if k not in known}


def anchor(source: dict[str, Any], mode: str) -> str:
    """The other place: Xining; in a transfer, and where the place of intake decides, one of Guangdong."""
    if source["decision_place"] == "intake_region":
        return "440305"
    return "440300" if mode == "joint" else "630100"


def file(people: dict[str, Player], name: str, mode: str, answers: dict[str, Any]) -> tuple[dict[str, str], str]:
    """File it at Shenzhen, for Xining unless the place of intake decides. Returns the filing and who decides it."""
    source = SOURCES[name]
    handed = papers(source, answers)
    if mode == "proxy":
        filed = people["44"]("take_in", who="wang-fang", item=source["entry"], anchor_region=anchor(source, mode),
                             applicant=PERSON, answers=answers, method="id_card_reader", papers=handed)  # fmt: skip
        return filed, "44" if source["decision_place"] == "intake_region" else "63"
    places = {"anchor_region": anchor(source, mode), "intake_region": "440305"}
    if mode == "joint":
        places["releasing_region"] = "630100"
    filed = people["44"](
        "file", who="li-mei", item=source["entry"], mode=mode, answers=answers, papers=handed, **places
    )
    return filed, "63" if mode != "joint" and source["decision_place"] == "competent_region" else "44"


@pytest.mark.req("R-066", "R-067")
@pytest.mark.parametrize(("name", "mode"), EVERY)
def test_filed_and_decided(people, name, mode):
    source = SOURCES[name]
    filed, node = file(people, name, mode, words(name))
    who, number = reviewer(node, source), filed["number"]
    case = people[node]("find_case", who=who, number=number)
    people[node]("accept", who=who, case=case)
    if mode == "joint":
        for step in source["plan"]:
            at = "44" if step["place"] == "receiving" else "63"
            part = people[at]("find_part", who=reviewer(at, source), number=number)
            people[at]("complete", who=reviewer(at, source), part=part, note=f"{step['name']}：办结（虚构）")
    else:
        people[node]("grant", who=who, case=case, text="准予（虚构）。")
    if mode == "proxy":
        people["44"]("hand_over", who="wang-fang", filing_id=filed["id"])
    else:
        assert people["44"]("stage", who="li-mei", filing_id=filed["id"], wanted="completed") == "completed"


@pytest.mark.req("R-038")
@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if "elements" in source])
def test_each_situation_asks_for_its_own_papers_and_is_refused_without_them(people, name):
    source = SOURCES[name]
    for situation in source["elements"]["situations"]:
        answers = words(name, **{field: values[0] for field, values in situation["when"].items()})
        mode = next((m for m in source["modes"] if m != "proxy"), "proxy")
        places = {"anchor_region": anchor(source, mode), "intake_region": "440305"}
        if mode == "joint":
            places["releasing_region"] = "630100"
        asked = {"who": "li-mei", "item": source["entry"], "mode": mode, "answers": answers, **places}
        if handed := papers(source, answers):
            with pytest.raises(Stuck, match="materials_missing"):
                people["44"]("file", papers=handed[1:], **asked)
        assert people["44"]("file", papers=handed, **asked)["number"]
        wrong = {**answers, next(iter(situation["when"])): "none_of_these"}
        with pytest.raises(Stuck, match=r"request\.invalid"):
            people["44"]("file", papers=handed, **{**asked, "answers": wrong})


def test_marriage_is_decided_by_the_office_of_the_place_of_intake_wherever_the_two_are_registered(people):
    name = "marriage_registration"
    answers = words(name, partner_id_number="630104198503219974")
    asked = {"who": "li-mei", "item": SOURCES[name]["entry"], "mode": "any_office", "answers": answers}
    with pytest.raises(Stuck, match="not_here"):
        people["44"]("file", **asked, anchor_region="630102", intake_region="440305")
    filed = people["63"]("file", **asked, anchor_region="630102", intake_region="630102")
    case = people["63"]("find_case", who="yang-hua", number=filed["number"])
    people["63"]("accept", who="yang-hua", case=case)
    people["63"]("grant", who="yang-hua", case=case, text="双方到场，符合条件，予以登记（虚构）。")
    assert people["63"]("stage", who="li-mei", filing_id=filed["id"], wanted="completed") == "completed"
