"""The window's guide: an item as the place it belongs to handles it today, and what differs from here (peers F5)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.config import config
from tongban.desk.item_values import text
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items.beside import Difference, beside
from tongban.items.views import VersionView
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.ui import schema_form
from tongban.ui.page import CLERK, page, render
from tongban.ui.problems import is_english
from tongban.ui.regions import region_picker
from tongban.ui.words import word

PARTS: Final = {
    "mode": gettext_lazy("办理模式"), "limit": gettext_lazy("时限"), "material": gettext_lazy("材料"),
    "review_points": gettext_lazy("审查要点"), "field": gettext_lazy("填写项"), "element": gettext_lazy("要素"),
}  # fmt: skip
LIMITS: Final = {
    "statutory_days": gettext_lazy("法定办结时限"), "promised_days": gettext_lazy("承诺办结时限"),
    "tell_once_days": gettext_lazy("一次性告知时限"),
}  # fmt: skip
NECESSITY: Final = {
    "required": gettext_lazy("必要"), "optional": gettext_lazy("非必要"), "conditional": gettext_lazy("视情形"),
}  # fmt: skip
PAPER: Final = {
    "paper": gettext_lazy("纸质"), "electronic": gettext_lazy("电子"), "either": gettext_lazy("纸质或电子"),
}  # fmt: skip


@page("desk/guide", audience={CLERK}, name="desk_guide")
def guide(request: HttpRequest) -> HttpResponse:
    """``entry`` and ``anchor`` in the address; everything comes from this node's own database."""
    key = request.GET.get("entry", "")
    anchor = schema_form.region_posted("anchor", request.GET) or request.GET.get("anchor", "")
    entries = [entry for entry in items.filable_entries() if "proxy" in entry.modes or "any_office" in entry.modes]
    found = beside(key, anchor, local_date(clock.now())) if key else None
    if key and found is None:
        raise Refusal("request.not_found")
    context: dict[str, Any] = {
        "entries": entries, "key": key, "picker": region_picker("anchor", anchor or None, deepest=2), "anchor": anchor,
        "found": found,
    }  # fmt: skip
    if found is not None:
        version = found.there
        context |= {
            "own": found.node == config().node_id, "place": directory.node_name(found.node) if found.node else "",
            "here_name": directory.node_name(config().node_id), "version": version,
            "differences": [lines(each) for each in found.differences], "told_at": found.told_at,
            "fields": fields(version) if version else [], "samples": samples(version) if version else [],
        }  # fmt: skip
    return render(request, "desk/guide.html", context)


def lines(each: Difference) -> tuple[str, str, str, str]:
    """Part, name, here, there, in words."""
    name = each.name_en if is_english() else each.name
    if each.part == "mode":
        name = word("mode", each.key)
    elif each.part == "limit":
        name = str(LIMITS[each.key])
    return str(PARTS[each.part]), str(name), shown(each, each.here), shown(each, each.there)


def shown(each: Difference, value: Any) -> str:
    """One side in words; — where it has nothing."""
    if value is None or (each.part == "mode" and not value):
        return "—"
    if each.part == "mode":
        return _("开通")
    if each.part == "limit":
        return _("%(n)d个工作日") % {"n": value}
    if each.part == "material":
        need = _("免提交") if value["exempt"] else f"{NECESSITY[value['necessity']]}、{PAPER[value['form']]}"
        return f"{value['name']}（{need}）" + (f" {value['when']}" if value["when"] else "")
    if each.part == "field":
        need = _("必填") if value["required"] else _("选填")
        return f"{value['title']}（{need}）"
    return text(value)


def fields(version: VersionView) -> list[tuple[str, bool, str]]:
    """The form, in its order: title, whether it is required, hint."""
    properties, english = version.form.get("properties", {}), is_english()
    required = set(version.form.get("required", ()))
    found = []
    for key in version.form.get("x-order", properties):
        field = properties[key]
        title = field.get("title_en" if english else "title") or field.get("title", key)
        hint = field.get("description_en" if english else "description") or ""
        found.append((title, key in required, hint))
    return found


def samples(version: VersionView) -> list[tuple[str, str, str]]:
    """Materials with a blank form or a filled-in sample: name, blank form, sample. What is not known stays out."""
    return [
        (material.name, material.blank_form, material.sample_form)
        for material in version.elements.materials
        if material.blank_form or material.sample_form
    ]
