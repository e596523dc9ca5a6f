"""朗读 and high contrast on every public page from the question to the checklist."""

from __future__ import annotations

import pytest

from .browser import PHONE, visiting

PAGES = ("/", "/search?q=社保卡", "/search?q=护照", "/way?q=养老保险转移&here=440305&there=630100", "/items",
         "/items/QH2020-2-48?there=630100", "/items/QH2020-2-48/checklist", "/life?event=marry", "/zones",
         "/zones/yellow-river", "/lists/QH2020", "/help", "/status", "/statistics", "/entrances")  # fmt: skip
A_VOICE = """
window.said = [];
const voice = {speak: u => window.said.push([u.lang, u.text]), cancel: () => { window.said = []; }};
Object.defineProperty(window, 'speechSynthesis', {value: voice});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.mark.req("R-302")
def test_every_public_page_of_the_way_is_read_aloud_and_has_high_contrast(browser, demo):
    violations, faults = [], []
    with visiting(browser, demo["44"], size=PHONE) as visitor:
        visitor.page.add_init_script(A_VOICE)
        visitor.open("/help").page.click("[data-aid=contrast]")
        for path in PAGES:
            visitor.open(path)
            visitor.page.click("[data-aid=read]")
            said = visitor.page.evaluate("window.said")
            words = "".join(text for _, text in said)
            heading = visitor.page.locator("h1").inner_text().rstrip("？?")
            if not words.startswith(heading[:6]) or "内蒙古自治区" in words or said[0][0] != "zh-CN":
                faults.append((path, said[:4]))
            visitor.page.click("[data-aid=read]")
            assert visitor.page.evaluate("window.said") == [], "the second press ends it"
            assert visitor.page.get_attribute("html", "data-contrast") == "high", path
            violations += visitor.axe()
    assert faults == []
    assert violations == []


def test_each_part_is_read_in_its_own_language(browser, demo):
    with visiting(browser, demo["44"], size=PHONE) as visitor:
        visitor.page.add_init_script(A_VOICE)
        visitor.open("/search?q=社保卡")
        with visitor.page.expect_navigation():
            visitor.page.click("button[name=lang][value=en]")
        visitor.page.click("[data-aid=read]")
        said = visitor.page.evaluate("window.said")
        assert {"en", "zh-CN"} == {lang for lang, _ in said}
        assert [text for lang, text in said if lang == "en" and any("\u4e00" <= c <= "\u9fff" for c in text)] == []
