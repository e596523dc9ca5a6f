"""谁看过我的信息: every look at the signed-in person's data by staff, newest first (个人信息保护法 §§44–45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from tongban.cases import queries as cases
from tongban.identity import queries as identity
from tongban.identity.queries import AccessView
from tongban.kernel.people import Actor
from tongban.organizations import queries as organizations
from tongban.ui.page import APPLICANT, act, page, render

PAGE = 25
MOST_FILINGS = 1_000
ROLES = {
    "clerk": gettext_lazy("窗口收件人员"),
    "reviewer": gettext_lazy("审批人员"),
    "item_manager": gettext_lazy("事项管理人员"),
    "supervisor": gettext_lazy("监测督办人员"),
    "operator": gettext_lazy("运维人员"),
}
PURPOSES = {
    "review": gettext_lazy("审查办理"),
    "intake": gettext_lazy("窗口收件"),
    "delivery": gettext_lazy("交付结果"),
    "part": gettext_lazy("办理联办环节"),
    "window": gettext_lazy("窗口代收代办"),
    "supervision": gettext_lazy("监测督办"),
}
FIELDS = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("身份证号码"),
    "mobile": gettext_lazy("手机号码"),
    "applicant": gettext_lazy("申请人信息"),
    "answers": gettext_lazy("申请表"),
    "materials": gettext_lazy("材料"),
    "timeline": gettext_lazy("办理过程"),
    "result": gettext_lazy("办理结果"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One look, in words."""

    at: datetime
    who: str
    place: str
    purpose: str
    fields: str
    matter: str


@page("accesses", audience={APPLICANT}, name="accesses")
def accesses(request: HttpRequest) -> HttpResponse:
    before = _cursor(request.GET.get("before", ""))
    actor = act(request).actor
    looks = identity.accesses_to(actor.ref, _filing_refs(actor), before=before, limit=PAGE + 1)
    further = str(looks[PAGE - 1].id) if len(looks) > PAGE else ""
    context = {"looks": [_in_words(look) for look in looks[:PAGE]], "further": further, "continued": before is not None}
    return render(request, "portal/accesses.html", context)


def _filing_refs(actor: Actor) -> list[str]:
    """References of the person's own filings: looks at a filing are recorded for it, not for the person's name."""
    refs: list[str] = []
    cursor = None
    while len(refs) < MOST_FILINGS:
        rows = cases.filings_of(actor, cursor, limit=200)
        refs += [f"filing:{row.filing_id}" for row in rows.items]
        cursor = rows.next
        if cursor is None:
            break
    return refs


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _in_words(look: AccessView) -> Look:
    return Look(
        look.at,
        str(ROLES.get(look.role or "", look.actor_ref.partition(":")[0])),
        _place(look),
        str(PURPOSES.get(look.purpose, look.purpose)),
        "、".join(str(FIELDS.get(code, code)) for code in look.fields),
        look.case_ref,
    )


def _place(look: AccessView) -> str:
    unit = organizations.authority(look.authority) if look.authority else None
    if unit is not None:
        return unit.name
    return "".join(organizations.path(look.region)) if look.region and look.region != "000000" else ""
