"""Whole journeys without a mouse: Tab, Enter, Space and arrows alone, and the focus is seen at every stop."""

from __future__ import annotations

import pytest

from . import journeys
from .browser import visiting
from .keyboard import Keyboard


def signed_in(keys: Keyboard, subject: str) -> None:
    keys.visitor.open("/sign-in")
    keys.to(name="person", value=subject)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")


@pytest.mark.req("R-131")
def test_an_applicant_gets_from_home_to_the_receipt_by_keys_alone_and_a_reviewer_decides(browser, demo):
    with visiting(browser, demo["44"]) as applicant, visiting(browser, demo["63"]) as reviewer:
        keys = Keyboard(applicant)
        signed_in(keys, "li-mei")
        applicant.open("/")
        keys.choose("here", "440000")
        keys.choose("there", "630000")
        keys.type("q", "客运驾驶员换证")
        keys.press("查一查")
        keys.press("现在开始")
        for level, code in (("intake.2", "440300"), ("intake.3", "440305"), ("anchor.2", "630100")):
            keys.choose(level, code)
        keys.press("开始填写")
        if "/drafts/" not in applicant.path:  # the same person has a draft of the same matter
            keys.press("另外再填一份")
        keys.choice("renewal_reason", "expiring")
        keys.press("继续")
        keys.type("certificate_number", "630102198806159961")
        keys.day("certificate_valid_until", journeys.in_days(60))
        keys.choice("credit_grade", "AAA")
        keys.choice("photo_choice", "on_file")
        keys.tick("statement")
        keys.press("保存并继续")
        keys.press("上传并继续")
        keys.tick("promise")
        keys.press("提交申请")
        number = journeys.number_on(applicant)
        assert keys.unseen == []

        deciding = Keyboard(reviewer)
        signed_in(deciding, "chen-qiang")
        reviewer.open("/desk?kind=cases").sees(number)
        deciding.row(number)
        deciding.press("予以受理")
        deciding.press("准予")
        deciding.type("number", "630102198806159961")
        deciding.day("valid_until", "2032-11-21")
        deciding.type("text", "准予换发道路客运驾驶员从业资格证，有效期六年。")
        deciding.press("预览")
        deciding.press("作出决定")
        reviewer.sees("准予")
        assert deciding.unseen == []


def test_a_clerk_takes_papers_in_by_keys_alone(browser, demo):
    with visiting(browser, demo["44"]) as clerk:
        keys = Keyboard(clerk)
        signed_in(keys, "wang-fang")
        clerk.open("/desk/intake")
        keys.pick("entry", journeys.DRIVER)
        for name, text in (("name", "马强"), ("id_number", "630104198503219974"), ("mobile", "15400000002")):
            keys.type(name, text)
        keys.choose("anchor.1", "630000")
        keys.choose("anchor.2", "630100")
        keys.press("下一步")
        keys.type("certificate_number", "630104198503219974")
        keys.day("certificate_valid_until", journeys.in_days(40))
        keys.choice("renewal_reason", "expiring")
        keys.choice("credit_grade", "AA")
        keys.choice("photo_choice", "on_file")
        keys.tick("statement")
        keys.press("保存，下一步")
        for _ in range(clerk.page.locator("main input[name=formal]").count()):
            keys.tick("formal")
        keys.choice("identity_method", "id_card_reader")
        keys.press("记录核验并转送业务属地")
        assert journeys.number_on(clerk)
        assert keys.unseen == []


def test_a_transfer_between_two_places_is_filed_and_its_first_part_done_by_keys_alone(browser, demo):
    with visiting(browser, demo["44"]) as applicant, visiting(browser, demo["44"]) as guangzhou:
        keys = Keyboard(applicant)
        signed_in(keys, "li-mei")
        applicant.open("/way?item=QH2020-1-07&here=440106&there=630100")
        keys.press("现在开始")
        assert keys.page.input_value('select[name="anchor.2"]') == "440100", "it goes to where the person is"
        assert keys.page.input_value('select[name="releasing.2"]') == "630100"
        keys.press("开始填写")
        if "/form" not in applicant.path:
            keys.press("另外再填一份")
        for level, code in (("household_region.1", "140000"), ("household_region.2", "140100")):
            keys.choose(level, code)
        for name, text in (("current_employer", "广州星河物流有限公司（虚构）"), ("insured_since", "2025-03"),
                           ("releasing_employer", "西宁高原商贸有限公司（虚构）"), ("releasing_from", "2012-07"),
                           ("releasing_to", "2025-01")):  # fmt: skip
            keys.type(name, text)
        keys.tick("statement")
        keys.press("保存并继续")
        keys.press("上传并继续")
        keys.tick("promise")
        keys.press("提交申请")
        number = journeys.number_on(applicant)
        assert keys.unseen == []

        deciding = Keyboard(guangzhou)
        signed_in(deciding, "huang-zhiqiang")
        for kind, step in (("cases", "予以受理"), ("parts", "完成本环节")):
            guangzhou.open(f"/desk?kind={kind}").sees(number)
            deciding.row(number)
            deciding.press(step)
        assert deciding.unseen == []
