"""The sentences of the API: what exactly was wrong, in both languages, by code. Domain codes stay codes elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tongban.api.language import Language

Pair = tuple[str, str]

REASONS: Final[Mapping[str, Pair]] = {
    "not_utf8": ("内容不是 UTF-8 编码。", "The body is not UTF-8."),
    "not_json": ("内容不是有效的 JSON。", "The body is not valid JSON."),
    "too_deep": ("JSON 嵌套过深。", "The JSON is nested too deeply."),
    "number_too_large": ("数字超出 ±(2^53−1)。", "A number is beyond ±(2^53−1)."),
    "nul_sign": ("文本中含有空字符 (U+0000)。", "A text contains the NUL sign (U+0000)."),
    "lone_surrogate": ("文本中含有不完整的 Unicode 代理项。", "A text contains half of a surrogate pair."),
    "duplicate_key": ("同一对象中有重复的键。", "An object has the same key twice."),
    "bad_cursor": ("翻页游标无效，请从第一页重新开始。", "The cursor is not one of ours; start from the first page."),
    "bad_key": ("Idempotency-Key 须为 1–200 个可见 ASCII 字符。",
                "Idempotency-Key must be 1 to 200 visible ASCII signs."),
    "bad_etag": ("If-Match 须为本接口给出的一个强 ETag。", "If-Match must be one strong ETag given by this API."),
    "bad_request": ("请求的格式无法识别。", "The request is not well-formed."),
    "bad_multipart": ("multipart 内容无法读取。", "The multipart body cannot be read."),
    "length_required": ("请给出 Content-Length。", "Content-Length is needed."),
}
"""Why a request could not be read (``params.reason`` of ``request.malformed``)."""

FAULTS: Final[Mapping[str, Pair]] = {
    "required": ("必填。", "Required."),
    "missing": ("还缺。", "Missing."),
    "unknown": ("没有这一项。", "There is no such field."),
    "unknown_field": ("没有这一项。", "There is no such field."),
    "given_twice": ("只能给出一次。", "May be given only once."),
    "type": ("类型不对。", "It is of the wrong type."),
    "choice": ("不在可选范围内。", "Not one of the choices."),
    "enum": ("不在可选范围内。", "Not one of the choices."),
    "pattern": ("格式不对。", "It does not have the right form."),
    "format": ("格式或校验码不对。", "The form or the check digit is wrong."),
    "too_short": ("太短。", "Too short."),
    "too_long": ("太长。", "Too long."),
    "too_small": ("太小或太早。", "Too small or too early."),
    "too_big": ("太大或太晚。", "Too large or too late."),
    "too_large": ("太大或太晚。", "Too large or too late."),
    "too_early": ("早于允许的日期（见表单的 x-earliest）。", "Earlier than the form's x-earliest allows."),
    "too_late": ("晚于允许的日期（见表单的 x-latest）。", "Later than the form's x-latest allows."),
    "not_future": ("应晚于今天。", "Must lie after today."),
    "date": ("应为真实日期，写作 2026-11-22。", "Must be a real date, written 2026-11-22."),
    "too_few": ("太少。", "Too few."),
    "too_many": ("太多。", "Too many."),
    "minimum": ("太小。", "Too small."),
    "maximum": ("太大。", "Too large."),
    "id_number": ("身份证号码有误（校验码不对）。", "Not a valid identity number (check digit)."),
    "uscc": ("统一社会信用代码有误（校验码不对）。", "Not a valid credit code (check digit)."),
    "mobile": ("手机号码有误。", "Not a mobile number."),
    "region": ("没有这个行政区划代码。", "There is no region with this code."),
    "unknown_material": ("没有这种材料，请用事项版本里的材料代码。",
                         "No such material; use a key of the item's version."),
    "unknown_region": ("没有这个行政区划代码。", "There is no region with this code."),
    "duplicate": ("重复了。", "Given more than once."),
    "not_yours": ("须与本人的实名信息一致；替别人办，请到代办窗口。",
                  "Must be your own, as your proven identity says; to act for another, go to a proxy window."),
    "not_the_person": ("须与窗口核验身份的人一致；换了人，请重新收件。",
                       "Must be the person identified at the window; for another person, take the papers in anew."),
    "invalid": ("填写有误。", "Not valid."),
    "choose_city": ("请选择到市：这件事不由省级决定。", "Name the city: the province does not decide this."),
    "choose_county": ("请选择到区县：这件事不由省级决定。", "Name the county: the province does not decide this."),
    "no_node": ("这个地区还没有接入。", "No node serves this region yet."),
    "not_here": ("请向那个地区的节点提交。", "File at the node of that region."),
    "out_of_range": ("超出允许的范围。", "Out of the allowed range."),
    "empty": ("文件是空的。", "The file is empty."),
    "unknown_type": ("不是这里能收的文件类型。", "Not a type of file taken here."),
    "name_mismatch": ("扩展名与内容不符。", "The extension says something else than the content."),
    "type_mismatch": ("声明的类型与内容不符。", "The declared type says something else than the content."),
    "damaged": ("文件不完整或已损坏。", "The file is cut off or damaged."),
    "bad_dimensions": ("图片尺寸不对。", "The image has no usable size."),
    "active_content": ("PDF 含有脚本或附件。", "The PDF contains script or attachments."),
    "encrypted": ("PDF 加了密码。", "The PDF is encrypted."),
    "second_nature": ("文件里夹带了别的内容。", "The file is also something else."),
    "file_type": ("内容不是 PDF、JPG 或 PNG，或与文件名不符。",
                  "Not a PDF, JPG or PNG, or not what its name says."),
}
"""What is wrong with one field, by fault code: our own, JSON Schema's keywords, and pydantic's types."""


def reason(code: str, language: Language) -> str | None:
    pair = REASONS.get(code)
    return pair[language == "en"] if pair else None


def fault(code: str, language: Language) -> str:
    """The sentence of a fault; an unlisted code is answered with the general one (the code travels beside it)."""
    pair = FAULTS.get(code) or FAULTS.get(code.partition(".")[2]) or ("填写有误。", "Not valid.")
    return pair[language == "en"]


def detail(code: str, params: Mapping[str, Any], remedy: str, language: Language) -> str:
    """What happened this time. Falls back to the remedy, which is always a full sentence."""
    if isinstance(params.get("reason"), str) and (sentence := reason(params["reason"], language)):
        return sentence
    if code == "permission.scope_missing" and "scope" in params:
        return f"需要 {params['scope']}。" if language == "zh" else f"The scope {params['scope']} is needed."
    if code == "request.too_large" and "limit" in params:
        limit = params["limit"]
        return f"最多 {limit} 字节。" if language == "zh" else f"At most {limit} bytes."
    return remedy
