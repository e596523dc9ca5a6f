"""The color of buttons: a node's own, where it can be read and means nothing else."""

from __future__ import annotations

import pytest

from tongban.ui.rules.accent import contrast_with_white, follows_brand


def test_contrast_is_that_of_the_standard():
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("color", "follows"), [("#0a6b52", True), ("#0b57a4", True), ("#8a3b12", False), ("#7fd8b8", False)]
)
def test_buttons_follow_a_readable_brand_that_is_no_color_of_warning(color, follows):
    assert follows_brand(color) == follows
