"""The item manager's desk: items with their gaps and drift, and one item with its next version up to publication."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.desk.item_values import DONE, STATES, title, titles, today, wordings
from tongban.desk.item_words import WORDS
from tongban.directory import queries as directory
from tongban.identity import queries as identity
from tongban.items import managing
from tongban.items.actions import proposing, reviewing
from tongban.items.rules.quality import Finding
from tongban.items.rules.uniformity import Comparison
from tongban.kernel.numbers import mask_name
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import problem_text

from .item_editing import begins_on, editable


@page("desk/items", audience={ITEM_MANAGER}, name="desk_items")
def items(request: HttpRequest) -> HttpResponse:
    """Everything this node manages, a page at a time; what waits for somebody stands first."""
    words = request.GET.get("q", "").strip()[:40]
    found, following = managing.rows(today(), request.GET.get("after", "")[:40], words=words)
    me = act(request).actor.ref
    return render(
        request,
        "desk/items.html",
        {
            "rows": [(row, STATES[row.standing], round(100 * row.known / row.required)) for row in found],
            "next": following, "q": words, "tasks": [(t, titles(t.fields)) for t in managing.tasks(today())],
            "proposals": [
                (p, STATES[p.state], p.state == "submitted" and p.author != me) for p in managing.proposals()
            ],
            "batches": [(b, b.author != me) for b in managing.batches()],
            "today": today(), "base": managing.kind() == "base",
        },
    )  # fmt: skip


@page("desk/items/one/<path:code>", audience={ITEM_MANAGER}, name="desk_item", writes=True)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: gaps, drift, another place beside it; its next version from proposal to publication."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            step(request, code)
        except Refusal as refused:
            refusal = refused
        else:
            return go("desk_item", code)
    other = request.GET.get("beside", "")
    found = managing.item(code, today(), other)
    if found is None:
        if request.method == "GET":
            raise Refusal("request.not_found")
        return go("desk_items")
    said = wordings()
    return render(
        request,
        "desk/item.html",
        {
            "item": found, "percent": round(100 * found.row.known / found.row.required), "other": other,
            "owners": [(owner, directory.node_name(owner)) for owner in found.owners],
            "other_name": directory.node_name(other) if other in found.owners else "",
            "standing": STATES[found.row.standing], "findings": grouped(found.findings),
            "drift": lines(found.drift), "drifts": sum(c.state != "same" for c in found.drift),
            "beside": lines(found.beside), "begins": begins_on(found).isoformat(),
            "task_fields": titles(found.task.fields) if found.task else "", **on_review(request, found, said),
            "versions": [(line, STATES[line.state]) for line in found.versions],
            "today": today(), "history": told(found.history),
            "problem": problem_text(refusal) if refusal else None, "typed": request.POST,
            "faults": [(title(f), WORDS.get(c, c)) for f, c in refusal.fields.items()] if refusal else [],
        },
        status=refusal.problem.status if refusal else 200,
    )  # fmt: skip


def on_review(request: HttpRequest, found: managing.ItemPage, said: Any) -> dict[str, Any]:
    """The version to be: what it changes, what would stop it, and whose turn it is."""
    open_one = found.proposal
    if open_one is None:
        return {"proposal": None}
    mine = open_one.author == act(request).actor.ref
    return {
        "proposal": open_one, "proposal_state": STATES[open_one.state], "mine": mine,
        "editable": editable(request, found), "author": people([open_one.author])[open_one.author],
        "changes": [(title(c.path), said(c.path, c.base), said(c.path, c.local)) for c in open_one.changes],
        "stopping": [(title(f.field), WORDS.get(f.code, f.code)) for f in open_one.errors],
    }  # fmt: skip


def lines(compared: Sequence[Comparison]) -> list[tuple[str, str, str, bool]]:
    """(element, one side, the other, whether they agree), those that differ first."""
    said = wordings()
    found = sorted(compared, key=lambda c: c.state == "same")
    return [(title(c.path), said(c.path, c.base), said(c.path, c.local), c.state == "same") for c in found]


def grouped(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """(level, what is wrong, where) with one line a kind, errors first."""
    order = {"error": 0, "warning": 1}
    found = sorted(findings, key=lambda f: (order[f.level], f.code == "missing", f.code))
    return [
        (level, str(WORDS.get(code, code)), titles(f.field for f in those))
        for (level, code), those in groupby(found, key=lambda f: (f.level, f.code))
    ]


def people(refs: Iterable[str]) -> dict[str, str]:
    """Reference of an actor → how colleagues know the person: masked name and account."""
    known = {}
    for ref in dict.fromkeys(refs):
        _kind, _colon, rest = ref.partition(":")
        issuer, _colon, subject = rest.partition(":")
        actor = identity.find_actor(issuer, subject) if subject else None
        known[ref] = f"{mask_name(actor.name)} {subject}" if actor else ref
    return known


def told(history: Sequence[Any]) -> list[dict[str, Any]]:
    """Every act on the item in words."""
    names = people(each.actor for each in history)
    return [
        {
            "at": each.at, "what": DONE.get(each.name, each.name), "who": names[each.actor],
            "changed": titles(each.body.get("changed") or ()), "version": each.body.get("item_version"),
            "state": STATES.get(each.body.get("state") or "", ""),
            "note": each.body.get("reason") or each.body.get("note"),
        }
        for each in history
    ]  # fmt: skip


def step(request: HttpRequest, code: str) -> None:
    """What the one form sent asks for."""
    data, wanted = request.POST, request.POST.get("step", "")
    if wanted == "adopt":
        proposing.propose(
            act(request), managing.kind(), code, {}, valid_from=_day(data.get("valid_from"), "valid_from")
        )
        messages.success(request, _("已按国家基本目录起草，提交后由另一人审核。"))
    elif wanted == "reviewed":
        next_on = _day(data.get("next_on"), "next_on")
        reviewing.review_guide(act(request), code, next_on=next_on, note=data.get("note", ""))
        messages.success(request, _("已记录复核。"))
    elif wanted in ("suspended", "in_use", "retired"):
        if wanted == "retired" and "sure" not in data:
            raise Refusal("request.invalid", fields={"sure": "not_sure"})
        proposing.set_standing(act(request), code, wanted, reason=data.get("reason", ""))
        messages.success(request, _("已更改状态。"))
    else:
        on_proposal(request, wanted)


def on_proposal(request: HttpRequest, wanted: str) -> None:
    try:
        proposal, seen = UUID(request.POST["proposal"]), int(request.POST["seen"])
    except (KeyError, ValueError):
        raise Refusal("request.malformed") from None
    if wanted == "submit":
        proposing.submit(act(request), proposal, seen=seen)
        messages.success(request, _("已提交审核。"))
    elif wanted == "return":
        proposing.give_back(act(request), proposal, note=request.POST.get("note", ""), seen=seen)
        messages.success(request, _("已退回起草人。"))
    elif wanted == "publish":
        proposing.publish(act(request), proposal, seen=seen)
        messages.success(request, _("已发布，到生效日期起适用。"))
    elif wanted == "discard":
        proposing.discard(act(request), proposal, seen=seen)
        messages.success(request, _("已撤销。"))
    else:
        raise Refusal("request.malformed")


def _day(text: str | None, field: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Refusal("request.invalid", fields={field: "date_wrong"}) from None
