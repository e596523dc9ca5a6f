"""Changing an item, one group of elements at a time, into the version that a second person will review; a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tongban.desk import element_fields
from tongban.desk.element_fields import Choices, Drawn
from tongban.desk.element_words import GROUPS, PART_CODES
from tongban.desk.item_values import STATES, today, wordings
from tongban.items import managing
from tongban.items import queries as catalog
from tongban.items.actions import proposing
from tongban.items.elements import ELEMENTS, Elements
from tongban.items.managing import ItemPage
from tongban.items.rules.elements import read_field, write_elements
from tongban.items.rules.quality import missing
from tongban.items.rules.uniformity import fixed
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import SummaryLine, fault_text, is_english, problem_text

REVIEW_DAYS: Final = 7
"""How many days ahead a new version is proposed to begin: the second person needs some."""


@page("desk/items/edit/<path:code>", audience={ITEM_MANAGER}, name="desk_item_edit", writes=True)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """One group of elements as fields; what is kept is a draft, and goes nowhere before it is submitted."""
    found = managing.item(code, today())
    if found is None:
        raise Refusal("request.not_found")
    if found.proposal is not None and not editable(request, found):
        raise Refusal("state.proposal_open", item=code)
    asked = request.POST if request.method == "POST" else request.GET
    group = next((key for key in GROUPS if key == asked.get("group")), next(iter(GROUPS)))
    whole = found.proposal.elements if found.proposal else found.now.elements
    locked = frozenset(fixed(found.now.base)) if found.now.base is not None else frozenset[str]()
    raw, faults, blanks = write_elements(whole), dict[str, str](), dict[str, int]()
    refusal: Refusal | None = None
    if request.method == "POST":
        data = without(request.POST, request.POST.get("less", ""))
        posted = element_fields.read(group, data, locked)
        raw = {**raw, **{key: value for key, value in posted.values.items() if key in data_keys(group)}}
        if wanted := data.get("more"):
            blanks[wanted] = 1
        elif "less" not in data:
            faults = dict(posted.faults)
            begins, due = _days(data, found, faults)
            try:
                if not faults and begins is not None:
                    keep(request, found, changes(whole, posted.values), begins, due)
                    return go("desk_item_edit", code, group=data["next"]) if "next" in data else go("desk_item", code)
            except Refusal as refused:
                refusal = refused
                faults |= refused.fields
    frame, drawn = _frame(found, group, whole, request.POST, faults), _drawn(group, found, raw, locked, faults, blanks)
    return render(
        request, "desk/item_edit.html",
        {**frame, "drawn": drawn, "errors": summary(drawn, frame["date_fault"]), "empty": faults.get("changes"),
         "problem": problem_text(refusal) if refusal else None},
        status=refusal.problem.status if refusal else 422 if faults else 200,
    )  # fmt: skip


@page("desk/items/new", audience={ITEM_MANAGER}, name="desk_item_new", writes=True)
def new(request: HttpRequest) -> HttpResponse:
    """Base items that this node has not implemented yet; one of them begun as a draft."""
    if managing.kind() == "base":
        raise Refusal("request.not_found")
    if request.method == "POST":
        code = request.POST.get("code", "")[:40]
        begins = today() + timedelta(days=REVIEW_DAYS)
        proposing.propose(act(request), "implementation", code, {}, valid_from=begins)
        messages.success(request, _("已新建草稿，统一要素已按国家基本目录填好。"))
        return go("desk_item_edit", code)
    words, after = request.GET.get("q", "").strip()[:40], request.GET.get("after", "")[:40]
    found, following = managing.not_implemented(words, after)
    return render(request, "desk/item_new.html", {"rows": found, "next": following, "q": words})


def editable(request: HttpRequest, found: ItemPage) -> bool:
    """Whether what is open may be changed by whoever asks: its author, before it is submitted."""
    return (
        found.proposal is not None and found.proposal.state != "submitted"
        and found.proposal.author == act(request).actor.ref
    )  # fmt: skip


def keep(request: HttpRequest, found: ItemPage, new: Mapping[str, Any], begins: date, due: date | None) -> None:
    """Write the draft, or into it. Nothing new and the same day: nothing to write."""
    open_one = found.proposal
    if open_one is None:
        if not new:
            raise Refusal("request.invalid", fields={"changes": "empty"})
        proposing.propose(act(request), managing.kind(), found.row.code, new, valid_from=begins, due_on=due)
    elif new or (begins, due) != (open_one.valid_from, open_one.due_on):
        proposing.amend(act(request), open_one.id, new, valid_from=begins, due_on=due, seen=open_one.seen)
    else:
        return
    messages.success(request, _("已存入草稿。"))


def changes(present: Elements, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form differs from what is there; a form that says the same changes nothing."""
    return {
        key: value for key, value in posted.items()
        if getattr(present, key) != (getattr(Elements(), key) if value is None else read_field(key, value))
    }  # fmt: skip


def without(data: QueryDict, row: str) -> QueryDict:
    """What was sent, with one row (``fee_items.0``) blank."""
    made = data.copy()
    for name in [name for name in made if row and name.startswith(row + ".")]:
        made[name] = ""
    return made


def data_keys(group: str) -> frozenset[str]:
    return frozenset(element.key for element in element_fields.elements_of(group))


def _days(data: QueryDict, found: ItemPage, faults: dict[str, str]) -> tuple[date | None, date | None]:
    begins, due = _day(data.get("valid_from", "")), _day(data.get("due_on", ""))
    if begins is None:
        faults["valid_from"] = "date"
    elif begins <= found.now.valid_from:
        faults["valid_from"] = "not_later"
    if data.get("due_on") and due is None:
        faults["due_on"] = "date"
    return begins, due


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def begins_on(found: ItemPage) -> date:
    """The day proposed for the next version: a week ahead, after the present one, with the base item's own."""
    earliest = [today() + timedelta(days=REVIEW_DAYS), found.now.valid_from + timedelta(days=1)]
    return max([*earliest, *([found.base_begins] if found.base_begins else [])])


def _frame(found: ItemPage, group: str, whole: Elements, typed: QueryDict, faults: Mapping[str, str]) -> dict[str, Any]:
    """Everything around the fields."""
    gaps: list[str] = [ELEMENTS[key].group for key in missing(whole)]
    order = list(GROUPS)
    following = order[order.index(group) + 1] if group != order[-1] else ""
    begins = found.proposal.valid_from if found.proposal else begins_on(found)
    due = found.proposal.due_on if found.proposal else None
    later = _("须晚于现行版本的生效日期%(day)s") % {"day": found.now.valid_from}
    date_fault = faults.get("valid_from", "")
    return {
        "item": found, "proposal_state": STATES[found.proposal.state] if found.proposal else "",
        "groups": [(key, name, gaps.count(key)) for key, name in GROUPS.items()],
        "group": group, "group_name": GROUPS[group], "next_group": following, "next_name": GROUPS.get(following, ""),
        "valid_from": typed.get("valid_from", begins.isoformat()),
        "due_on": typed.get("due_on", due.isoformat() if due else ""),
        "date_fault": later if date_fault == "not_later" else fault_text("date", _("生效日期")) if date_fault else "",
    }  # fmt: skip


def _drawn(
    group: str, found: ItemPage, raw: Mapping[str, Any], locked: frozenset[str], faults: Mapping[str, str],
    blanks: Mapping[str, int],
) -> list[Drawn]:  # fmt: skip
    said, codes = wordings(), _codes(group)
    base = write_elements(found.now.base) if found.now.base is not None else {}
    return [
        element_fields.draw(
            element, raw.get(element.key), codes, faults, blank_rows=blanks.get(element.key, 0),
            locked=said(element.key, base.get(element.key)) if element.key in locked else None,
        )
        for element in element_fields.elements_of(group)
    ]  # fmt: skip


def _codes(group: str) -> dict[str, Choices]:
    """The code lists that a group's elements and their parts are chosen from."""
    keys = data_keys(group)
    names = {ELEMENTS[key].codes for key in keys} | {codes for (key, _part), codes in PART_CODES.items() if key in keys}
    english, on = is_english(), today()
    return {
        name: tuple(
            (code, words[1] or words[0] if english else words[0]) for code, words in catalog.code_list(name, on).items()
        )
        for name in names if name
    }  # fmt: skip


def summary(drawn: list[Drawn], date_fault: str) -> list[SummaryLine]:
    """The error summary, in the order of the form."""
    lines = []
    for one in drawn:
        boxes = [*one.boxes, *(box for row in one.rows for box in (*row.boxes, *row.more))]
        lines += [SummaryLine(box.fault, box.anchor) for box in boxes if box.fault]
        if one.fault:
            lines.append(SummaryLine(one.fault, f"e-{one.key}"))
    return [*lines, *([SummaryLine(date_fault, "e-valid_from")] if date_fault else [])]
