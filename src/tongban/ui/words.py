"""Words for the codes of closed lists: modes, stages, steps, timeline entries. The English stand in the message files.

Slices hold codes only (decision 18); every code that can reach a screen has its word here, and a test compares the
lists. An unknown code is shown as it is rather than hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from .words_handling import HANDLING
from .words_operating import OPERATING
from .words_reach import REACH

WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    **HANDLING,
    **OPERATING,
    **REACH,
    "mode": {
        "online": _("全程网办"),
        "proxy": _("异地代收代办"),
        "joint": _("多地联办"),
        "any_office": _("任一地可办"),
    },
    "mode_long": {
        "online": _("自己在网上申请，由业务属地办理，结果送到网上"),
        "proxy": _("到身边的“跨省通办”窗口交材料，窗口转交业务属地办理"),
        "joint": _("只申请一次，相关各地依次办理，在一处看到全部进度"),
        "any_office": _("任选一地受理机关，由受理地直接办理"),
    },
    "stage": {
        "draft": _("草稿"),
        "pending_delivery": _("已提交，等待对方接收"),
        "submitted": _("已提交"),
        "correction_answered": _("补正已提交，等待对方接收"),
        "withdrawing": _("已申请撤回，等待答复"),
        "received": _("对方已收到，待受理"),
        "correction": _("需要补正"),
        "accepted": _("已受理，办理中"),
        "in_parts": _("各地联合办理中"),
        "not_accepted": _("不予受理"),
        "decided": _("已作出决定"),
        "granted": _("准予"),
        "denied": _("不予许可"),
        "delivered": _("结果已送达"),
        "closed": _("已办结"),
        "completed": _("已办结"),
        "withdrawal_requested": _("已申请撤回"),
        "withdrawn": _("已撤回"),
        "declined": _("对方未能接收"),
        "concluded": _("已办结"),
        "discarded": _("草稿已删除"),
        "lapsed": _("已失效"),
    },
    "case_status": {
        "received": _("待受理"),
        "correction": _("等待补正"),
        "accepted": _("已受理，待决定"),
        "not_accepted": _("不予受理"),
        "granted": _("准予，待送达"),
        "denied": _("不予许可，待送达"),
        "delivered": _("已送达"),
        "closed": _("已办结"),
    },
    "part_status": {
        "waiting": _("未到这一步"),
        "called": _("已通知，等待对方打开"),
        "open": _("办理中"),
        "completed": _("已完成"),
        "refused": _("未通过"),
        "lapsed": _("超期失效"),
    },
    "outcome": {
        "granted": _("准予"),
        "denied": _("不予许可"),
        "not_accepted": _("不予受理"),
        "completed": _("已完成"),
        "refused": _("未通过"),
        "lapsed": _("超期失效"),
    },
    "step": {
        "save_draft": _("继续填写"),
        "submit": _("提交申请"),
        "discard": _("删除草稿"),
        "answer_correction": _("补正材料"),
        "request_withdrawal": _("申请撤回"),
        "record_checks": _("记录形式审查和身份核验"),
        "hand_over": _("交付结果"),
        "accept": _("予以受理"),
        "not_accept": _("不予受理"),
        "deem_accepted": _("视为受理"),
        "request_correction": _("一次性告知补正"),
        "take_correction": _("接收补正"),
        "grant": _("准予"),
        "deny": _("不予许可"),
        "deliver": _("送达"),
        "close": _("办结"),
        "close_withdrawn": _("按撤回办结"),
        "complete": _("完成本环节"),
        "refuse": _("本环节不予通过"),
        "lapse": _("逾期失效"),
        "decide_by_parts": _("由各环节汇总决定"),
        "refuse_withdrawal": _("不同意撤回"),
        "rebase": _("换用新版本"),
        "conclude": _("办结"),
        "decline": _("未能接收"),
    },
    "timeline": {
        "filing.started": _("开始填写"),
        "filing.draft_saved": _("保存草稿"),
        "filing.submitted": _("提交申请"),
        "filing.revised": _("提交补正"),
        "filing.checks_recorded": _("窗口完成形式审查和身份核验"),
        "filing.withdrawal_requested": _("申请撤回"),
        "filing.result_delivered": _("结果已交付"),
        "filing.discarded": _("删除草稿"),
        "filing.concluded": _("本件办结"),
        "filing.declined": _("业务属地未能接收"),
        "filing.decline_noted": _("业务属地未能接收"),
        "filing.case_noted": _("收到业务属地进展"),
        "case.opened": _("业务属地收到申请"),
        "case.correction_requested": _("一次性告知补正"),
        "case.correction_taken": _("业务属地收到补正"),
        "case.accepted": _("予以受理"),
        "case.not_accepted": _("不予受理"),
        "case.decided": _("作出决定"),
        "case.delivered": _("结果送达"),
        "case.closed": _("办结"),
        "case.withdrawal_refused": _("不同意撤回"),
        "case.rebased": _("改按事项新版本办理"),
        "case.part_noted": _("联办环节有新进展"),
        "part.called": _("请相关地区办理下一环节"),
        "part.opened": _("环节开始办理"),
        "part.decided": _("环节办理完毕"),
        "part.lapsed": _("环节超期失效"),
    },
    "holder": {
        "applicant": _("您"),
        "window": _("收件窗口"),
        "reviewer": _("业务属地"),
        "part": _("联办环节所在地"),
        "transit": _("正在转送"),
        "nobody": _("已办结，无人持有"),
    },
    "clock": {
        "tell_once": _("一次性告知期限"),
        "handling": _("办理期限"),
        "part": _("本环节期限"),
    },
    "close_reason": {
        "completed": _("办理完毕"),
        "withdrawn": _("申请人撤回"),
        "not_accepted": _("不予受理"),
        "lapsed": _("逾期失效"),
    },
    "necessity": {"required": _("必要"), "optional": _("非必要"), "conditional": _("特定情形下需要")},
    "guide_gap": {
        "conditions": _("申请条件"),
        "materials": _("申请材料"),
        "steps": _("办理流程"),
        "fee": _("收费"),
        "statutory_limit": _("法定期限"),
        "promised_limit": _("承诺期限"),
        "result": _("办理结果"),
        "legal_basis": _("设定依据"),
        "window_contacts": _("窗口地址、时间和电话"),
    },
    "material_state": {
        "supplied": _("已提供"),
        "exempt": _("免提交"),
        "missing": _("尚缺"),
        "optional": _("可不提供"),
        "on_site": _("到场出示"),
    },
    "exempt_by": {
        "form": _("由申请表代替"),
        "license": _("由电子证照代替"),
        "data": _("由数据共享核验"),
        "promise": _("由告知承诺代替"),
    },
    "pending": {
        "waiting": _("等待发送"),
        "retrying": _("对方暂不可达，正在自动重试"),
        "parked": _("需要运维人员处理"),
    },
    "side": {"intake": _("收件地"), "competent": _("业务属地"), "part": _("联办地")},
    "days": {
        "mon-fri": _("周一至周五"),
        "sat": _("周六"),
        "sun": _("周日"),
        "sat-sun": _("周六、周日"),
        "mon-sun": _("每天"),
    },
    "way_short": {
        "choose_there": _("还差一个地点"),
        "choose_city": _("请选择到市"),
        "choose_county": _("请选择到区县"),
        "there_not_joined": _("对方未接入"),
        "here_not_joined": _("您这里未接入"),
        "item_not_open": _("尚未开通"),
        "no_window": _("附近没有窗口"),
        "in_person": _("本人到场"),
        "read_only": _("到省平台申请"),
        "not_reached": _("两地暂未通办"),
    },
    "way_why": {
        "choose_there": _("选好“事情归哪里管”，就知道能不能这样办。"),
        "choose_city": _("这件事由市或区县决定，不由省里决定。选好是哪个市，就可以开始。"),
        "choose_county": _("这件事由区县决定。选好是哪个区县，就可以开始。"),
        "there_not_joined": _("事情归管的地方还没有接入本平台，请按办事指南联系当地。"),
        "here_not_joined": _("您所在的地方还没有接入本平台，窗口不能代收；网上办法不受影响。"),
        "item_not_open": _("当地还没有在本平台开通这一项，先看办事指南。"),
        "no_window": _("您所在的地方还没有登记“跨省通办”窗口。"),
        "in_person": _("本人到任一地受理机关现场办理，不在网上申请。"),
        "read_only": _("全国专区不收申请，请进入您所在省份的平台。"),
        "not_reached": _("这件事今天在这两地之间还没有通办，原因见上。"),
    },
    "report_part": {
        "materials": _("材料"),
        "steps": _("流程"),
        "limit": _("期限"),
        "fee": _("收费"),
        "place": _("归哪里管"),
        "contact": _("窗口和电话"),
        "words": _("看不懂"),
        "other": _("其他"),
    },
    "report_outcome": {
        "fixed": _("已改正"),
        "no_error": _("核对无误"),
        "passed_on": _("已转主管部门"),
    },
    "zone_content": {"submitted": _("等第二人审核"), "returned": _("已退回修改")},
    "zone_kind": {"national": _("全国"), "province": _("省级"), "group": _("区域合作")},
    "entrance_state": {
        "redirected": _("已跳转到本专区"),
        "embedded": _("已嵌入本专区"),
        "separate": _("仍单独进入"),
    },
    "coverage_state": {
        "fresh": _("已取得"),
        "old": _("数据较旧"),
        "silent": _("未取得"),
        "not_joined": _("未接入"),
    },
    "level": {"province": _("省级"), "prefecture": _("市级"), "county": _("县级")},
    "audience": {"individual": _("个人"), "enterprise": _("企业"), "both": _("个人和企业")},
    "channel": {"self": _("网上自己办"), "window": _("窗口代收")},
    "queue": {"cases": _("待审办件"), "parts": _("联办环节"), "filings": _("本窗口收件")},
    "queue_filter": {"open": _("待办"), "overdue": _("已超期"), "all": _("全部")},
    "task": {
        "accept": _("决定是否受理"),
        "decide": _("作出决定"),
        "wait_correction": _("等待补正"),
        "answer_correction": _("与申请人一起补正"),
        "hand_over": _("交付结果"),
        "decide_part": _("办理本环节"),
        "submit": _("完成收件并转送"),
    },
    "delivery": {"electronic": _("已网上送达"), "window": _("已在窗口交付")},
    "correction_code": {
        "missing": _("缺少材料"),
        "unclear": _("看不清"),
        "expired": _("已过有效期"),
        "mismatch": _("前后不一致"),
        "wrong": _("填写有误"),
        "other": _("其他"),
    },
}

_TONES: Final = {
    "good": {"granted", "delivered", "completed", "closed", "concluded", "supplied", "exempt"},
    "warn": set(
        "old silent separate correction correction_answered withdrawing withdrawal_requested missing "
        "retrying pending_delivery called".split()
    ),
    "bad": {"denied", "not_accepted", "declined", "refused", "lapsed", "parked"},
    "quiet": {"draft", "withdrawn", "discarded", "waiting", "optional"},
}


def word(kind: str, code: str) -> str:
    """The word for ``code`` in the list ``kind``; the code itself if the list does not have it."""
    return str(WORDS.get(kind, {}).get(code, code))


def tone(code: str) -> str:
    """Which family of color a status belongs to: good, warn, bad, quiet, else info."""
    return next((name for name, codes in _TONES.items() if code in codes), "info")
