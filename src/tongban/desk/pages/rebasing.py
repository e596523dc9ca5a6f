"""在办件换版: running cases under an earlier version of their item; first a dry run, then, with a reason, the move."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongban.cases.actions.rebasing import rebase
from tongban.cases.queries.rebasing import CaseRun, DryRun, dry_run, waiting
from tongban.cases.rules.rebasing import Change
from tongban.kernel.people import Role
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, REVIEWER, act, go, page, render
from tongban.ui.problems import is_english, problem_text

REASONS: Final = {
    "base_item_changed": gettext_lazy("基本目录有变"), "law_changed": gettext_lazy("法律法规有变"),
    "error_corrected": gettext_lazy("原版本有误"), "easier_for_applicants": gettext_lazy("新版本对申请人更便利"),
}  # fmt: skip
OBSTACLES: Final = {
    "already_decided": gettext_lazy("已作出决定"), "correction_open": gettext_lazy("正在等待补正"),
    "mode_closed": gettext_lazy("新版本不再开通该办理模式"), "competence_changed": gettext_lazy("新版本改变了办理机关"),
    "plan_changed": gettext_lazy("新版本改变了联办环节"), "answers_missing": gettext_lazy("缺少新版本必填的内容"),
    "answers_invalid": gettext_lazy("已填内容不符合新版本"), "materials_missing": gettext_lazy("缺少新版本必交的材料"),
    "limit_passed": gettext_lazy("按新的时限已经到期"),
}  # fmt: skip
FATES: Final = {
    "follows": gettext_lazy("随之换版"), "stays": gettext_lazy("已办结，不变"),
    "called_then": gettext_lazy("将按新版本发起"),
}  # fmt: skip
LIMITS: Final = {
    "statutory_days": gettext_lazy("法定办结时限"), "promised_days": gettext_lazy("承诺办结时限"),
    "tell_once_days": gettext_lazy("一次性告知时限"), "department": gettext_lazy("部门"),
    "region_level": gettext_lazy("办理层级"), "decision_place": gettext_lazy("决定地"),
    "anchor_kind": gettext_lazy("属地依据"), "tell": gettext_lazy("一次性告知时限"), "work": gettext_lazy("办结时限"),
}  # fmt: skip


@page("desk/items/rebasing", audience={ITEM_MANAGER, REVIEWER}, name="desk_rebasing", writes=True)
def rebasing(request: HttpRequest) -> HttpResponse:
    """Without ``code`` and ``version``: where running cases wait. With them: the dry run of one version."""
    actor, refusal = act(request).actor, None
    asked = request.POST if request.method == "POST" else request.GET
    run = dry_run(actor, asked.get("code", "")[:40], _number(asked.get("version", "")))
    if request.method == "POST":
        if run is None:
            raise Refusal("request.not_found")
        try:
            move(request, run)
        except Refusal as refused:
            refusal = refused
        else:
            return go("desk_rebasing", code=run.before.ref.code, version=run.before.ref.version)
    context: dict[str, Any] = {
        "waiting": waiting(actor), "run": run, "reasons": REASONS.items(), "reason": request.POST.get("reason", ""),
        "problem": problem_text(refusal) if refusal else None, "manages": actor.holds(Role.ITEM_MANAGER),
    }  # fmt: skip
    if run is not None:
        context |= {
            "changes": changed(run), "cases": [(case, obstacles(run, case), parts(case)) for case in run.cases],
        }  # fmt: skip
    return render(request, "desk/rebasing.html", context, status=refusal.problem.status if refusal else 200)


def move(request: HttpRequest, run: DryRun) -> None:
    """Every case that the form names and the dry run allows; each is its own act, one that fails leaves the others."""
    reason = request.POST.get("reason", "")
    if reason not in REASONS:
        raise Refusal("state.reason_missing", fields={"reason": "required"})
    wanted = set(request.POST.getlist("case"))
    moved, left = 0, 0
    for case in run.possible:
        if str(case.case_id) not in wanted:
            continue
        try:
            rebase(act(request), UUID(str(case.case_id)), to=run.after.ref.version, reason=reason, seen=case.seen)
            moved += 1
        except Refusal:
            left += 1
    done = ngettext("%(n)d件已换用新版本。", "%(n)d件已换用新版本。", moved) % {"n": moved}
    messages.success(request, done)
    if left:
        messages.warning(request, _("%(n)d件在此期间有变化，没有换版，请重新试算。") % {"n": left})


def changed(run: DryRun) -> list[tuple[str, str]]:
    """What the new version changes, as lines of a list: (what, which)."""
    change: Change = run.change
    fields, materials = _titles(run)
    lines = [
        (_("新增填写项"), change.fields_added, fields), (_("取消填写项"), change.fields_removed, fields),
        (_("改为必填"), change.fields_required, fields), (_("不再必填"), change.fields_freed, fields),
        (_("填写要求有变"), change.fields_changed, fields), (_("新增材料"), change.materials_added, materials),
        (_("取消材料"), change.materials_removed, materials), (_("材料要求有变"), change.materials_changed, materials),
    ]  # fmt: skip
    found = [(what, "、".join(words.get(key, key) for key in keys)) for what, keys, words in lines if keys]
    found += [(str(LIMITS[x.name]), f"{_days(x.before)} → {_days(x.after)}") for x in change.limits]
    if change.moved:
        found.append((_("办理机关有变"), "、".join(str(LIMITS[name]) for name in change.moved)))
    if change.plan_changed:
        found.append((_("联办环节有变"), ""))
    return found


def obstacles(run: DryRun, case: CaseRun) -> list[str]:
    """Why a case stays, in words."""
    fields, materials = _titles(run)
    words = {**fields, **materials, **{key: str(text) for key, text in LIMITS.items()}}
    return [
        str(OBSTACLES[o.code]) + (f"：{'、'.join(words.get(key, key) for key in o.keys)}" if o.keys else "")
        for o in case.obstacles
    ]


def parts(case: CaseRun) -> list[tuple[str, str]]:
    """The steps of a joint case with what becomes of each, in words."""
    return [(part.name, str(FATES[part.fate])) for part in case.parts]


def _titles(run: DryRun) -> tuple[dict[str, str], dict[str, str]]:
    english = is_english()
    fields, materials = {}, {}
    for version in (run.before, run.after):
        for key, field in version.form.get("properties", {}).items():
            fields[key] = field.get("title_en" if english else "title") or field.get("title", key)
        for material in version.materials:
            materials[material.key] = material.name_en if english else material.name
    return fields, materials


def _days(days: int | None) -> str:
    return _("未定") if days is None else _("%(n)d个工作日") % {"n": days}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
