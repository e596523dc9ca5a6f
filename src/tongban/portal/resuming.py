"""Coming back to a draft: it was sent meanwhile, or changed in another tab."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.cases.views import FilingView
from tongban.kernel.problems import Refusal
from tongban.portal import drafts
from tongban.ui.page import go

DraftPage = Callable[[HttpRequest, UUID], HttpResponse]


def while_a_draft(view: DraftPage) -> DraftPage:
    """A page of a draft. Of one that has been sent, the browser's way back leads to the receipt; of one thrown away,
    to the list."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, filing_id: UUID) -> HttpResponse:
        try:
            return view(request, filing_id)
        except Refusal as refusal:
            if refusal.code != "state.step_not_possible" or refusal.params.get("draft") is None:
                raise
            if refusal.params["draft"] == "sent":
                messages.info(request, _("这份申请已经提交，不能再改草稿。这是它的收件凭证。"))
                return go("my_receipt", filing_id)
            messages.info(request, _("这份草稿已经删除。"))
            return go("my")

    return wrapped


@dataclass(frozen=True, slots=True)
class Conflict:
    """The draft was saved from elsewhere after this page was drawn. ``version`` is what is saved now; ``rows``: title,
    saved and typed text of each answer that differs."""

    version: int
    rows: tuple[tuple[str, str, str], ...]


def conflict(fresh: FilingView, typed: Mapping[str, Any]) -> Conflict:
    """Both versions side by side; only an explicit choice overwrites what is saved."""
    saved = {one.name: (one.title, text) for one, text in drafts.read_back(fresh)}
    mine = {one.name: (one.title, text) for one, text in drafts.read_back(fresh, dict(typed))}
    names = dict.fromkeys((*saved, *mine))
    rows = tuple(
        ((mine.get(name) or saved[name])[0], saved.get(name, ("", ""))[1], mine.get(name, ("", ""))[1])
        for name in names
        if saved.get(name, ("", ""))[1] != mine.get(name, ("", ""))[1]
    )
    return Conflict(fresh.version, rows)


def seen(request: HttpRequest) -> int:
    """The version the page was drawn from; or, chosen on purpose (``over``), the one that was shown beside it."""
    text = request.POST.get("over") or request.POST.get("seen", "")
    if not text.isdigit():
        raise Refusal("request.malformed")
    return int(text)
