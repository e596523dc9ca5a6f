"""Findings about items, and faults of files, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

WORDS: Final[Mapping[str, Any]] = {
    "code_malformed": gettext_lazy("代码不合规则"),
    "local_code_too_long": gettext_lazy("地方编码超过50位"),
    "code_not_on_list": gettext_lazy("代码不在代码表内"),
    "not_a_form_of_promise": gettext_lazy("办件类型与承诺时限不符"),
    "license_not_typed": gettext_lazy("结果名称与结果类型不符"),
    "result_without_sample": gettext_lazy("缺少结果样本"),
    "visit_without_reason": gettext_lazy("须到现场却没写原因"),
    "no_visit_no_way": gettext_lazy("不到现场也不能网办，须可快递申请"),
    "throughout_online_with_visit": gettext_lazy("全程网办的到现场次数须为0"),
    "fee_incomplete": gettext_lazy("收费信息不全"),
    "payment_unknown": gettext_lazy("未写是否支持网上支付"),
    "payment_without_fee": gettext_lazy("不收费却标了网上支付"),
    "same_telephone": gettext_lazy("咨询电话与投诉电话相同"),
    "telephone_without_area": gettext_lazy("电话缺少区号"),
    "theme_not_for_audience": gettext_lazy("主题与服务对象不符"),
    "permit_without_faq": gettext_lazy("行政许可缺少常见问题"),
    "step_missing": gettext_lazy("办理流程缺少环节"),
    "promised_beyond_statutory": gettext_lazy("承诺时限长于法定时限"),
    "exempt_unbound": gettext_lazy("免提交材料未绑定证照类型或数据接口"),
    "cross_province_incomplete": gettext_lazy("跨省通办要素不全"),
    "material_open_ended": gettext_lazy("材料名称含兜底说法"),
    "missing": gettext_lazy("必填而未填"),
    "uniform": gettext_lazy("统一要素，不能自行改动"),
    "wrong_shape": gettext_lazy("内容读不懂"),
    "unknown_field": gettext_lazy("没有这个要素"),
    "empty": gettext_lazy("没有改动"),
    "has_faults": gettext_lazy("文件有错"),
    "changes_nothing": gettext_lazy("文件没有改动"),
    "column_missing": gettext_lazy("缺少列"),
    "column_unknown": gettext_lazy("不认识的列"),
    "column_twice": gettext_lazy("列重复"),
    "too_many_rows": gettext_lazy("行数过多"),
    "row_twice": gettext_lazy("事项代码重复"),
    "nothing_there": gettext_lazy("没有数据行"),
    "code_unknown": gettext_lazy("没有对应的基本目录事项"),
    "code_missing": gettext_lazy("缺少事项代码"),
    "date_wrong": gettext_lazy("日期不对"),
    "date_missing": gettext_lazy("缺少日期"),
    "not_later": gettext_lazy("生效日期不晚于现行版本"),
    "not_xlsx": gettext_lazy("不是XLSX文件"),
    "not_json": gettext_lazy("不是约定格式的JSON文件"),
    "too_large": gettext_lazy("文件过大"),
    "has_formulas": gettext_lazy("含有公式"),
}
"""Codes of findings and faults in words."""
