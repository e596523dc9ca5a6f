"""What guidance and the portal decide without a database: kept words, near twins, summaries, checklists, usual time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.rules.measuring import FEWEST, typical
from tongban.guidance.rules import coverage
from tongban.guidance.rules.reports import cleaned
from tongban.guidance.rules.twins import Choice, Question, question_for
from tongban.guidance.rules.words import MOST, kept_words
from tongban.kernel.time import Calendar
from tongban.portal.rules import situations

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WEEKS = Calendar("test", date(2026, 12, 31))


@given(st.text(max_size=200))
def test_of_a_failed_search_only_short_words_without_digits_are_kept(text: str) -> None:
    kept = kept_words(text)
    assert len(kept) <= MOST
    assert not any(c.isdigit() or c == "@" for c in kept)


@given(st.from_regex(r"[0-9]{7,18}", fullmatch=True), st.text(alphabet="收费错了 ", max_size=30))
def test_no_long_number_survives_in_a_report(number: str, words: str) -> None:
    assert number not in cleaned(words + number + words)


def question(identity: str, *keys: str, near: float = 0.8) -> Question:
    return Question(identity, "?", "?", tuple(Choice(k, k, k) for k in keys), near)


def test_the_question_is_asked_only_of_answers_that_stand_close_together() -> None:
    asked = question("q", "a", "b", "c")
    assert question_for([("a", 2.0), ("b", 1.9)], [asked]) is asked
    assert question_for([("a", 2.0), ("b", 1.0)], [asked]) is None
    assert question_for([("a", 2.0), ("b", 1.2)], [question("q", "a", "b", near=0.5)]) is not None
    assert question_for([("x", 2.0), ("a", 1.9), ("b", 1.9)], [asked]) is None
    assert question_for([("a", 2.0)], [asked]) is None
    assert question_for([], [asked]) is None


def test_the_question_that_explains_most_is_asked() -> None:
    narrow, wide = question("narrow", "a", "b"), question("wide", "a", "b", "c")
    hits = [("a", 2.0), ("b", 1.9), ("c", 1.8)]
    assert question_for(hits, [narrow, wide]) is wide


@given(st.binary(max_size=300))
def test_a_summary_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(coverage.BadSummary):
        coverage.read(raw, "63")


def test_a_summary_keeps_known_fields_alone() -> None:
    row = {"modes": ["online"], "cases": 7, "days": 3, "secret": "x"}
    raw = json.dumps({"node": "63", "as_of": NOW.isoformat(), "items": {"QH2020-1-07": row}, "more": 1}).encode()
    kept = {"modes": ["online"], "cases": 7, "days": 3, "since": None}
    assert coverage.read(raw, "63").items == {"QH2020-1-07": kept}


@pytest.mark.parametrize(
    ("heard", "error", "state"),
    [(None, "", "silent"), (NOW, "", "fresh"), (NOW, "peer.unreachable", "old"), (NOW - timedelta(hours=1), "", "old")],
)
def test_how_fresh_a_summary_is(heard: datetime | None, error: str, state: str) -> None:
    assert coverage.state(heard, NOW, error) == state


@dataclass(frozen=True)
class Paper:
    key: str
    necessity: str = "required"
    exempt: bool = False
    when: str = ""
    when_en: str = ""


PAPERS = (
    Paper("form", exempt=True),
    Paper("card"),
    Paper("letter", "conditional", when="代办"),
    Paper("old", "optional"),
)


@pytest.mark.parametrize(
    ("answer", "pile"), [("yes", "bring"), ("no", "dropped"), ("", "maybe"), ("nonsense", "maybe")]
)
def test_a_conditional_paper_goes_where_the_answer_says(answer: str, pile: str) -> None:
    asked = situations.questions(("online",), (), PAPERS, {"m.letter": answer})
    found = situations.checklist(PAPERS, asked)
    assert "letter" in [paper.key for paper in getattr(found, pile)]
    assert [paper.key for paper in found.spared] == ["form"]
    assert sum(len(getattr(found, name)) for name in ("bring", "spared", "maybe", "dropped")) == len(PAPERS)


def test_only_what_can_be_answered_is_asked() -> None:
    asked = situations.questions(("online", "proxy"), ("甲", "乙"), PAPERS, {"mode": "proxy", "scene": "7"})
    assert [(a.name, a.chosen) for a in asked] == [("mode", "proxy"), ("scene", ""), ("m.letter", "")]
    assert situations.questions(("online",), ("甲",), PAPERS[:2], {}) == ()


def test_the_usual_time_is_a_median_of_working_days_and_unsaid_below_five_cases() -> None:
    monday = date(2026, 11, 2)
    rows = [("a", monday, monday + timedelta(days=d)) for d in (1, 2, 3, 4, 30)]
    assert typical(rows, WEEKS)["a"].days == 3
    few = typical(rows[: FEWEST - 1], WEEKS)["a"]
    assert (few.cases, few.days) == (4, None)
    assert typical([], WEEKS) == {}
    weekend = [("b", date(2026, 11, 6), date(2026, 11, 9))] * 5
    assert typical(weekend, WEEKS)["b"].days == 1
