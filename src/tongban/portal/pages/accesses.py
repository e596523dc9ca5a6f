"""谁看过我的信息: every look at the signed-in person's data by staff, newest first (个人信息保护法 §§44–45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tongban.cases.queries import concerning
from tongban.cases.queries.concerning import Matter
from tongban.directory import queries as directory
from tongban.identity import queries as identity
from tongban.identity.queries import AccessView
from tongban.organizations import queries as organizations
from tongban.ui.page import APPLICANT, act, page, render

PAGE = 25
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
    matter: Matter | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A province whose own page has the looks taken there."""

    name: str
    address: str


@page("accesses", audience={APPLICANT}, name="accesses")
def accesses(request: HttpRequest) -> HttpResponse:
    before = _cursor(request.GET.get("before", ""))
    actor = act(request).actor
    id_number = identity.profile(actor).id_number
    about = concerning.references_about(actor.ref, id_number)
    looks = identity.accesses_to(actor.ref, about, before=before, limit=PAGE + 1)
    shown = looks[:PAGE]
    matters = concerning.matters({look.case_ref for look in shown})
    context = {
        "looks": [_in_words(look, matters.get(look.case_ref)) for look in shown],
        "further": str(shown[-1].id) if len(looks) > PAGE else "",
        "continued": before is not None,
        "elsewhere": _elsewhere(concerning.nodes_concerned(actor.ref, id_number)),
    }
    return render(request, "portal/accesses.html", context)


def _elsewhere(nodes: tuple[str, ...]) -> list[Elsewhere]:
    entries = (directory.node(node) for node in nodes)
    return [Elsewhere(e.name, e.address.rstrip("/") + reverse("accesses")) for e in entries if e is not None]


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _in_words(look: AccessView, matter: Matter | None) -> Look:
    return Look(
        look.at,
        str(ROLES.get(look.role or "", look.actor_ref.partition(":")[0])),
        _place(look, matter),
        str(PURPOSES.get(look.purpose, look.purpose)),
        "、".join(str(FIELDS.get(code, code)) for code in look.fields),
        matter,
    )


def _place(look: AccessView, matter: Matter | None) -> str:
    """The unit that looked, and where it is. A person with several posts looked in that of the matter's unit."""
    window = organizations.window(look.window) if look.window else None
    if window is not None:
        return _at(window.region, window.name)
    decided = matter is not None and matter.authority is not None
    code = matter.authority if matter is not None and decided else look.authority
    unit = organizations.authority(code) if code else None
    if unit is not None:
        return _at(unit.region, unit.name)
    region = matter.region if matter is not None and decided else look.region
    return _at(region, "") if region and region != "000000" else ""


def _at(region: str, unit: str) -> str:
    return " ".join(filter(None, ("".join(organizations.path(region)), unit)))
