"""From the home page to the form in at most three clicks, for twenty journeys that begin with everyday words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .browser import PHONE, Visitor, visiting

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


def drafts(visitor: Visitor) -> list[str]:
    """Ids of the drafts a person has: with one of the same matter, that is offered instead of a second."""
    visitor.open("/my/")
    rows = visitor.page.locator("main ol.rows > li", has_text="草稿")
    return [str(row.get_by_role("link").first.get_attribute("href")).split("/")[2] for row in rows.all()]


def discard(visitor: Visitor, draft: str) -> None:
    visitor.open(f"/drafts/{draft}/discard").press("删除")


def begins(visitor: Visitor) -> str:
    """The words on the button that leads to the form, if there is one."""
    main = visitor.page.locator("main")
    return next(
        (text for text in ("现在开始", "在线申请") if main.get_by_role("link", name=text, exact=True).count()), ""
    )


@pytest.mark.req("R-131")
def test_from_home_to_the_form_in_three_clicks(browser, demo):
    """Clicks are presses of a button or a link; choosing from lists and typing are not. The form begins with the places
    (/apply); where the words say one thing, the third click is past them."""
    assert len(journeys()) == 20
    too_long, straight = [], 0
    with visiting(browser, demo["44"], size=PHONE) as visitor:
        visitor.sign_in("zhou-tao")
        for draft in drafts(visitor):
            discard(visitor, draft)
        for words, key in journeys():
            visitor.open("/")
            visitor.fill(q=words, here="440000", there="630000" if key != "QH2020-1-05" else "440000")
            visitor.press("查一查")
            clicks = 1
            if not begins(visitor):  # several things are meant by such words: one more click says which
                visitor.page.locator(f'main a[href*="{key}"]').first.click()
                visitor.page.wait_for_load_state()
                clicks += 1
            visitor.press(begins(visitor))
            clicks += 1
            if f"/apply/{key}" not in visitor.path or clicks > 3:
                too_long.append(f"{words}: after {clicks} clicks at {visitor.path}")
                continue
            visitor.region("intake", "440000", "440300", "440305")
            if key == "QH2020-2-48":
                visitor.region("anchor", "630000", "630100", "630102")
            elif visitor.page.locator('select[name="anchor.1"]').count():
                visitor.region("anchor", "440000", "440300", "440305")
            if key == "QH2020-1-07":
                visitor.region("releasing", "630000", "630100", "630102")
            visitor.press("开始填写")
            clicks += 1
            if "/drafts/" not in visitor.path:  # the form, or the question about one's situation that it begins with
                too_long.append(f"{words}: after {clicks} clicks at {visitor.path}: {visitor.text()[:200]}")
                continue
            straight += clicks == 3
            discard(visitor, visitor.path.split("/")[2])
    assert too_long == []
    assert straight >= 10, "most are past the choice of places with the third click"
