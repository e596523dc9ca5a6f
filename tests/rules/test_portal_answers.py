"""When the search may show one page at once, and which others it offers."""

from __future__ import annotations

import pytest

from tongban.portal.rules import answers


@pytest.mark.parametrize(
    ("scores", "twins", "alone"),
    [
        ([], False, False),
        ([0.57], False, False),
        ([1.1], False, True),
        ([1.77, 1.0], False, True),
        ([1.54, 1.32], False, False),
        ([1.54, 1.32], True, True),
        ([0.7, 0.69], True, False),
    ],
)
def test_one_answer_is_shown_alone_if_it_is_good_and_the_second_clearly_worse_or_a_twin(scores, twins, alone):
    assert answers.stands_alone(scores, twins=twins) is alone


def test_what_is_far_behind_is_not_offered_as_another():
    assert answers.near(1.58, 2.53)
    assert not answers.near(1.0, 1.77)


def test_a_weak_best_answer_is_unsure_and_nothing_is_not():
    assert answers.unsure([0.5, 0.2])
    assert not answers.unsure([1.1])
    assert not answers.unsure([])
