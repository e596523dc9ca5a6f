"""Words for how far an item reaches and for lists of items. Part of :data:`tongban.ui.words.WORDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

REACH: Final[Mapping[str, Mapping[str, Any]]] = {
    "region_level": {"province": _("省级"), "prefecture": _("市（州）级"), "county": _("县级")},
    "reach_kind": {
        "cross_province": _("跨省通办"),
        "province_wide": _("省内通办"),
        "regional": _("区域通办"),
    },
    "reach_why": {
        "exempted": _("其中一地按清单可以晚些参加。"),
        "due": _("还没到清单规定的时间。"),
        "condition": _("清单没有规定日期，条件成熟时开始试点。"),
        "regions_unknown": _("正在试点，但试点地区待核。"),
        "ended": _("试点已经结束。"),
        "outside": _("这两地不在这件事的通办地域之内。"),
        "no_rule": _("这件事只在一省之内通办。"),
    },
    "list_field": {
        "scenario": _("应用场景"), "lead_unit": _("牵头单位"), "cooperating_units": _("配合单位"),
        "deadline": _("完成时限"), "modes": _("办理模式"), "batch": _("批次"), "seq": _("序号"),
    },
    "list_form": {
        "cross_province": _("跨省通办清单"),
        "province_wide": _("省内通办清单"),
        "regional": _("区域通办清单"),
    },
}  # fmt: skip
