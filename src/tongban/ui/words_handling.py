"""Words for handling a matter: how a person was identified, and why a step is not possible now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

HANDLING: Final[Mapping[str, Mapping[str, Any]]] = {
    "proof": {
        "account": _("实名账号本人提交，姓名和号码与实名信息一致"),
        "id_card_reader": _("窗口读取居民身份证并人证比对"),
        "id_card_seen": _("窗口查看居民身份证原件"),
        "face_compared": _("窗口人脸比对核验"),
    },
    "document": {
        "granted": _("办结通知书"),
        "denied": _("不予许可决定书"),
        "not_accepted": _("不予受理决定书"),
    },
    "reason": {
        "not_competent": _("不属于本机关职权范围"),
        "not_required": _("依法不需要取得许可"),
        "incomplete": _("材料不齐全且未按要求补正"),
        "condition_not_met": _("不符合法定条件"),
        "expired": _("已超过可以换证的期限"),
        "false_statement": _("申请材料不真实"),
        "record_mismatch": _("两地记录不一致"),
        "duplicate": _("存在重复缴费或重复登记"),
        "other": _("其他法定情形"),
    },
    "real_name_level": {
        "1": _("1级（手机号码）"),
        "2": _("2级（身份信息比对）"),
        "3": _("3级（实人核验）"),
        "4": _("4级（当面核验）"),
    },
    "why_not": {
        "already_sent": _("已经提交，不再是草稿；要改请等补正通知"),
        "still_draft": _("还没有提交"),
        "over": _("这件事已经结束"),
        "no_open_correction": _("业务属地没有要求补正"),
        "withdrawal_asked": _("已经申请撤回，等业务属地答复"),
        "no_withdrawal_asked": _("没有申请撤回"),
        "limit_not_over": _("本环节期限还没有过"),
        "not_decided_yet": _("等业务属地作出决定"),
        "already_delivered": _("结果已经交付"),
        "accept_first": _("先决定是否受理"),
        "already_accepted": _("已经受理"),
        "await_correction": _("等申请人补正"),
        "already_decided": _("已经作出决定"),
        "tell_once_not_over": _("一次性告知期限还没有过"),
        "not_joint": _("不是联办件"),
        "part_over": _("本环节已经办完"),
    },
}
