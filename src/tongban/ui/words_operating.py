"""Words for operators: alarms with what to do next, who owns them, what may be missing and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

OPERATING: Final[Mapping[str, Mapping[str, Any]]] = {
    "alarm": {
        "peer_unreachable": _("节点长时间不可达"),
        "backlog_old": _("消息长时间未送达"),
        "outbound_parked": _("发出的消息被拒收"),
        "inbound_parked": _("收到的消息无法处理"),
        "gap_unfilled": _("消息缺号，多次索取未果"),
        "trust_list_expiring": _("信任清单即将到期"),
        "key_expiring": _("本节点密钥即将到期"),
        "blob_parked": _("附件无法取得"),
        "job_parked": _("后续任务停下了"),
        "stream_contradiction": _("双方记录不一致"),
        "stream_forgotten": _("对方丢失了已有回执的消息"),
        "day_contradicted": _("对方的日账前后矛盾"),
        "dependency_missing": _("所依赖的服务不可用"),
    },
    "alarm_next": {
        "peer_unreachable": _("与对方运维人员联系；消息保存在本地，恢复后自动送达。"),
        "backlog_old": _("查看该节点的最近一次错误；消息不会丢失，会自动重试。"),
        "outbound_parked": _("在下方查看原因，消除后点“重新处理”。"),
        "inbound_parked": _("在下方查看原因，消除后点“重新处理”；同一申请的后续消息在其后等待。"),
        "gap_unfilled": _("请对方运维人员检查是否有消息被搁置。"),
        "trust_list_expiring": _("检查目录节点是否可达；到期后来件先存后办。"),
        "key_expiring": _("向目录节点申请登记新密钥。"),
        "blob_parked": _("请来件节点确认附件仍可取得。"),
        "job_parked": _("在下方查看原因，消除后点“重新处理”；在此之前，相关办件可能停在中途。"),
        "stream_contradiction": _("导出双方的消息，用 tongban-verify 比对，由监督人员处理。"),
        "stream_forgotten": _("本节点持有对方的签名消息；请对方从备份恢复后再对账。"),
        "day_contradicted": _(
            "导出当日日账（tongban export day），与对方一同用 tongban-verify 核验；"
            "对方的签名即为证据。处理完毕后点“已处理”。"
        ),
        "dependency_missing": _("恢复该服务；恢复后自动补办，告警自行解除。"),
    },
    "alarm_owner": {
        "operator": _("运维人员"),
        "supervisor": _("监督人员"),
        "directory": _("目录节点"),
        "public": _("公众"),
    },
    "dependency": {
        "peer": _("其他节点"),
        "directory": _("目录节点"),
        "time_stamper": _("时间戳服务"),
        "mail": _("通知渠道"),
        "storage": _("附件存储"),
    },
    "outage_mode": {"open": _("照常"), "degrade": _("降级"), "closed": _("暂停")},
    "outage": {
        "messages_wait": _("消息保存在本地，恢复后自动送达"),
        "list_ages": _("沿用现有信任清单，到期后来件先存后办"),
        "day_book_unstamped": _("日账先行封存，时间戳随后补盖"),
        "notices_wait": _("通知稍后补发"),
        "files_refused": _("暂不接收附件"),
    },
}
