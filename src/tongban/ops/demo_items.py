"""One case of each further item: all are filed first and travel together, then the other places go on with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

CARD, RECORD, MEDICAL, DISABILITY = "QH2020-2-21", "QH2020-2-01", "QH2020-2-61", "QH2020-2-67"
FUND, MORTGAGE, COMPANY, LICENSE = "QH2020-2-45", "QH2020-2-29", "QH2020-1-31", "QH2020-1-43"
HOUSEHOLD, MARRIAGE = "QH2020-2-06", "QH2020-3-03"
REVIEWERS: Final = {"63": "yang-hua", "44": "xie-min", "14": "han-bing"}
MA_QIANG: Final = {"name": "马强", "id_number": "630104198503219974", "mobile": "15400000002"}
People = Mapping[str, Callable[..., Any]]

_filed: dict[str, dict[str, str]] = {}
"""What was filed by the first story of this run: item → id and number."""


def _day(ahead: int) -> str:
    return (date.today() + timedelta(days=ahead)).isoformat()  # noqa: DTZ011 - a date a person writes


def answers() -> dict[str, dict[str, Any]]:
    """What people write on each form; nobody and nothing in it exists."""
    rest = {"notice_channel": "sms", "statement": True}
    return {
        CARD: {"request": "lost", "holder": "self", "tie_to_place": "household", "photo_choice": "on_file",
               "delivery": "post", "address": "广东省深圳市南山区虚构路1号", **rest},
        RECORD: {"asked_by": "self", "tie_to_place": "household", "purpose": "employment", "delivery": "electronic",
                 **rest},
        MEDICAL: {"kind": "long_term", "long_kind": "posted", "proof_choice": "promise", "insurance": "employee",
                  "treatment_region": "440300", "from_date": _day(-10), **rest},
        DISABILITY: {"reason": "damaged", "card_number": "63010419850321997443", "card_valid_until": _day(500),
                     "status_changed": "no", "residence_region": "440305", "filed_by": "self",
                     "address": "广东省深圳市南山区虚构路2号", **rest},
        FUND: {"home": "new", "with_spouse": "no", "home_region": "440305", "home_address": "虚构花园3栋401",
               "contract_number": "深网签2026000001（虚构）", "purchase_date": _day(-60), "price": 1800000,
               "tie_to_place": "work", "amount": 120000, "bank": "虚构银行深圳分行",
               "bank_card": "6200000000000005", **rest},
        MORTGAGE: {"kind": "general", "role": "mortgagor", "filed_by": "self", "mortgagor_name": "李梅",
                   "mortgagee_name": "虚构银行西宁分行", "mortgagee_uscc": "91440300MA5D000015",
                   "certificate_number": "青（2025）西宁市不动产权第0000000号", "estate_address": "虚构小区5栋602",
                   "use": "residence", "co_owned": "none", "loan_contract_number": "借2026-001（虚构）",
                   "secured_amount": 600000, "debt_from": _day(-5), "debt_to": _day(3650), "fee_relief": "no", **rest},
        COMPANY: {"kind": "company", "filed_by": "self", "company_name": "西宁虚构云商贸有限公司",
                  "seat_region": "630102", "seat_address": "虚构大道8号", "premises": "promise",
                  "business_scope": "日用百货销售", "pre_approved": "no", "registered_capital": 500000,
                  "shareholders": "韩雪 140105199311029986 500000元", "legal_representative": "韩雪",
                  "legal_representative_id": "140105199311029986", "delivery": "electronic", **rest},
        LICENSE: {"reason": "lost", "filed_by": "self", "company_name": "西宁虚构高原商行",
                  "uscc": "91440300MA5D000015", "which": "duplicate", "lost_notice": True, "delivery": "electronic",
                  **rest},
        HOUSEHOLD: {"movers": "self", "move_out_address": "西宁市城中区虚构街9号", "spouse_name": "林小雨",
                    "spouse_id_number": "440103199602299984", "married_on": _day(-900),
                    "move_in_address": "广州市天河区虚构路10号", "housing": "own", "chosen_freely": True, **rest},
        MARRIAGE: {"history": "first", "partner_name": "马强", "partner_id_number": "630104198503219974",
                   "partner_mobile": "15400000002", "visit_date": _day(7), "visit_slot": "morning",
                   "photo_choice": "on_site", "both_mainland": True, "unmarried": True, **rest},
    }  # fmt: skip


def all_filed(people: People) -> None:
    """Everybody files; nothing is waited for."""
    said = answers()

    def file(item: str, node: str, who: str, intake: str, anchor: str, mode: str = "online", **more: Any) -> None:
        _filed[item] = people[node]("file", who=who, item=item, mode=mode, anchor_region=anchor, intake_region=intake,
                                    answers=said[item], **more)  # fmt: skip

    file(CARD, "44", "li-mei", "440305", "630100")
    file(RECORD, "44", "han-xue", "440106", "140105")
    file(MEDICAL, "44", "ma-qiang", "440305", "630102")
    _filed[DISABILITY] = people["44"]("take_in", who="wang-fang", item=DISABILITY, anchor_region="630104",
                                      applicant=MA_QIANG, answers=said[DISABILITY], method="id_card_reader",
                                      papers=["photo"])  # fmt: skip
    file(FUND, "44", "li-mei", "440305", "630100", "joint", releasing_region="440300")
    file(COMPANY, "14", "han-xue", "140105", "630102", papers=["articles", "appointments"])
    file(LICENSE, "44", "ma-qiang", "440106", "630104")
    file(HOUSEHOLD, "44", "ma-qiang", "440106", "440106", "joint", releasing_region="630103",
         papers=["application", "registers"])  # fmt: skip
    file(MARRIAGE, "44", "li-mei", "440305", "440305", "any_office")
    file(MORTGAGE, "44", "li-mei", "440305", "630104", papers=["loan_contract", "mortgage_contract"])
    places = {"anchor_region": "630102", "intake_region": "440305"}
    people["44"]("draft", who="li-mei", item=MEDICAL, mode="online", **places)  # its situation is still to be chosen


def _opened(people: People, item: str, node: str, who: str = "") -> tuple[str, str]:
    who = who or REVIEWERS[node]
    case = people[node]("find_case", who=who, number=_filed[item]["number"])
    people[node]("accept", who=who, case=case)
    return who, case


def some_granted(people: People) -> None:
    for item, node, who, text in (
        (CARD, "63", "qi-chunlan", "准予补卡，制卡后邮寄。"),
        (RECORD, "14", "", "经查询，未发现犯罪记录。"),
        (LICENSE, "63", "", "准予补领营业执照副本。"),
        (MORTGAGE, "63", "", "抵押权已登簿设立。"),
    ):
        reviewer, case = _opened(people, item, node, who)
        people[node]("grant", who=reviewer, case=case, text=text)
    _opened(people, DISABILITY, "63")


def parts_between(people: People) -> None:
    """The fund's case is done by both places; the household's waits at the police of the place moved from."""
    for item, lead in ((FUND, "63"), (HOUSEHOLD, "44")):
        _opened(people, item, lead)
    steps = ((FUND, "44", "网签备案属实。"), (HOUSEHOLD, "44", "同意迁入，准迁信息已发。"),
             (FUND, "63", "准予提取，款项划入本人账户。"))  # fmt: skip
    for item, node, note in steps:
        who = REVIEWERS[node]
        part = people[node]("find_part", who=who, number=_filed[item]["number"])
        people[node]("complete", who=who, part=part, note=note)


STORIES: Final[dict[str, Callable[[People], None]]] = {
    "the other ten items: everybody files": all_filed,
    "social security card, criminal record, license, mortgage: decided": some_granted,
    "housing fund by two places; household registration under way": parts_between,
}
