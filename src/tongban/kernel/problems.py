"""The closed list of problem codes, and the refusal that carries one.

A refusal is a value of the domain: a code and parameters. Its rendering (problem+json, a sentence beside a field, a
fact for another node) happens at the edges. Codes say whose fault it is: ``request.*`` the caller's, ``state.*`` the
present state's, ``permission.*`` a missing power, ``peer.*`` another node's, ``node.*`` ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the list: HTTP status, title and remedy in Chinese (authoritative) and English."""

    code: str
    status: int
    title: str
    title_en: str
    remedy: str
    remedy_en: str


class Refusal(Exception):
    """A rule says no. ``code`` is in :data:`PROBLEMS`; ``params`` are JSON values, never personal data.

    ``fields`` names the faulty inputs: field path → code of the fault.
    """

    def __init__(self, code: str, *, fields: Mapping[str, str] | None = None, **params: Any) -> None:
        if code not in PROBLEMS:
            raise LookupError(f"unknown problem code {code!r}: add it to kernel/problems.py")
        super().__init__(code)
        self.code = code
        self.params = params
        self.fields = dict(fields or {})

    @property
    def problem(self) -> Problem:
        return PROBLEMS[self.code]

    def __repr__(self) -> str:
        return f"Refusal({self.code!r}, params={self.params!r}, fields={self.fields!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.params, self.fields) == (
            other.code,
            other.params,
            other.fields,
        )

    __hash__ = Exception.__hash__


def _p(code: str, status: int, title: str, title_en: str, remedy: str, remedy_en: str) -> Problem:
    return Problem(code, status, title, title_en, remedy, remedy_en)


_ALL: Final = (
    _p("request.malformed", 400, "请求内容无法读取", "The request cannot be read",
       "请检查格式后重新提交。", "Check the format and send it again."),
    _p("request.invalid", 422, "填写内容有误", "Some answers are not right",
       "请按每项旁边的提示改正。", "Correct each field as its hint says."),
    _p("request.unauthenticated", 401, "请先登录", "Sign in first",
       "请登录后再继续；接口调用请带上有效的令牌。", "Sign in and go on; a call of the API needs a valid token."),
    _p("request.not_found", 404, "没有找到", "Not found",
       "请核对编号或从首页重新查找。", "Check the number or search again from the home page."),
    _p("request.method_not_allowed", 405, "不支持这种请求方式", "Method not allowed",
       "请查看接口文档。", "See the API description."),
    _p("request.unsupported_media_type", 415, "不支持这种内容类型", "Unsupported media type",
       "请使用 application/json；上传文件用 multipart/form-data。",
       "Use application/json; to upload a file, multipart/form-data."),
    _p("request.too_large", 413, "内容过大", "Too large",
       "请压缩或拆分后再上传。", "Make it smaller or split it, then try again."),
    _p("request.range_not_satisfiable", 416, "要求的范围不在文件之内", "The range lies outside the file",
       "请从 Content-Range 所示长度以内的位置开始。", "Begin below the length that Content-Range names."),
    _p("request.rate_limited", 429, "请求过于频繁", "Too many requests",
       "请稍候再试。", "Wait a moment and try again."),
    _p("request.idempotency_key_missing", 400, "缺少 Idempotency-Key", "Idempotency-Key is missing",
       "每次新建请带上一个新的幂等键。", "Send a fresh key with every create."),
    _p("request.idempotency_key_reused", 422, "同一幂等键对应了不同内容", "Key already used for another request",
       "请换一个新的幂等键。", "Use a new key."),
    _p("request.idempotency_in_progress", 409, "相同请求正在处理", "The same request is still running",
       "请稍候用同一个键重试。", "Try again with the same key in a moment."),
    _p("request.precondition_missing", 428, "缺少 If-Match", "If-Match is missing",
       "请先读取最新内容，再带上它的 ETag 提交。", "Read the latest version and send its ETag."),
    _p("request.form_expired", 403, "页面停留过久，请重新打开", "This form is too old",
       "请返回上一页，刷新后再提交；已保存的草稿不会丢失。",
       "Go back, reload the page and send it again; saved drafts are kept."),
    _p("request.file_type", 422, "文件类型不符", "The file is not what its name says",
       "请上传 PDF、JPG 或 PNG 原文件。", "Upload a PDF, JPG or PNG file."),
    _p("request.too_many_files", 422, "文件数量过多", "Too many files",
       "请删除不需要的文件，或合并成一个 PDF 再上传。", "Remove files you do not need, or join them into one PDF."),
    _p("state.stale", 412, "内容已被更新", "Somebody changed it meanwhile",
       "请刷新后在最新内容上操作。", "Reload and work on the latest version."),
    _p("state.step_not_possible", 409, "现在还不能这样做", "This step is not possible now",
       "请看当前可以做的事项。", "See which steps are possible now."),
    _p("state.proposal_open", 409, "该事项已有未办结的修改", "A change of this item is already open",
       "请先办结或撤销那份修改。", "Finish or discard that change first."),
    _p("state.version_not_later", 409, "生效日期必须晚于现行版本", "The new version must begin after the present one",
       "请改用更晚的生效日期。", "Choose a later date."),
    _p("state.rebasing_not_possible", 409, "本件不能换用新版本", "This case cannot be moved to the new version",
       "请按试算列出的原因处理，或继续按原版本办理。",
       "See the reasons in the dry run, or go on under the present version."),
    _p("state.materials_missing", 422, "还缺材料", "Materials are missing",
       "请补充列出的材料。", "Add the materials listed."),
    _p("state.item_not_open", 409, "该事项此处暂未开通", "This item is not open here yet",
       "请按办事指南到主管部门办理。", "Follow the guide to the competent authority."),
    _p("state.scope_closed", 409, "这两地之间暂未通办", "Not open between these two places yet",
       "请看办事指南里的通办范围；仍可向主管部门直接办理。",
       "See the reach of the item in its guide; the competent authority itself still handles it."),
    _p("state.no_authority", 409, "该地区没有主管部门", "No authority with this power there",
       "请先核对权责清单，登记主管部门。", "Check the list of powers and register the authority first."),
    _p("state.scope_overlap", 409, "同一天已有另一条通办范围", "Another scope already holds on one of these days",
       "请先结束原来的范围，或换一个日期。", "End the other one first, or choose other days."),
    _p("state.mode_not_open", 409, "该办理方式未开通", "This mode is not open for the item",
       "请选择列出的办理方式。", "Choose one of the modes listed."),
    _p("state.no_competent_node", 422, "无法确定主管地区", "No competent place found",
       "请核对属地。", "Check the place you named."),
    _p("state.item_version_unknown", 409, "事项版本不被对方认可", "The item version is not known there",
       "请按最新办事指南重新填写。", "Fill in the form of the current version."),
    _p("state.attachments_pending", 409, "材料仍在传输", "Attachments are still arriving",
       "材料到齐后即可办理。", "The step becomes possible when all have arrived."),
    _p("state.correction_already_open", 409, "已有未完成的补正", "A correction is already open",
       "请等待申请人答复。", "Wait for the applicant's answer."),
    _p("state.correction_reason_missing", 422, "再次补正须说明理由", "A further correction needs a reason",
       "请写明为何不能在第一次一并告知。", "Say why it could not be told the first time."),
    _p("state.correction_points_missing", 422, "补正须逐项列明", "Name every point to be corrected",
       "请至少列出一项并写明要求。", "List at least one point and what is needed."),
    _p("state.correction_answers_missing", 422, "还有未答复的补正事项", "Some points are not answered",
       "请逐项答复。", "Answer every point."),
    _p("state.deemed_accepted", 409, "已逾五个工作日，视为受理", "Past five working days: deemed accepted",
       "本件自收到之日起视为受理，请继续审查。", "It counts as accepted from receipt; go on with the review."),
    _p("state.decided_by_parts", 409, "联办件由各环节分别决定", "A joint case is decided by its parts",
       "请在各联办环节作出决定。", "Decide in the parts."),
    _p("state.already_decided", 409, "已经作出决定", "It has been decided already",
       "不能再变更；如有异议请依法申请复议。", "It cannot be changed; ask for reconsideration."),
    _p("state.withdrawal_not_in_joint", 409, "联办件暂不支持网上撤回", "A joint case cannot be withdrawn here yet",
       "请联系牵头地窗口。", "Contact the window of the lead place."),
    _p("state.reason_missing", 422, "请说明理由", "A reason is needed",
       "写明事实和依据，再提交。", "Say why, with facts and grounds, and send it again."),
    _p("state.checks_missing", 409, "请先完成形式审查和身份核验", "Record the formal and identity checks first",
       "两项都记录后才能转送。", "Both must be recorded before forwarding."),
    _p("permission.denied", 403, "您没有这项权限", "You may not do this",
       "请联系本单位管理员。", "Ask your administrator."),
    _p("permission.second_person", 403, "需要另一人审核", "A second person has to review it",
       "请由起草人以外的事项管理员审核发布。", "Ask an item manager other than its author."),
    _p("permission.not_owner", 403, "该件由另一地区决定", "Another place decides this",
       "收件地只负责收件，不作决定。", "The place of intake takes papers in; it does not decide."),
    _p("permission.level_too_low", 403, "实名等级不足", "Your identity is not proven strongly enough",
       "请在统一身份认证平台完成实人核验后重新登录；也可以带身份证到“跨省通办”窗口，由窗口核验、代收。",
       "Prove your identity live with the identity service and sign in again; or take your card to a proxy window."),
    _p("state.key_refused", 409, "密钥不能这样使用", "The key cannot be used like this",
       "请看原因代码；用 `tongban keys` 查看各密钥的状态。",
       "See the reason; `tongban keys` shows how each key stands."),
    _p("state.sunset_refused", 409, "停用日期不被接受", "The last day is not accepted",
       "停用须至少提前十二个月预告，已预告的日期不得提前。",
       "A last day is announced at least twelve months ahead and never moved forward."),
    _p("permission.scope_missing", 403, "令牌缺少所需权限", "The token lacks a scope",
       "请申请所需权限。", "Request the scope named."),
    _p("peer.untrusted", 403, "发送方不在信任名单", "The sender is not on the trust list",
       "请核对信任名单。", "Check the trust list."),
    _p("peer.message_refused", 422, "消息被拒绝", "The message was refused",
       "请看原因代码。", "See the reason."),
    _p("peer.release_refused", 422, "事项目录发布件被拒绝", "The catalog release was refused",
       "请看原因代码；必要时与发布节点核对。", "See the reason; check with the node that published it if needed."),
    _p("peer.trust_list_refused", 422, "信任名单被拒绝", "The trust list was refused",
       "请看原因代码；必要时与目录节点核对。", "See the reason; check with the directory if needed."),
    _p("peer.unreachable", 503, "对方暂不可达", "The other node cannot be reached",
       "系统会自动重试，无需操作。", "We keep trying; nothing to do."),
    _p("node.trust_list_expired", 503, "信任名单已过期", "The trust list has expired",
       "运维人员需更新信任名单。", "The operator must renew it."),
    _p("node.unavailable", 503, "系统暂时不可用", "Temporarily unavailable",
       "请稍后再试，已保存的内容不会丢失。", "Try again later; nothing saved is lost."),
    _p("node.internal", 500, "系统出错", "Something went wrong here",
       "已记录，请稍后再试。", "It has been recorded; try again later."),
)  # fmt: skip

PROBLEMS: Final[Mapping[str, Problem]] = {p.code: p for p in _ALL}
