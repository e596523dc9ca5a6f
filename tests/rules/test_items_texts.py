"""Texts of the catalog in further languages: held sentence by sentence, never guessed, never outdated."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.items.rules.sources import BadCatalogData
from tongban.items.rules.texts import languages_of, read_texts

CARD = "申请人可异地申领社会保障卡。"


def tibetan(**other: Any) -> dict[str, Any]:
    return {"language": "bo", "name": "བོད་ཡིག", "texts": {CARD: "སྤྱི་ཚོགས་ཉེན་ལེན་བྱང་བུ།"}, **other}


def test_a_file_is_a_language_with_its_own_name_and_direction() -> None:
    files = {"bo": tibetan(), "ug": tibetan(language="ug", name="ئۇيغۇرچە", direction="rtl")}
    found = languages_of(read_texts(files, {}))
    assert [(one.tag, one.direction) for one in found.values()] == [("bo", "ltr"), ("ug", "rtl")]
    assert found["bo"].texts[CARD].startswith("སྤྱི")


def test_a_translation_belongs_to_exactly_its_sentence() -> None:
    bo = languages_of(read_texts({"bo": tibetan()}, {}))["bo"]
    assert bo.has([CARD, "又一句"]) == 1
    assert bo.has([CARD.replace("异地", "跨省")]) == 0


def test_texts_kept_elsewhere_come_along_and_a_files_own_go_before() -> None:
    more = {"bo": {"户籍地": "A", CARD: "B"}, "ug": {"户籍地": "C"}}
    bo = languages_of(read_texts({"bo": tibetan()}, more))["bo"]
    assert (bo.texts["户籍地"], bo.texts[CARD][:3]) == ("A", "སྤྱ")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"language": "ug"}, {"name": " "}, {"direction": "up"}, {"texts": {}}, {"texts": {"no Chinese": "x"}},
        {"texts": {CARD: " "}}, {"texts": [CARD]}, {"note": "x"},
    ],
)  # fmt: skip
def test_a_spoilt_file_is_refused_with_its_name(spoilt: dict[str, Any]) -> None:
    with pytest.raises(BadCatalogData, match="texts/bo"):
        read_texts({"bo": tibetan(**spoilt)}, {})


def test_a_file_named_after_no_language_is_refused() -> None:
    with pytest.raises(BadCatalogData):
        read_texts({"../etc": tibetan(language="../etc")}, {})
