"""Nothing that the sources carry about an entry is lost on the way into the catalog, and nothing is added."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tongban.items.loading import DATA_DIR, read_catalog
from tongban.items.rules.deriving import NATIONWIDE, reach_elements
from tongban.items.rules.guide import ALL_GAPS
from tongban.items.rules.scopes import Exemption, Scope
from tongban.items.rules.search.data import read_yaml

CATALOG = read_catalog(DATA_DIR)
ROWS = {row["derived_id"]: row for row in CATALOG.rows}
ENTRIES = {entry["key"]: entry for entry in CATALOG.entries}
DETAILED = {
    key: raw
    for path in sorted((DATA_DIR / "items" / "detailed").glob("*.yaml"))
    for raw in [read_yaml(path)]
    for key in raw["entries"]
}
OBJECTS = {"individual": ["1"], "enterprise": ["2"], "both": ["1", "2"]}
DAY = date(2021, 1, 1)


@pytest.mark.req("R-024")
def test_every_column_of_the_annex_stands_in_the_entry_word_for_word() -> None:
    assert len(ROWS) == 138
    for key, row in ROWS.items():
        entry = ENTRIES[key]
        for name in ("batch", "seq", "name", "scenario", "lead_unit", "cooperating_units", "deadline", "note"):
            assert entry[name] == row[name], (key, name)


def test_what_the_annex_says_is_in_the_elements_of_every_entry() -> None:
    for key, row in ROWS.items():
        entry, elements = ENTRIES[key], ENTRIES[key]["elements"]
        assert elements.get("joint_departments", []) == row["cooperating_units"], key
        assert elements["classification"] == row["derived_kind"]
        assert elements.get("restriction_lifted", "") == (row["derived_restriction_lifted"] or "")
        assert elements.get("cross_modes", []) == entry["modes"]
        if key not in DETAILED:
            assert elements["service_objects"] == OBJECTS[row["derived_audience"]]
            assert elements.get("conditions", []) == row["derived_conditions"]
            assert not entry["modes"] or row["lead_unit"] in elements["competent_duty"]
            assert elements.get("online", False) == ("网上" in row["scenario"]), key


@pytest.mark.req("R-039")
def test_the_guide_of_an_entry_without_research_says_what_the_annex_says_and_names_the_rest() -> None:
    for key in ROWS.keys() - DETAILED.keys():
        entry, guide = ENTRIES[key], ENTRIES[key]["guide"]
        assert guide["summary"] == entry["scenario"]
        assert [line["text"] for line in guide["conditions"]] == entry["conditions"]
        assert set(guide["gaps"]) == set(ALL_GAPS) - ({"conditions"} if entry["conditions"] else set()), key
        assert bool(guide["competent_duty"]) == bool(entry["modes"]), key
        assert not any(guide[name] for name in ("materials", "steps", "fee", "result", "legal_basis", "statutory"))


def told(raw: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in raw.items() if k not in ("source", "source_ref")}


@pytest.mark.parametrize("key", sorted(DETAILED))
def test_every_researched_fact_stands_in_the_guide_and_the_elements(key: str) -> None:
    raw, guide, elements = DETAILED[key], ENTRIES[key]["guide"], ENTRIES[key]["elements"]
    limits = raw["time_limit"]
    assert (guide["statutory"], guide["promised"]) == (told(limits["statutory"]), told(limits["promised"]))
    assert guide["fee"] == told(raw["fee"]) and elements.get("fee") == raw["fee"]["charge"]
    assert guide["visits"] == raw["visits"] == elements["visits"]
    assert guide["result"] == told(raw["result"]) and elements["result_name"] == raw["result"]["name"]
    assert [(m["name"], m["necessity"]) for m in guide["materials"]] == [
        (m["name"], m["necessity"]) for m in raw["materials"]
    ]
    assert [m["name"] for m in elements["materials"]] == [m["name"] for m in raw["materials"]]
    assert [(s["name"], s["actor"], s["place"]) for s in guide["steps"]] == [
        (s["node"], s["actor"], s["place"]) for s in raw["steps"]
    ]
    assert [s["name"] for s in elements["process"]] == [s["node"] for s in raw["steps"]]
    assert [c["text"] for c in guide["conditions"]] == elements["conditions"] == [c["text"] for c in raw["conditions"]]
    assert [(b["law"], b.get("article", "")) for b in elements["legal_basis"]] == [
        (str(b["law"]), str(b.get("article", ""))) for b in raw["legal_basis"]
    ]
    assert guide["situations"] == [s["name"] for s in elements["situations"]] == raw["scenarios"]
    assert guide["exceptions"] == raw["cross_province"].get("exceptions", [])
    assert guide["intake_duty"] == raw["cross_province"]["collector_duty"]
    assert guide["competent_duty"] == raw["cross_province"]["home_duty"] == elements["competent_duty"]


def test_the_scope_of_an_entry_is_that_of_its_stages_and_says_their_words() -> None:
    found = {key: ENTRIES[key]["elements"] for key in ENTRIES}
    capitals = found["QH2020-1-21"]
    assert (capitals["scope"], capitals["scope_note"]) == ("cross_province", "省会城市及计划单列市")
    assert {"630100", "440300"} <= set(capitals["open_regions"])
    assert (found["QH2020-3-01"]["scope"], found["QH2020-3-01"]["open_regions"]) == ("province", ["630000"])
    assert "scope" not in found["QH2020-3-04"] and "条件成熟时" in found["QH2020-3-04"]["scope_note"]
    assert "西藏" in found["QH2020-2-50"]["scope_note"]
    assert sum(e.get("open_regions") == [NATIONWIDE] for e in found.values()) == 138 - 5
    assert sum("scope_note" in e for e in found.values()) == 8


def test_what_waits_for_a_condition_or_for_its_regions_is_no_scope_yet() -> None:
    def stage(**fields: Any) -> Scope:
        return Scope(**{"key": "s", "entry_key": "E", "kind": "cross_province", "begins": DAY, "words": "w", **fields})

    assert reach_elements([stage()]) == {"scope": "national", "open_regions": (NATIONWIDE,), "scope_note": None}
    assert reach_elements([stage(begins=None)])["scope"] is None
    assert reach_elements([stage(regions_known=False, stage="trial")])["scope"] is None
    members = reach_elements([stage(members=("630000", "620000"), kind="regional", area="lan-xi")])
    assert (members["scope"], members["open_regions"]) == ("cross_province", ("630000", "620000"))
    out = Exemption(key="e", entry_key="E", region="540000", begins=DAY, words="延后")
    assert reach_elements([stage()], [out])["scope_note"] == "延后"
