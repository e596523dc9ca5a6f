"""The five minutes by browser of the README, step by step: what a step says to press is there to be pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tongban.config import CHECKOUT

from .browser import Visitor, visiting
from .journeys import in_days, number_on

PAGES = ("README.md", "README.zh-CN.md")


@pytest.fixture
def applicant(browser, demo) -> Iterator[Visitor]:
    with visiting(browser, demo["44"]) as visitor:
        yield visitor


@pytest.fixture
def reviewer(browser, demo) -> Iterator[Visitor]:
    with visiting(browser, demo["63"]) as visitor:
        yield visitor


def test_the_tour_by_browser_ends_with_a_decided_case(applicant: Visitor, reviewer: Visitor) -> None:
    applicant.sign_in("li-mei")
    applicant.page.get_by_role("link", name="首页").first.click()
    applicant.page.select_option("main select[name=there]", label="青海省")
    applicant.fill(q="开大巴的证快到期了").press("查一查")
    assert "道路客运驾驶员从业资格证换证" in applicant.page.locator("h1").inner_text()
    applicant.press("现在开始")
    applicant.region("intake", "440000", "440300", "440305").region("anchor", "630000", "630100").press("开始填写")
    applicant.press("另外再填一份")
    applicant.fill(renewal_reason="expiring").press("继续")
    applicant.fill(
        certificate_number="630102198806159961", certificate_valid_until=in_days(60), credit_grade="AAA",
        photo_choice="on_file", statement=True,
    ).press("保存并继续").press("上传并继续").fill(promise=True).press("提交申请")  # fmt: skip
    number = number_on(applicant)

    reviewer.sign_in("chen-qiang").open("/desk").sees(number)
    reviewer.page.locator("tr", has_text=number).get_by_role("link").first.click()
    reviewer.press("予以受理").press("准予")
    reviewer.fill(number="630102198806159961", valid_until=in_days(2000), text="准予换发。")
    reviewer.press("预览").press("作出决定")

    applicant.page.get_by_role("link", name="我的办件").first.click()
    applicant.page.get_by_role("link", name="道路客运驾驶员从业资格证换证").first.click()
    applicant.sees("准予换发。").sees("青海省")


@pytest.mark.parametrize("page", PAGES)
def test_the_readme_names_what_the_tour_presses(page: str) -> None:
    """The words of the walk above stand in both READMEs: whoever changes a button changes the tour."""
    text = (CHECKOUT / page).read_text("utf-8")
    tour = re.sub(r"\s+", "", text.split("\n## ")[2])
    for word in ("首页", "查一查", "现在开始", "开始填写", "另外再填一份", "保存并继续", "上传并继续", "提交申请",
                 "予以受理", "准予", "预览", "作出决定", "我的办件", "开大巴的证快到期了"):  # fmt: skip
        assert word in tour, f"{page} does not say {word}"
