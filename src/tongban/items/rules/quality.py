"""The data-quality rules of standards §1.6 as one pure validator with named findings.

An error is a contradiction or a code that cannot be; a warning is something not known yet, or doubtful. Whoever
publishes is refused with errors and shown the warnings.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tongban.items.elements import ELEMENTS, Elements, Limit

from .codes import CHECKED, LOCAL_MOST

Level = Literal["error", "warning"]

ACT_NOW: Final = "1"  # case_type 即办件
PROMISE: Final = "2"  # case_type 承诺件
LICENSE, APPROVAL = "1", "2"  # result_type
COURIER: Final = "4"  # handling_form 快递申请
DEPTH_THROUGHOUT: Final = frozenset({"5", "6", "7"})  # 互联网办理 and beyond
PERMIT: Final = "01"  # item_type 行政许可
PERSONS: Final = frozenset({"1"})  # service_object 自然人
WANTED_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "acceptance": ("受理", "收件", "申请", "申报"),
    "review": ("审核", "审查", "核验", "评定", "校验", "查询", "协查"),
    "decision": ("决定", "登记", "登簿", "审核", "办理", "备案", "发证", "制证", "制卡", "接续"),
    "delivery": ("送达", "发证", "发照", "领取", "告知", "反馈", "寄递", "出具", "签发", "生效", "支付", "启用"),
}
"""Which words say that a step of the procedure is there (rule 7)."""
_PHONE: Final = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|1\d{4}|400-?\d{3}-?\d{4})(?!\d)", re.ASCII)
_WORKDAYS: Final = {"immediate": 0.0, "hour": 1 / 8, "workday": 1.0, "day": 5 / 7, "month": 21.75}
_PARTS: Final = re.compile(r"等(?:材料|证明|文件|资料)?$|其他(?:有关|相关)(?:材料|证明|文件)|法律法规规定的其他")


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is one of :data:`FINDINGS`; ``field`` the element; ``params`` are codes and numbers, no prose."""

    code: str
    level: Level
    field: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


FINDINGS: Final[Mapping[str, tuple[Level, str]]] = {
    "code_malformed": ("error", "§1.1–1.2"),
    "local_code_too_long": ("error", "§1.2"),
    "code_not_on_list": ("error", "§1.4"),
    "not_a_form_of_promise": ("error", "§1.6(1)"),
    "license_not_typed": ("error", "§1.6(2)"),
    "result_without_sample": ("warning", "§1.6(2)"),
    "visit_without_reason": ("error", "§1.6(3)"),
    "no_visit_no_way": ("error", "§1.6(3)"),
    "throughout_online_with_visit": ("error", "§1.6(3)"),
    "fee_incomplete": ("error", "§1.6(4)"),
    "payment_unknown": ("warning", "§1.6(4)"),
    "payment_without_fee": ("error", "§1.6(4)"),
    "same_telephone": ("error", "§1.6(5)"),
    "telephone_without_area": ("error", "§1.6(5)"),
    "theme_not_for_audience": ("error", "§1.6(6)"),
    "permit_without_faq": ("warning", "§1.6(7)"),
    "step_missing": ("warning", "§1.6(7)"),
    "promised_beyond_statutory": ("error", "§1.6(8)"),
    "exempt_unbound": ("warning", "§1.6(8)"),
    "cross_province_incomplete": ("warning", "§1.6(8)"),
    "material_open_ended": ("warning", "§1.3"),
    "missing": ("warning", "§1.5"),
}
"""Every finding, its level and the paragraph of standards.md it comes from."""


def findings(elements: Elements, codes: Mapping[str, Collection[str]]) -> tuple[Finding, ...]:
    """All findings, in the order of the rules. ``codes``: list name → codes valid on the day."""
    return tuple(_all(elements, codes))


def missing(elements: Elements) -> tuple[str, ...]:
    """Required elements that are not known."""
    return tuple(e.key for e in ELEMENTS.values() if e.need and getattr(elements, e.key) in (None, ()))


def completeness(elements: Elements) -> tuple[int, int]:
    """(known, required) of the elements that the national collection requires."""
    required = sum(e.need for e in ELEMENTS.values())
    return required - len(missing(elements)), required


def _f(code: str, element: str, **params: Any) -> Finding:
    return Finding(code, FINDINGS[code][0], element, params)


def _all(e: Elements, codes: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    yield from _codes(e, codes)
    yield from _limits(e)
    yield from _result(e)
    yield from _visits(e)
    yield from _fee(e)
    yield from _telephones(e)
    yield from _themes(e)
    yield from _steps(e)
    yield from _materials(e)
    yield from _cross(e)
    yield from (_f("missing", key) for key in missing(e))


def _codes(e: Elements, codes: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    for key, rule in CHECKED.items():
        value = getattr(e, key)
        if value is not None and (fault := rule(value)) is not None:
            yield _f("code_malformed", key, fault=fault)
    for key in ("local_base_code", "local_code"):
        if len(getattr(e, key) or "") > LOCAL_MOST:
            yield _f("local_code_too_long", key, most=LOCAL_MOST)
    for element in ELEMENTS.values():
        known = codes.get(element.codes)
        if not element.codes or known is None:
            continue
        value = getattr(e, element.key)
        for code in value if element.many else (value,) if value is not None else ():
            if code not in known:
                yield _f("code_not_on_list", element.key, value=code, list=element.codes)


def workdays(limit: Limit) -> float:
    """A limit in working days, roughly: only for telling which of two is longer."""
    return limit.value * _WORKDAYS[limit.unit]


def _limits(e: Elements) -> Iterator[Finding]:
    if e.promised_limit is not None and e.case_type is not None:
        at_once = e.promised_limit.unit == "immediate"
        if at_once != (e.case_type == ACT_NOW) and (at_once or e.case_type != "9"):
            yield _f("not_a_form_of_promise", "case_type", case_type=e.case_type, unit=e.promised_limit.unit)
    if e.promised_limit is not None and e.statutory_limit is not None:
        promised, statutory = workdays(e.promised_limit), workdays(e.statutory_limit)
        same_unit = e.promised_limit.unit == e.statutory_limit.unit
        if promised > statutory * (1 if same_unit else 1.5):
            yield _f("promised_beyond_statutory", "promised_limit",
                     promised=e.promised_limit.value, statutory=e.statutory_limit.value)  # fmt: skip


def _result(e: Elements) -> Iterator[Finding]:
    if e.result_name is None:
        return
    if e.result_types:
        wanted = LICENSE if e.result_name.endswith("证") else APPROVAL if e.result_name.endswith(("批复", "文")) else ""
        if wanted and wanted not in e.result_types:
            yield _f("license_not_typed", "result_types", wanted=wanted)
    if e.result_sample is None and e.result_types != ("4",):
        yield _f("result_without_sample", "result_sample")


def _visits(e: Elements) -> Iterator[Finding]:
    if e.visits is None:
        return
    if e.visits > 0 and not e.visit_reason:
        yield _f("visit_without_reason", "visit_reason", visits=e.visits)
    if e.visits == 0 and e.online is False and e.handling_forms and COURIER not in e.handling_forms:
        yield _f("no_visit_no_way", "handling_forms")
    if e.visits > 0 and set(e.online_depth) >= DEPTH_THROUGHOUT:
        yield _f("throughout_online_with_visit", "visits", visits=e.visits)


def _fee(e: Elements) -> Iterator[Finding]:
    if e.fee:
        for key in ("fee_basis", "fee_items"):
            if getattr(e, key) in (None, ()):
                yield _f("fee_incomplete", key)
        if e.pay_online is None:
            yield _f("payment_unknown", "pay_online")
    elif e.fee is False and e.pay_online:
        yield _f("payment_without_fee", "pay_online")


def _telephones(e: Elements) -> Iterator[Finding]:
    if e.consult_phone and e.consult_phone == e.complaint_phone:
        yield _f("same_telephone", "complaint_phone")
    for key in ("consult_phone", "complaint_phone"):
        if (value := getattr(e, key)) and not _PHONE.search(value):
            yield _f("telephone_without_area", key)


def _themes(e: Elements) -> Iterator[Finding]:
    objects = set(e.service_objects)
    if objects and not objects & PERSONS and e.person_themes:
        yield _f("theme_not_for_audience", "person_themes")
    if objects and objects <= PERSONS and e.company_themes:
        yield _f("theme_not_for_audience", "company_themes")


def _steps(e: Elements) -> Iterator[Finding]:
    if e.item_type == PERMIT and not e.faq:
        yield _f("permit_without_faq", "faq")
    if e.process:
        words = " ".join(f"{s.name}{s.output}" for s in e.process)
        for step, signs in WANTED_STEPS.items():
            if not any(sign in words for sign in signs):
                yield _f("step_missing", "process", step=step)


def _materials(e: Elements) -> Iterator[Finding]:
    for number, material in enumerate(e.materials, start=1):
        if material.exempt and not (material.license_type or material.data_interface):
            yield _f("exempt_unbound", "materials", number=number)
        if _PARTS.search(material.name):
            yield _f("material_open_ended", "materials", number=number)


def _cross(e: Elements) -> Iterator[Finding]:
    if e.cross_province:
        for key in ("cross_modes", "open_regions", "competent_duty", "intake_duties"):
            if getattr(e, key) in (None, ()):
                yield _f("cross_province_incomplete", key)
