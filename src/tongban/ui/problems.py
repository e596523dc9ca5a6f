"""Words for refusals and for faulty fields, in the reader's language.

``kernel.problems`` holds titles and remedies of the closed list; here stand the sentences for single fields, and the
choice of language. Chinese is authoritative.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy

from tongban.kernel.problems import PROBLEMS, Refusal
from tongban.ui import dates

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

FAULTS: Final[Mapping[str, Any]] = {
    "required": gettext_lazy("请填写%(title)s"),
    "required_choice": gettext_lazy("请选择%(title)s"),
    "choice": gettext_lazy("请从列出的选项中选择%(title)s"),
    "type": gettext_lazy("%(title)s的填写方式不对"),
    "integer": gettext_lazy("%(title)s应为整数"),
    "number": gettext_lazy("%(title)s应为数字"),
    "minimum": gettext_lazy("%(title)s不能小于%(limit)s"),
    "maximum": gettext_lazy("%(title)s不能大于%(limit)s"),
    "too_short": gettext_lazy("%(title)s至少%(limit)s个字"),
    "too_long": gettext_lazy("%(title)s最多%(limit)s个字"),
    "date": gettext_lazy("%(title)s应为真实日期，例如 2026-11-22"),
    "date_future": gettext_lazy("%(title)s不能晚于今天"),
    "pattern": gettext_lazy("%(title)s的格式不对"),
    "id_number": gettext_lazy("请核对%(title)s：共18位，最后一位是校验码"),
    "uscc": gettext_lazy("请核对%(title)s：共18位，最后一位是校验码"),
    "disability_card": gettext_lazy("请核对残疾人证号：身份证号码后加类别和等级，共20位"),
    "bank_card": gettext_lazy("请核对银行卡号：16至19位数字，最后一位是校验码"),
    "mobile": gettext_lazy("手机号码应为以1开头的11位数字"),
    "region": gettext_lazy("请从列表中选择%(title)s"),
    "accept": gettext_lazy("请勾选“%(title)s”"),
    "unknown": gettext_lazy("%(title)s不是本表的内容"),
    "file_type": gettext_lazy("%(title)s：请上传 PDF、JPG 或 PNG 原文件"),
    "too_large": gettext_lazy("%(title)s：文件过大，请压缩或拆分后再上传"),
    "missing": gettext_lazy("还缺：%(title)s"),
    "format": gettext_lazy("%(title)s的格式或校验码不对"),
    "enum": gettext_lazy("请从列出的选项中选择%(title)s"),
    "too_small": gettext_lazy("%(title)s太小或太早"),
    "too_big": gettext_lazy("%(title)s太大或太晚"),
    "too_early": gettext_lazy("%(title)s不能早于%(limit)s"),
    "too_late": gettext_lazy("%(title)s不能晚于%(limit)s"),
    "not_future": gettext_lazy("%(title)s应晚于今天"),
    "too_few": gettext_lazy("%(title)s选得太少"),
    "too_many": gettext_lazy("%(title)s选得太多"),
    "duplicate": gettext_lazy("%(title)s重复了"),
    "unknown_field": gettext_lazy("%(title)s不是本表的内容"),
    "unknown_material": gettext_lazy("%(title)s不在本事项的材料清单里"),
    "unknown_region": gettext_lazy("%(title)s：没有这个地区，请从列表中选择"),
    "choose_city": gettext_lazy("%(title)s：请选择到市"),
    "choose_county": gettext_lazy("%(title)s：请选择到区县"),
    "no_node": gettext_lazy("%(title)s：这个地区还没有接入“跨省通办”"),
    "not_here": gettext_lazy("%(title)s：请到那个地区的网站提交"),
    "not_yours": gettext_lazy("%(title)s须是您本人的，与您的实名信息一致。替别人办，请到“跨省通办”代办窗口"),
    "not_the_person": gettext_lazy("%(title)s须与窗口核验身份的人一致。换了人，请重新收件"),
    "invalid": gettext_lazy("%(title)s的填写方式不对"),
    "empty": gettext_lazy("%(title)s：文件是空的，请重新选择"),
    "unknown_type": gettext_lazy("%(title)s：不是这里能收的文件类型，请上传 PDF、JPG 或 PNG 原文件"),
    "name_mismatch": gettext_lazy("%(title)s：扩展名与文件内容不符，请上传原文件"),
    "type_mismatch": gettext_lazy("%(title)s：类型与文件内容不符，请上传原文件"),
    "damaged": gettext_lazy("%(title)s：文件不完整或已损坏，请重新拍照或导出"),
    "bad_dimensions": gettext_lazy("%(title)s：图片尺寸不对，请重新拍照或扫描"),
    "active_content": gettext_lazy("%(title)s：PDF 里含有脚本或附件，请另存为普通 PDF 再上传"),
    "encrypted": gettext_lazy("%(title)s：PDF 加了密码，请去掉密码再上传"),
    "second_nature": gettext_lazy("%(title)s：文件里夹带了别的内容，请重新拍照或导出"),
}


@dataclass(frozen=True, slots=True)
class ProblemText:
    """A refusal in words: what is wrong and what to do; ``allowed`` lists the steps that are possible instead."""

    code: str
    status: int
    title: str
    remedy: str
    params: Mapping[str, Any]
    fields: Mapping[str, str]
    allowed: tuple[str, ...] = ()


def problem_text(refusal: Refusal | str) -> ProblemText:
    """The words for a refusal, or for a bare code, in the active language."""
    if isinstance(refusal, str):
        refusal = Refusal(refusal)
    problem = PROBLEMS[refusal.code]
    english = is_english()
    allowed = refusal.params.get("possible") or refusal.params.get("allowed") or ()
    return ProblemText(
        problem.code,
        problem.status,
        problem.title_en if english else problem.title,
        problem.remedy_en if english else problem.remedy,
        refusal.params,
        refusal.fields,
        tuple(str(step) for step in allowed) if isinstance(allowed, (list, tuple)) else (),
    )


def fault_text(code: str, title: str, **params: Any) -> str:
    """What is wrong with one field, saying what is right. Unknown codes get the general sentence. A ``limit`` that is
    a day is written as people write it."""
    if isinstance(limit := params.get("limit"), str) and _DAY.fullmatch(limit):
        params["limit"] = dates.day(limit, english=is_english())
    template = str(FAULTS.get(code, FAULTS["type"]))
    return template % {"limit": "", **params, "title": title}


def file_fault(refusal: Refusal, title: str) -> str:
    """The most exact sentence there is for a refused file; ``title`` says what the file was for."""
    for code in (*refusal.fields.values(), refusal.code.removeprefix("request.")):
        if code in FAULTS:
            return fault_text(code, title)
    words = problem_text(refusal)
    return f"{title}: {words.title}. {words.remedy}" if is_english() else f"{title}：{words.title}。{words.remedy}"


def is_english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of an error summary: the words and the id of what to mend."""

    text: str
    anchor: str = ""


def summary_of(fields: Iterable[Any]) -> list[SummaryLine]:
    """The error summary of drawn form fields (``ui.schema_form.FormField``), in the order of the page."""
    return [
        SummaryLine(fault_text(one.fault.code, one.title, **one.fault.params), one.anchor)
        for one in fields
        if one.fault is not None
    ]


def summary_of_refusal(refusal: Refusal, titles: Mapping[str, str] | None = None) -> list[SummaryLine]:
    """A refusal as an error summary: its own sentence, then one line a faulty field."""
    words = problem_text(refusal)
    lines = [SummaryLine(f"{words.title}。{words.remedy}" if not is_english() else f"{words.title}. {words.remedy}")]
    for name, code in refusal.fields.items():
        said = "missing" if name.startswith("materials.") else code  # a paper is handed in, not filled in
        lines.append(SummaryLine(fault_text(said, (titles or {}).get(name, name)), f"f-{name}"))
    return lines
