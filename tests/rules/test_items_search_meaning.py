"""Meaning joined to words: pure fusion, and the ranking that asks a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tongban.items.ranking import ranked_with
from tongban.items.rules.search.data import index_of_files
from tongban.items.rules.search.fusion import Meant, fused, nearest
from tongban.items.rules.search.index import Answer

ROOT = Path(__file__).resolve().parents[2]
ALIKE = {f"e{n}": Meant(0.80 + n / 1000, "") for n in range(20)}


@pytest.fixture(scope="module")
def index():
    return index_of_files(ROOT / "data")[0]


def test_of_an_entrys_texts_the_nearest_counts():
    found = nearest((("a", "far"), ("b", "only"), ("a", "near")), (0.8, 0.7, 0.9))
    assert found == {"a": Meant(0.9, "near"), "b": Meant(0.7, "only")}


def test_an_entry_that_stands_out_in_meaning_overtakes_one_with_slightly_more_words():
    answers = [Answer("e1", 1.00, "name", "one"), Answer("e2", 0.95, "name", "two")]
    meant = {**ALIKE, "e2": Meant(0.95, "two")}
    assert [a.key for a in fused(answers, meant, limit=2)] == ["e2", "e1"]


def test_words_that_fit_much_better_win_over_meaning():
    answers = [Answer("e1", 2.4, "name", "one"), Answer("e2", 0.9, "name", "two")]
    assert fused(answers, {**ALIKE, "e2": Meant(0.95, "two")}, limit=1)[0].key == "e1"


def test_where_no_entry_stands_out_meaning_alone_finds_nothing():
    assert fused([], ALIKE, limit=3) == []


def test_what_meaning_alone_found_says_which_wording_was_near():
    (found,) = fused([], {**ALIKE, "e7": Meant(0.99, "领失业金")}, limit=3)
    assert (found.key, found.kind, found.text) == ("e7", "meaning", "领失业金")


def test_entries_outside_the_filters_stay_outside():
    meant = {**ALIKE, "e7": Meant(0.99, "")}
    assert "e7" not in [a.key for a in fused([Answer("e1", 1, "name", "")], meant, limit=9, among={"e1"})]


class Pointing:
    """A model that is sure of one text; it notes what it was asked."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, list[str]()

    def nearness(self, query: str, texts: tuple[str, ...]) -> Sequence[float]:
        self.asked.append(query)
        return [0.95 if text == self.text else 0.8 for text in texts]


class Unready:
    def nearness(self, query: str, texts: tuple[str, ...]) -> None:
        return None


def test_a_question_without_a_known_word_is_answered_by_meaning(index):
    assert ranked_with(Pointing("离婚登记"), index, "嗷嗷嗷", limit=1)[0].key == "QH2020-3-04"
    assert index.search("嗷嗷嗷") == []


def test_while_the_model_is_not_ready_words_alone_answer(index):
    assert ranked_with(Unready(), index, "社保卡丢了", limit=5) == index.search("社保卡丢了", limit=5)


def test_a_model_is_not_asked_about_pinyin(index):
    model = Pointing("离婚登记")
    assert ranked_with(model, index, "shebaoka guashi", limit=1) == index.search("shebaoka guashi", limit=1)
    assert model.asked == []


@pytest.mark.parametrize(("said", "key"), [("把婚离了", "QH2020-3-04"), ("失业登个记", "QH2020-1-05")])
def test_verbs_that_people_pull_apart_are_read_together(index, said, key):
    assert index.search(said, limit=1)[0].key == key
