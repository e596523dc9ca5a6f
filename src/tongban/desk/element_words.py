"""The words of the form in which an item manager changes an item: groups, parts of an element, hints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

GROUPS: Final[Mapping[str, Any]] = {
    "identity": gettext_lazy("基本要素"), "unit": gettext_lazy("实施主体"), "limits": gettext_lazy("时限"),
    "service": gettext_lazy("受理、流程和材料"), "place": gettext_lazy("办理地点和方式"),
    "result": gettext_lazy("办理结果"),
    "online": gettext_lazy("网上办理"), "fee": gettext_lazy("收费"), "right": gettext_lazy("权利和救济"),
    "cross": gettext_lazy("跨省通办"),
}  # fmt: skip
"""Every group of elements, in the order of the form."""
UNIT_NAMES: Final[Mapping[str, Any]] = {
    "workday": gettext_lazy("个工作日"), "day": gettext_lazy("日"), "hour": gettext_lazy("小时"),
    "month": gettext_lazy("个月"), "immediate": gettext_lazy("即办"),
}  # fmt: skip
PLACES: Final[Mapping[str, Any]] = {
    "online": gettext_lazy("网上"), "collect": gettext_lazy("收件地"), "home": gettext_lazy("业务属地"),
    "in": gettext_lazy("转入地"), "out": gettext_lazy("转出地"),
    "any_office": gettext_lazy("任一受理机关"), "insure": gettext_lazy("参保地"),
    "property": gettext_lazy("不动产所在地"),
}  # fmt: skip
"""Where a step of the procedure is taken."""
PART_CODES: Final = {
    ("materials", "necessity"): "material_necessity", ("materials", "type"): "material_type",
    ("materials", "form"): "material_form", ("materials", "source"): "material_source",
    ("special_procedures", "kind"): "special_procedure",
}  # fmt: skip
"""Codes inside the parts of an element: (element, part) → list."""
PART_NAMES: Final[Mapping[tuple[str, str], Any]] = {
    ("", "name"): gettext_lazy("名称"), ("", "basis"): gettext_lazy("依据"), ("", "law"): gettext_lazy("法规名称"),
    ("", "article"): gettext_lazy("条款"), ("", "point"): gettext_lazy("内容"),
    ("", "standard"): gettext_lazy("收费标准"), ("", "reducible"): gettext_lazy("能否减免"),
    ("", "reduction_basis"): gettext_lazy("减免依据"), ("", "question"): gettext_lazy("问"),
    ("", "answer"): gettext_lazy("答"), ("", "actor"): gettext_lazy("办理人"), ("", "place"): gettext_lazy("在哪里办"),
    ("", "limit"): gettext_lazy("办理期限"), ("", "output"): gettext_lazy("产出"), ("", "days"): gettext_lazy("日数"),
    ("", "kind"): gettext_lazy("种类"), ("", "necessity"): gettext_lazy("必要性"),
    ("", "type"): gettext_lazy("原件或复印件"),
    ("", "form"): gettext_lazy("形式"), ("", "source"): gettext_lazy("来源"),
    ("", "source_text"): gettext_lazy("来源说明"),
    ("", "copies"): gettext_lazy("份数"), ("", "paper_format"): gettext_lazy("纸质规格"),
    ("", "blank_form"): gettext_lazy("空白表格"), ("", "sample_form"): gettext_lazy("样表"),
    ("", "fill_note"): gettext_lazy("填写说明"), ("", "accept_standard"): gettext_lazy("受理标准（审查要点）"),
    ("", "exempt"): gettext_lazy("免提交"), ("", "license_type"): gettext_lazy("对应的电子证照"),
    ("", "data_interface"): gettext_lazy("对应的数据接口"), ("", "exempt_note"): gettext_lazy("免提交说明"),
    ("", "when"): gettext_lazy("什么情况下要交"), ("", "name_en"): gettext_lazy("英文名称"),
    ("", "key"): gettext_lazy("标识"), ("", "materials"): gettext_lazy("适用的材料（标识）"),
    ("", "steps"): gettext_lazy("适用的步骤"),
}  # fmt: skip
"""(element, part) → its title; the element is empty where all that have such a part call it the same."""
MORE: Final = frozenset(
    ("materials", part) for part in (
        "type", "source", "source_text", "copies", "paper_format", "blank_form", "sample_form", "fill_note", "basis",
        "license_type", "data_interface", "exempt_note",
    )
)  # fmt: skip
"""Parts that are seldom needed: they fold away."""
LONG: Final = frozenset({
    "point", "answer", "accept_standard", "fill_note", "address", "hours", "visit_reason", "fee_basis", "rights",
    "duties",
    "reconsideration", "litigation", "delivery_note", "competent_duty", "division_of_power", "exercise_content",
    "quantity_limit", "cross_mode_note", "scope_note", "intermediary",
})  # fmt: skip
HINTS: Final[Mapping[str, Any]] = {
    "legal_basis": gettext_lazy("每部法规一条；法规名称必填"),
    "fee_items": gettext_lazy("每个收费项目一条；不收费的不用填"),
    "materials": gettext_lazy("群众看到的材料清单和上传要求随这里改变"),
    "national_code": gettext_lazy("12位"), "implementation_code": gettext_lazy("31位"),
    "handling_code": gettext_lazy("33位"), "open_regions": gettext_lazy("每行一个行政区划代码；000000是全国"),
    "proxy_regions": gettext_lazy("每行一个行政区划代码"),
    "consult_phone": gettext_lazy("带区号，例如 0971-1234567；12345也可以"),
    "complaint_phone": gettext_lazy("带区号，不与咨询电话相同"),
    "statutory_limit": gettext_lazy("即办的不用写多少"), "promised_limit": gettext_lazy("不长于法定办结时限"),
}  # fmt: skip
