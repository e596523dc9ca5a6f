"""Competence, modes, guides and the reading of queries: rules of the catalog, without a database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.competence import authority_code, too_wide, unit_region
from tongban.items.rules.content import digest_of
from tongban.items.rules.guide import ALL_GAPS, guide_of
from tongban.items.rules.modes import modes_of
from tongban.items.rules.search.index import Document, Index
from tongban.items.rules.search.text import Language, Reader
from tongban.items.rules.sources import quoted_places
from tongban.items.views import MaterialReq


@dataclass(frozen=True)
class Region:
    code: str
    level: str


PROVINCE, CITY, COUNTY = Region("630000", "province"), Region("630100", "prefecture"), Region("630102", "county")
CHAINS = [
    [PROVINCE],
    [PROVINCE, CITY],
    [PROVINCE, CITY, COUNTY],
    [Region("410000", "province"), Region("419001", "county")],
]


@given(st.sampled_from(CHAINS), st.sampled_from(["province", "prefecture", "county"]))
def test_every_anchor_has_exactly_one_unit_and_it_lies_on_the_way_up(chain, wanted):
    unit = unit_region(chain, wanted)
    assert unit in chain
    assert unit_region(chain, wanted) == unit


@pytest.mark.req("R-313")
@pytest.mark.parametrize(
    ("chain", "wanted", "code"),
    [
        ([PROVINCE, CITY, COUNTY], "province", "630000"),
        ([PROVINCE, CITY, COUNTY], "prefecture", "630100"),
        ([PROVINCE, CITY, COUNTY], "county", "630102"),
        ([PROVINCE, CITY], "county", "630100"),
        (CHAINS[3], "prefecture", "419001"),
    ],
)
def test_the_unit_is_of_the_wanted_level_or_the_nearest_that_exists(chain, wanted, code):
    assert unit_region(chain, wanted).code == code


@pytest.mark.req("R-313")
@pytest.mark.parametrize(
    ("chain", "wanted", "narrower", "fault"),
    [
        ([PROVINCE], "prefecture", {"prefecture", "county"}, "choose_city"),
        ([PROVINCE], "county", {"prefecture"}, "choose_city"),
        ([Region("110000", "province")], "prefecture", {"county"}, "choose_county"),
        ([PROVINCE], "province", {"prefecture"}, None),
        ([PROVINCE, CITY], "county", {"county"}, None),
        ([PROVINCE, CITY, COUNTY], "prefecture", set(), None),
        ([PROVINCE], "prefecture", set(), None),
    ],
)
def test_a_province_alone_is_too_wide_unless_it_decides_itself_or_is_all_there_is(chain, wanted, narrower, fault):
    assert too_wide(chain, wanted, narrower) == fault


def test_authorities_are_named_by_region_and_department():
    assert authority_code("630100", "transport") == "630100-transport"


def test_researched_modes_win_over_notes_and_notes_over_the_derived_column():
    assert modes_of(["any_office"], ["proxy"], ["joint"]) == (("any_office",), "detailed", True)
    assert modes_of(None, ["proxy"], ["joint"]) == (("proxy",), "noted", True)
    assert modes_of(None, None, ["proxy", "online"]) == (("online", "proxy"), "derived", False)


def test_an_item_with_nothing_to_apply_for_has_no_mode_and_that_is_settled():
    assert modes_of(None, [], ["online"]) == ((), "noted", True)


def test_a_guide_without_research_names_every_gap_instead_of_inventing():
    guide = guide_of({"scenario": "申请人可异地申请。", "derived_conditions": []}, None, "annex")
    assert guide["gaps"] == list(ALL_GAPS)
    assert guide["summary"] == "申请人可异地申请。"
    assert not guide["materials"]
    assert not guide["fee"]


def test_a_researched_guide_keeps_only_the_gaps_that_are_left():
    detailed = {"materials": [{"name": "身份证", "necessity": "required", "form": "either", "exempt": True,
                               "replaceable_by": {"kind": "licence"}}],
                "fee": {"charge": False}, "time_limit": {"promised": {"value": 5, "unit": "workday"}}}  # fmt: skip
    guide = guide_of({"scenario": ""}, detailed, "detailed")
    assert guide["materials"][0]["exempt_by"] == "license"
    assert {"statutory_limit", "window_contacts"} <= set(guide["gaps"])
    assert not {"materials", "fee", "promised_limit"} & set(guide["gaps"])


def test_the_digest_of_a_version_depends_on_everything_in_it_but_not_on_the_order_of_keys():
    one = digest_of("63", "B1", 1, {"a": 1, "b": [1, 2]})
    assert one == digest_of("63", "B1", 1, {"b": [1, 2], "a": 1})
    others = {digest_of("44", "B1", 1, {"a": 1, "b": [1, 2]}), digest_of("63", "B1", 2, {"a": 1, "b": [1, 2]}),
              digest_of("63", "B1", 1, {"a": 1, "b": [2, 1]})}  # fmt: skip
    assert one not in others
    assert len(others) == 3


@pytest.mark.parametrize(
    ("material", "answers", "needed"),
    [
        ({"necessity": "required", "exempt": False, "accepts": ("image/png",)}, {}, True),
        ({"necessity": "required", "exempt": True, "accepts": ("image/png",)}, {}, False),
        ({"necessity": "required", "exempt": False, "accepts": ()}, {}, False),
        ({"necessity": "conditional", "exempt": False, "accepts": ("image/png",), "required_if": {"g": ("B",)}},
         {"g": "B"}, True),
        ({"necessity": "conditional", "exempt": False, "accepts": ("image/png",), "required_if": {"g": ("B",)}},
         {"g": "A"}, False),
        ({"necessity": "optional", "exempt": True, "accepts": ("image/png",), "required_if": {"p": ("upload",)}},
         {"p": "upload"}, True),
    ],
)  # fmt: skip
def test_a_file_is_needed_only_where_nothing_stands_in_for_it(material, answers, needed):
    assert MaterialReq(key="m", name="材料", name_en="Material", form="either", **material).needed(answers) is needed


def test_place_words_are_quoted_from_the_scenario_the_longer_word_winning():
    words = ["户籍地", "父母户籍地", "所在地", "企业所在地"]
    assert quoted_places("不受父母户籍地限制,不受企业所在地限制", words) == ["父母户籍地", "企业所在地"]


LANGUAGE = Language(
    concepts={"lose": ["丢了", "遗失"], "foreign": ["外资"]},
    fillers=["怎么办"],
    pinyin={
        "社": "she", "保": "bao", "卡": "ka", "报": "bao", "丢": "diu", "遗": "yi", "失": "shi", "资": "zi", "企": "qi",
        "业": "ye", "注": "zhu", "销": "xiao", "外": "wai", "了": "le",
    },
    simplified={"報": "报", "社": "社", "註": "注", "銷": "销", "業": "业"},
    qualifiers=["foreign"],
)
INDEX = Index(
    Reader(LANGUAGE),
    [
        Document("card", (("name", "社保卡遗失"), ("english", "Lost social card")), ""),
        Document("foreign", (("name", "外资企业注销"),), ""),
        Document("plain", (("name", "内资企业注销"),), ""),
    ],
)


@pytest.mark.parametrize(
    "query", ["社保卡丢了怎么办", "社報卡遗失", "社报卡", "shebaoka", "sbk", "social card", "ＳＯＣＩＡＬ cards"]
)
def test_a_matter_is_found_by_other_words_other_script_sound_initials_and_english(query):
    assert INDEX.search(query)[0].key == "card"


def test_without_a_word_for_the_special_case_the_plain_sibling_comes_first():
    assert [a.key for a in INDEX.search("企業註銷")][:2] == ["plain", "foreign"]
    assert INDEX.search("外资企业注销")[0].key == "foreign"


def test_words_that_mean_nothing_here_find_nothing():
    assert INDEX.search("天气") == []
    assert INDEX.search("") == []


@given(st.text(max_size=200))
def test_any_text_whatever_can_be_searched(text):
    answers = INDEX.search(text)
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)
