"""The elements of an item (要素), typed: GB/T 39554.2 and GB/T 39046 table 4, the national collection's columns
(standards §1.5), the seven rule elements (R-030) and those of cross-province handling (§1.3). Plain Python.

Everything may be unknown: ``None`` or an empty tuple says "not known yet", never "no". Chinese texts are authoritative.
One declaration serves validation, completeness, comparison, import and export: :data:`ELEMENTS`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Unit = Literal["workday", "day", "hour", "month", "immediate"]
Group = Literal["identity", "unit", "limits", "service", "place", "result", "online", "fee", "right", "cross"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    law: str
    article: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A time limit. ``immediate`` (即办) has the value 0. ``text`` is the 时限说明."""

    value: int
    unit: Unit
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStep:
    """One step of the procedure (办理流程). ``place``: online, collect, home, in, out … as the source says."""

    name: str
    actor: str = ""
    place: str = ""
    limit: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialElement:
    """A material in the words of the exchange database. Codes: material_necessity, material_type, material_form,
    material_source. ``license_type`` or ``data_interface`` binds a material that nobody has to hand in (免提交)."""

    name: str
    necessity: str = ""
    type: str = ""
    form: str = ""
    source: str = ""
    source_text: str = ""
    copies: int | None = None
    paper_format: str = ""
    blank_form: str = ""
    sample_form: str = ""
    fill_note: str = ""
    accept_standard: str = ""
    basis: str = ""
    exempt: bool = False
    license_type: str = ""
    data_interface: str = ""
    exempt_note: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeItem:
    name: str
    standard: str
    basis: str = ""
    reducible: bool | None = None
    reduction_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialProcedure:
    """A procedure that stops the clock. ``kind``: code list special_procedure."""

    kind: str
    name: str
    basis: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """情形: the smallest unit. ``when``: answer field → values that lead here; empty while nothing asks for it yet.

    ``key`` names it within its item; ``materials`` (keys) and ``steps`` (names of the procedure) are those that apply,
    all of them if empty. See ``rules.situations``.
    """

    name: str
    key: str = ""
    name_en: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def _e(
    zh: str, en: str, group: Group, *, need: bool = False, codes: str = "", column: str = "", many: bool = False
) -> Any:
    meta = {"zh": zh, "en": en, "group": group, "need": need, "codes": codes, "column": column}
    return field(default=() if many else None, metadata=meta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """Fields in the order of the standards; ``need`` marks what the national collection requires."""

    # 目录: what four levels share
    name: str | None = _e("事项名称", "Name", "identity", need=True, column="task_name")
    national_code: str | None = _e("基本编码", "Basic code (12)", "identity", need=True, column="catalog_code")
    item_type: str | None = _e("事项类型", "Type", "identity", need=True, codes="item_type", column="task_type")
    legal_basis: tuple[LegalBasis, ...] = _e(
        "设定依据", "Legal basis", "identity", need=True, column="by_law", many=True
    )
    local_base_code: str | None = _e("地方基本编码", "Local basic code", "identity", column="local_catalog_code")
    implementation_code: str | None = _e(
        "实施编码", "Implementation code (31)", "identity", need=True, column="task_code"
    )
    local_code: str | None = _e("地方实施编码", "Local code", "identity", column="local_task_code")
    handling_code: str | None = _e("业务办理项编码", "Handling item code (33)", "identity", column="task_handle_item")
    state: str | None = _e("事项状态", "State", "identity", need=True, codes="item_state", column="task_state")
    classification: str | None = _e("业务分类", "Business classification", "identity")
    preceding: tuple[str, ...] = _e("前置环节", "Preceding items", "identity", many=True)
    situations: tuple[Situation, ...] = _e("情形", "Situations", "identity", many=True)
    # 实施主体
    exercise_levels: tuple[str, ...] = _e(
        "行使层级", "Levels of exercise", "unit", need=True, codes="exercise_level", column="use_level", many=True
    )
    power_source: str | None = _e(
        "权力来源", "Source of power", "unit", need=True, codes="power_source", column="power_source"
    )
    authority_name: str | None = _e("实施主体", "Authority", "unit", need=True, column="dept_name")
    authority_uscc: str | None = _e("实施主体编码", "Authority's USCC", "unit", need=True, column="dept_code")
    authority_nature: str | None = _e(
        "实施主体性质", "Nature of the authority", "unit", need=True, codes="authority_nature", column="dept_type"
    )
    entrusted_by: str | None = _e("委托部门", "Entrusting department", "unit", column="entrust_name")
    joint_departments: tuple[str, ...] = _e("联办机构", "Cooperating bodies", "unit", column="other_dept", many=True)
    undertaker: str | None = _e("承办机构", "Undertaking body", "unit")
    division_of_power: str | None = _e("权限划分", "Division of powers", "unit")
    exercise_content: str | None = _e("行使内容", "Content of exercise", "unit")
    system_level: str | None = _e("运行系统层级", "Level of the running system", "unit")
    # 时限
    statutory_limit: Limit | None = _e(  # noqa: RUF009 - makes a field
        "法定办结时限", "Statutory limit", "limits", need=True, column="anticipate_day"
    )
    promised_limit: Limit | None = _e(  # noqa: RUF009 - makes a field
        "承诺办结时限", "Promised limit", "limits", need=True, column="promise_day"
    )
    case_type: str | None = _e(
        "办件类型", "Kind of case", "limits", need=True, codes="case_type", column="project_type"
    )
    special_procedures: tuple[SpecialProcedure, ...] = _e(
        "特别程序", "Special procedures", "limits", column="special_procedure", many=True
    )
    # 受理、流程、材料
    service_objects: tuple[str, ...] = _e(
        "服务对象", "For whom", "service", need=True, codes="service_object", column="server_type", many=True
    )
    conditions: tuple[str, ...] = _e(
        "受理条件", "Conditions", "service", need=True, column="accept_condition", many=True
    )
    acceptance_mode: str | None = _e("受理模式", "Mode of acceptance", "service")
    process: tuple[ProcessStep, ...] = _e(
        "办理流程", "Procedure", "service", need=True, column="handle_flow", many=True
    )
    materials: tuple[MaterialElement, ...] = _e("申请材料", "Materials", "service", need=True, many=True)
    has_quantity_limit: bool | None = _e("有无数量限制", "Limited in number", "service")
    quantity_limit: str | None = _e("数量限制说明", "Limit in number", "service", column="limit_explain")
    annual_check: bool | None = _e("有无年检", "Annual check", "service")
    annual_report: bool | None = _e("有无年报", "Annual report", "service")
    intermediary: str | None = _e("中介服务", "Intermediary services", "service", column="service_type")
    person_themes: tuple[str, ...] = _e(
        "自然人主题", "Themes for persons", "service", column="user_topic_type", many=True
    )
    company_themes: tuple[str, ...] = _e(
        "法人主题", "Themes for companies", "service", column="corp_topic_type", many=True
    )
    faq: tuple[Faq, ...] = _e("常见问题", "Questions and answers", "service", many=True)
    # 办理地点与方式
    handling_forms: tuple[str, ...] = _e(
        "办理形式", "Ways of filing", "place", need=True, codes="handling_form", column="handle_type", many=True
    )
    visits: int | None = _e("到现场次数", "Visits", "place", need=True, column="limit_scene_num")
    visit_reason: str | None = _e("必须现场办理原因", "Why a visit is needed", "place", column="limit_scene_explain")
    address: str | None = _e("办理地点", "Address", "place", need=True, column="transact_addr")
    hours: str | None = _e("办理时间", "Hours", "place", need=True, column="transact_time")
    consult_phone: str | None = _e("咨询电话", "Telephone", "place", need=True, column="link_way")
    complaint_phone: str | None = _e(
        "监督投诉电话", "Telephone for complaints", "place", need=True, column="supervise_way"
    )
    in_hall: bool | None = _e("是否进驻大厅", "In the service hall", "place", need=True, column="is_entry_center")
    appointment: bool | None = _e("是否支持预约", "Appointments", "place", column="is_schedule")
    terminals: bool | None = _e("是否支持自助终端", "Self-service terminals", "place", column="is_service_terminals")
    town_offices: str | None = _e("进驻镇街名称", "Township offices", "place", column="town_name")
    village_offices: str | None = _e("进驻村居名称", "Village offices", "place", column="village_name")
    # 结果
    result_types: tuple[str, ...] = _e(
        "结果类型", "Types of result", "result", need=True, codes="result_type", column="result_type", many=True
    )
    result_name: str | None = _e("结果名称", "Name of the result", "result", column="result_name")
    result_sample: str | None = _e("结果样本", "Sample of the result", "result", column="result_guid")
    issuer: str | None = _e("出具机构", "Issuing body", "result")
    delivery: tuple[str, ...] = _e("结果领取方式", "Ways of collection", "result", many=True)
    delivery_note: str | None = _e("结果领取说明", "Note on collection", "result")
    express: bool | None = _e("是否支持物流快递", "By courier", "result", need=True, column="is_express")
    # 网办
    online: bool | None = _e("是否网办", "Online", "online", need=True, column="is_online")
    online_depth: tuple[str, ...] = _e(
        "网上办理深度", "Depth online", "online", codes="online_depth", column="online_handle_depth", many=True
    )
    online_url: str | None = _e("电脑端办理地址", "Address online", "online", column="link_addr")
    mobile_url: str | None = _e("移动端办理地址", "Mobile address", "online", column="mobile_terminal_url")
    single_sign_on: bool | None = _e(
        "电脑端对接单点登录", "Single sign-on", "online", need=True, column="is_single_login"
    )
    app_single_sign_on: bool | None = _e(
        "移动端对接单点登录", "Mobile single sign-on", "online", need=True, column="app_is_single_login"
    )
    # 收费
    fee: bool | None = _e("是否收费", "Fee", "fee", need=True, column="is_fee")
    fee_basis: str | None = _e("收费依据", "Basis of the fee", "fee", column="fee_basis")
    fee_items: tuple[FeeItem, ...] = _e("收费项目", "Fees", "fee", many=True)
    pay_online: bool | None = _e("是否支持网上支付", "Payment online", "fee", need=True, column="is_pay_online")
    # 权利与救济
    rights: str | None = _e("依法享有的权利", "Rights", "right")
    duties: str | None = _e("依法履行的义务", "Duties", "right")
    reconsideration: str | None = _e("行政复议", "Administrative reconsideration", "right")
    litigation: str | None = _e("行政诉讼", "Litigation", "right")
    # 跨省通办
    cross_province: bool | None = _e("是否全国高频“跨省通办”事项", "National cross-province item", "cross", need=True)
    cross_modes: tuple[str, ...] = _e("跨省通办模式", "Modes", "cross", need=True, codes="cross_mode", many=True)
    cross_mode_note: str | None = _e("模式说明", "Note on the modes", "cross")
    scope: str | None = _e("通办范围", "Scope", "cross", need=True, codes="scope", column="handle_area")
    scope_note: str | None = _e("通办范围说明", "Note on the scope", "cross")
    proxy_regions: tuple[str, ...] = _e("跨省代收代办区域", "Regions of proxy intake", "cross", many=True)
    open_regions: tuple[str, ...] = _e("通办区域", "Regions", "cross", need=True, many=True)
    open_kind: str | None = _e("通办类型", "Kind", "cross")
    open_form: str | None = _e("通办形式", "Form", "cross")
    competent_duty: str | None = _e("属地责任部门与职责", "Duty of the competent place", "cross", need=True)
    intake_duties: tuple[str, ...] = _e("收件责任清单", "Duties at intake", "cross", need=True, many=True)
    fully_assisted: bool | None = _e("是否全程代办", "Assisted throughout", "cross")
    filing_anywhere: bool | None = _e("申请地不受限", "May be filed anywhere", "cross")
    restriction_lifted: str | None = _e("不受何种限制", "Restriction lifted", "cross")


@dataclass(frozen=True, slots=True)
class Element:
    """What is known about one element as such."""

    key: str
    zh: str
    en: str
    group: Group
    need: bool
    codes: str
    column: str
    many: bool
    type: str


ELEMENTS: Final[Mapping[str, Element]] = {
    f.name: Element(key=f.name, many=f.default == (), type=str(f.type), **f.metadata)
    for f in dataclasses.fields(Elements)
}
"""Key → element, in the order of the dataclass."""
