"""The three modes, walked through every role by pages alone; online once without JavaScript."""

from __future__ import annotations

import pytest
from tests import world

from . import journeys
from .browser import visiting


@pytest.mark.req("R-003", "R-066", "R-067", "R-071", "R-076")
@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_online_filed_in_guangdong_is_decided_in_qinghai_and_the_result_is_on_the_applicants_page(
    browser, demo, script
):
    with (
        visiting(browser, demo["44"], script=script) as applicant,
        visiting(browser, demo["63"], script=script) as reviewer,
    ):
        applicant.sign_in("li-mei")
        number = journeys.apply_for_driver_renewal(applicant)
        reviewer.sign_in("chen-qiang")
        journeys.open_from_queue(reviewer, "cases", number).press("予以受理")
        journeys.grant(reviewer)
        reviewer.sees("准予")
        open_mine(applicant, number)
        applicant.sees("已办结").sees("630102198806159961")
    assert world.count(demo["63"], "cases_case", "filing_number = %s", number) == 1
    assert world.count(demo["44"], "cases_case", "filing_number = %s", number) == 0


@pytest.mark.req("R-003", "R-078", "R-079", "R-081", "R-087", "R-102")
def test_proxy_papers_taken_at_a_window_in_shenzhen_are_decided_in_xining_and_handed_over(browser, demo):
    with visiting(browser, demo["44"]) as clerk, visiting(browser, demo["63"]) as reviewer:
        clerk.sign_in("wang-fang").open("/desk/intake")
        clerk.fill(entry=journeys.DRIVER, name="马强", id_number="630104198503219974", mobile="15400000002")
        clerk.region("anchor", "630000", "630100").press("下一步")
        clerk.fill(
            certificate_number="630104198503219974", certificate_valid_until=journeys.in_days(40),
            renewal_reason="expiring", credit_grade="AA", photo_choice="on_file", statement=True,
        ).press("保存，下一步")  # fmt: skip
        clerk.press("记录核验并转送业务属地")
        assert "形式审查" in clerk.text(), "without the identity check nothing is forwarded"
        for box in clerk.page.locator("main input[name=formal]").all():
            box.check()
        clerk.fill(identity_method="id_card_reader").press("记录核验并转送业务属地")
        number = journeys.number_on(clerk)
        reviewer.sign_in("chen-qiang")
        journeys.open_from_queue(reviewer, "cases", number).press("予以受理")
        journeys.grant(reviewer)
        clerk.press("查看本件").sees("已把结果交给申请人").press("已把结果交给申请人").sees("已办结")
        clerk.open("/desk?kind=cases")
        assert "待审办件" not in clerk.text(), "a clerk has no queue of cases to decide"


@pytest.mark.req("R-003", "R-089", "R-090", "R-093", "R-094")
def test_joint_one_application_three_parts_each_decided_by_its_own_place_once(browser, demo):
    with (
        visiting(browser, demo["44"]) as applicant,
        visiting(browser, demo["44"]) as guangzhou,
        visiting(browser, demo["63"]) as xining,
    ):
        applicant.sign_in("li-mei")
        number = journeys.apply_for_pension_transfer(applicant)
        guangzhou.sign_in("huang-zhiqiang")
        xining.sign_in("qi-chunlan")
        journeys.open_from_queue(guangzhou, "cases", number).press("予以受理")
        for reviewer in (guangzhou, xining, guangzhou):
            journeys.open_from_queue(reviewer, "parts", number).press("完成本环节")
        open_mine(applicant, number)
        applicant.sees("已办结")
    parts = {node: world.count(demo[node], "cases_part", "filing_number = %s AND status = 'completed'", number)
             for node in ("44", "63")}  # fmt: skip
    assert parts == {"44": 2, "63": 1}


def test_a_correction_told_in_qinghai_is_answered_in_guangdong_point_by_point(browser, demo):
    with visiting(browser, demo["44"]) as applicant, visiting(browser, demo["63"]) as reviewer:
        applicant.sign_in("li-mei")
        number = journeys.apply_for_driver_renewal(applicant)
        reviewer.sign_in("chen-qiang")
        journeys.open_from_queue(reviewer, "cases", number).press("一次性告知补正")
        title = reviewer.page.locator("strong", has_text="有效期至")
        row = reviewer.page.locator(".correction-lines > li", has=title).first
        row.locator("input[type=checkbox]").check()
        row.locator("select").select_option("expired")
        row.locator("input:not([type=checkbox])").fill("请按证件正面填写有效期。")
        reviewer.press("一次性告知申请人")
        open_mine(applicant, number)
        applicant.sees("补正")
        applicant.page.locator("main a[href$='/correction']").first.click()
        applicant.fill(certificate_valid_until=journeys.in_days(50)).press("提交补正")
        journeys.open_from_queue(reviewer, "cases", number).sees("申请第 2 版")


def test_an_application_withdrawn_before_the_decision_is_closed_as_withdrawn(browser, demo):
    with visiting(browser, demo["44"]) as applicant:
        applicant.sign_in("li-mei")
        number = journeys.apply_for_driver_renewal(applicant)
        open_mine(applicant, number)
        applicant.page.locator("main a[href$='/withdraw']").first.click()
        applicant.press("确认撤回").sees("已撤回")


def open_mine(visitor, number: str) -> None:
    visitor.open("/my/").sees(number)
    visitor.page.locator("main li, main tr, main article", has_text=number).last.get_by_role("link").first.click()
    visitor.page.wait_for_load_state()
