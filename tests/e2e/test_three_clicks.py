"""From the home page to the form in at most three clicks, for twenty journeys that begin with everyday words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .browser import PHONE, visiting

PHRASES = Path(__file__).resolve().parents[1] / "search" / "queries.yaml"
OPEN = ("QH2020-2-48", "QH2020-1-07", "QH2020-1-05")
MORE = {
    "QH2020-2-48": ["客运驾驶员换证", "从业资格证到期了", "开大巴的证快过期了", "道路客运从业资格证"],
    "QH2020-1-07": ["养老保险跨省转移", "换工作养老保险怎么转", "把老家的社保转过来", "职工养老转移"],
    "QH2020-1-05": ["失业登记", "下岗登记", "没工作了去登记", "办失业证"],
}


def journeys() -> list[tuple[str, str]]:
    """Twenty (words, item): phrases of the query set for items that are open for filing, then some more."""
    phrases = yaml.safe_load(PHRASES.read_text("utf-8"))["phrases"]
    found = [(text, key) for key in OPEN for text in [*phrases[key][:3], *MORE[key]]]
    return found[:20]


@pytest.mark.req("R-131")
def test_from_home_to_the_form_in_three_clicks(browser, demo):
    """Clicks are presses of a button or a link; choosing from lists and typing are not."""
    assert len(journeys()) == 20
    too_long = []
    with visiting(browser, demo["44"], size=PHONE) as visitor:
        visitor.sign_in("li-mei")
        for words, key in journeys():
            visitor.open("/")
            visitor.fill(q=words, here="440000", there="630000" if key != "QH2020-1-05" else "440000")
            visitor.press("查一查")
            visitor.press("现在开始")
            if f"/apply/{key}" not in visitor.path:
                too_long.append(f"{words}: came to {visitor.path}")
                continue
            visitor.region("intake", "440000", "440300", "440305")
            visitor.region(
                "anchor", *(("630000", "630100") if key == "QH2020-2-48" else ("440000", "440300", "440305"))
            )
            if visitor.page.locator('select[name="anchor.3"]').count() and key == "QH2020-2-48":
                visitor.region("anchor", "630000", "630100", "630102")
            if key == "QH2020-1-07":
                visitor.region("releasing", "630000", "630100", "630102")
            visitor.press("开始填写")
            if "/form" not in visitor.path:
                too_long.append(f"{words}: after three clicks at {visitor.path}: {visitor.text()[:200]}")
    assert too_long == []
