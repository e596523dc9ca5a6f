"""How a line of Latin letters is read: pinyin typed apart or parted in two ways, English words as whole words."""

from __future__ import annotations

import pytest

from tongban.items.rules.search.index import Document, Index
from tongban.items.rules.search.text import Language, Reader

SAID = {
    "排污许可": "pai wu xu ke",
    "人事档案": "ren shi dang an",
    "社保卡申领": "she bao ka shen ling",
    "公司": "gong si",
}
PINYIN = {char: sound for text, said in SAID.items() for char, sound in zip(text, said.split(), strict=True)}
PINYIN |= {"蛋": "dan", "干": "gan", "能": "neng", "办": "ban"}
CONCEPTS = {"lose": ["遗失", "lose"], "close": ["注销", "close"], "file": ["档案", "dossier"]}


@pytest.fixture(scope="module")
def index() -> Index:
    texts = {
        "discharge": "排污许可",
        "file": "人事档案接收",
        "card": "社保卡申领",
        "closing": "公司注销",
        "lost": "遗失 permit",
    }
    documents = [Document(key, (("name", text),), "") for key, text in texts.items()]
    return Index(Reader(Language(CONCEPTS, (), PINYIN, {})), documents)


def first(index: Index, query: str) -> str:
    answers = index.search(query, limit=1)
    return answers[0].key if answers else ""


@pytest.mark.parametrize(
    ("query", "key"),
    [("paiwu xuke", "discharge"), ("pai wu xu ke", "discharge"), ("pai wu neng ban", "discharge"),
     ("dangan", "file"), ("dang an", "file"), ("shebaoka", "card"), ("she bao ka", "card")],
)  # fmt: skip
def test_pinyin_is_read_with_spaces_and_without(index: Index, query: str, key: str) -> None:
    assert first(index, query) == key


def test_latin_words_of_the_lexicon_count_as_whole_words_only(index: Index) -> None:
    assert first(index, "close") == "closing"
    assert first(index, "I lose it") == "lost"
    assert first(index, "dossiers") == ""


def test_an_english_word_that_happens_to_be_syllables_still_weighs(index: Index) -> None:
    one, other = index.search("gongsi permit"), index.search("gene permit")
    assert one[0].score > other[0].score


def test_letters_that_are_neither_say_nothing(index: Index) -> None:
    assert first(index, "zzzz qqq") == ""
