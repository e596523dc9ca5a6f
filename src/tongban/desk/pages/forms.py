"""What the desk's forms have in common: the version seen, one attempt at an action, reasons with their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tongban.cases.views import CaseView, PartView
from tongban.kernel.problems import Refusal
from tongban.ui.page import render

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


def to_be_shown_first(request: HttpRequest) -> bool:
    """Whether a decision that was written down is to be looked at before it is made, as a grant is."""
    return bool(reasons_of(request)) and "confirm" not in request.POST and "over" not in request.POST


def reasons_page(
    request: HttpRequest,
    matter: CaseView | PartView,
    step: str,
    title: str,
    codes: Sequence[str],
    refusal: Refusal | None,
) -> HttpResponse:
    """The form that asks why, for a case or a part; then the decision as the applicant will see it; what was typed
    stands in the form again after a refusal."""
    context = {
        "case": matter, "is_part": isinstance(matter, PartView), "step": step, "title": title, "codes": codes,
        "refusal": refusal, "code": request.POST.get("code", ""), "text": request.POST.get("text", ""),
    }  # fmt: skip
    if request.method == "POST" and refusal is None and "edit" not in request.POST:
        return render(request, "desk/reasons_preview.html", context)
    return render(request, "desk/reasons.html", context, status=refusal.problem.status if refusal else 200)
