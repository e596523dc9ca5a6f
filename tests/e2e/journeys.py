"""The ways through the pages that several tests walk."""

from __future__ import annotations

from datetime import date, timedelta

from .browser import Visitor

DRIVER, PENSION, UNEMPLOYMENT = "QH2020-2-48", "QH2020-1-07", "QH2020-1-05"


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - as a person reads a calendar


def begin(visitor: Visitor) -> None:
    """Start filling in; where a draft of the same matter is offered, begin another one."""
    visitor.press("开始填写")
    if "/drafts/" not in visitor.path:
        visitor.press("另外再填一份")


def apply_for_driver_renewal(visitor: Visitor) -> str:
    """From the form's first page to the receipt; gives the filing's number."""
    visitor.open(f"/apply/{DRIVER}")
    visitor.region("intake", "440000", "440300", "440305").region("anchor", "630000", "630100")
    begin(visitor)
    visitor.fill(renewal_reason="expiring").press("继续").fill(
        certificate_number="630102198806159961", certificate_valid_until=in_days(60), credit_grade="AAA",
        photo_choice="on_file", statement=True,
    ).press("保存并继续")  # fmt: skip
    visitor.press("上传并继续")
    visitor.fill(promise=True).press("提交申请")
    return number_on(visitor)


def apply_for_pension_transfer(visitor: Visitor) -> str:
    visitor.open(f"/apply/{PENSION}")
    visitor.region("intake", "440000", "440100", "440106").region("anchor", "440000", "440100")
    visitor.region("releasing", "630000", "630100")
    begin(visitor)
    visitor.region("household_region", "630000", "630100", "630104").fill(
        current_employer="广州星河物流有限公司（虚构）", insured_since="2025-03",
        releasing_employer="西宁高原商贸有限公司（虚构）", releasing_from="2012-07", releasing_to="2025-01",
        statement=True,
    ).press("保存并继续")  # fmt: skip
    visitor.press("上传并继续")
    visitor.fill(promise=True).press("提交申请")
    return number_on(visitor)


def number_on(visitor: Visitor) -> str:
    """The filing number printed on a receipt."""
    return visitor.page.locator(".receipt-number").first.inner_text().strip()


def open_from_queue(visitor: Visitor, kind: str, number: str) -> Visitor:
    """Open a matter from the work queue, waiting until it has arrived."""
    visitor.open(f"/desk?kind={kind}").sees(number)
    visitor.page.locator("tr", has_text=number).get_by_role("link").first.click()
    visitor.page.wait_for_load_state()
    return visitor


def grant(visitor: Visitor, text: str = "准予换发道路客运驾驶员从业资格证，有效期六年。") -> None:
    visitor.press("准予").fill(number="630102198806159961", valid_until="2032-11-21", text=text)
    visitor.press("预览").press("作出决定")
