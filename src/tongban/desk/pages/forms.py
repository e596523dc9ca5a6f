"""What the desk's forms have in common: the version seen, one attempt at an action, reasons with their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tongban.cases.views import CaseView, PartView
from tongban.kernel.problems import Refusal
from tongban.ui.page import render

NOT_ACCEPTED: Final[Mapping[str, Any]] = {
    "not_competent": _("不属于本机关职权范围"),
    "not_required": _("依法不需要取得许可"),
    "incomplete": _("材料不齐全且未按要求补正"),
    "other": _("其他法定情形"),
}
DENIED: Final[Mapping[str, Any]] = {
    "condition_not_met": _("不符合法定条件"),
    "expired": _("已超过可以换证的期限"),
    "false_statement": _("申请材料不真实"),
    "other": _("其他法定情形"),
}
PART_REFUSED: Final[Mapping[str, Any]] = {
    "record_mismatch": _("两地记录不一致"),
    "condition_not_met": _("不符合转移条件"),
    "duplicate": _("存在重复缴费或重复登记"),
    "other": _("其他情形"),
}
CORRECTION_CODES: Final = ("missing", "unclear", "expired", "mismatch", "wrong", "other")
IDENTITY_METHODS: Final[Mapping[str, Any]] = {
    "id_card_reader": _("读取居民身份证并人证比对"),
    "id_card_seen": _("查看居民身份证原件"),
    "face_compared": _("人脸比对核验"),
}


def seen(request: HttpRequest) -> int:
    """The version the form was drawn from, or the one chosen to be overwritten (``over``). Refuses a form without."""
    try:
        return int(request.POST.get("over") or request.POST["seen"])
    except (KeyError, ValueError):
        raise Refusal("request.malformed") from None


def attempt(request: HttpRequest, done: Any, action: Callable[[], object]) -> Refusal | None:
    """Do it and say ``done``; or give the refusal back, to be shown beside the form."""
    try:
        action()
    except Refusal as refusal:
        return refusal
    messages.success(request, str(done))
    return None


def reasons_of(request: HttpRequest) -> dict[str, str]:
    """Code → wording, from one select and one text field; empty if nothing was written."""
    code = request.POST.get("code", "").strip()
    text = request.POST.get("text", "").strip()
    return {code: text[:2000]} if code and text else {}


def reasons_page(
    request: HttpRequest, matter: CaseView | PartView, step: str, title: str, codes: Any, refusal: Refusal | None
) -> HttpResponse:
    """The form that asks why, for a case or a part; what was typed stands in it again after a refusal."""
    context = {
        "case": matter, "is_part": isinstance(matter, PartView), "step": step, "title": title, "codes": codes,
        "refusal": refusal, "code": request.POST.get("code", ""), "text": request.POST.get("text", ""),
    }  # fmt: skip
    return render(request, "desk/reasons.html", context, status=refusal.problem.status if refusal else 200)
