"""Values of an item for reading: elements by their names, codes by theirs, a recorded act in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.items import queries as catalog
from tongban.items.elements import ELEMENTS
from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.ui.problems import is_english

from .element_words import PART_CODES, PART_NAMES, PLACES

STATES: Final = {
    "in_use": gettext_lazy("在用"), "suspended": gettext_lazy("已暂停"), "retired": gettext_lazy("已取消"),
    "draft": gettext_lazy("草稿"), "submitted": gettext_lazy("待审核"), "returned": gettext_lazy("已退回"),
    "in_force": gettext_lazy("现行"), "to_come": gettext_lazy("尚未生效"), "ended": gettext_lazy("已失效"),
}  # fmt: skip
DONE: Final = {
    "items.proposal_made": gettext_lazy("起草"), "items.proposal_submitted": gettext_lazy("提交审核"),
    "items.proposal_returned": gettext_lazy("退回"), "items.proposal_discarded": gettext_lazy("撤销"),
    "items.version_published": gettext_lazy("发布"), "items.standing_changed": gettext_lazy("更改状态"),
    "items.guide_reviewed": gettext_lazy("复核指南"), "items.rows_imported": gettext_lazy("批量导入"),
    "items.batch_published": gettext_lazy("整批发布"), "items.batch_discarded": gettext_lazy("整批撤销"),
}  # fmt: skip
UNITS: Final = {
    "workday": gettext_lazy("%(n)s个工作日"), "day": gettext_lazy("%(n)s日"), "hour": gettext_lazy("%(n)s小时"),
    "month": gettext_lazy("%(n)s个月"), "immediate": gettext_lazy("即办"),
}  # fmt: skip
COLUMNS: Final = {
    "code": gettext_lazy("事项代码"), "valid_from": gettext_lazy("生效日期"), "next_on": gettext_lazy("下次复核日期"),
    "file": gettext_lazy("文件"), "changes": gettext_lazy("修改内容"), "on": gettext_lazy("日期"),
    "region": gettext_lazy("地区"), "regions": gettext_lazy("地区"), "area": gettext_lazy("区域"),
    "source": gettext_lazy("依据"), "ends": gettext_lazy("结束日期"), "kind": gettext_lazy("范围"),
    "stage": gettext_lazy("阶段"), "begins": gettext_lazy("开始日期"), "words": gettext_lazy("原文"),
    "basis": gettext_lazy("依据"),
}  # fmt: skip
PARTS: Final = {"value": gettext_lazy("数值"), "unit": gettext_lazy("单位")}


def today() -> date:
    return local_date(clock.now())


def title(path: str) -> str:
    """The element's name in the language of the page."""
    head, _dot, rest = path.partition(".")
    element = ELEMENTS.get(head)
    if element is None:
        return str(COLUMNS.get(path, path))
    name = element.en if is_english() else element.zh
    return f"{name} · {PARTS.get(rest, rest)}" if rest else name


def titles(paths: Iterable[str]) -> str:
    return (", " if is_english() else "、").join(dict.fromkeys(title(path) for path in paths))


def wordings() -> Callable[[str, Any], str]:
    """Path and value → words: codes of a closed list by their names. Each list is read once."""
    lists: dict[str, dict[str, tuple[str, str]]] = {}
    english, on = is_english(), today()

    def named(codes: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [named(codes, each) for each in value]
        if codes not in lists:
            lists[codes] = catalog.code_list(codes, on)
        names = lists[codes].get(str(value))
        return (names[1] or names[0] if english else names[0]) if names else value

    def part_named(head: str, key: str, value: Any) -> Any:
        if (head, key) == ("process", "place"):
            return str(PLACES.get(value, value))
        codes = PART_CODES.get((head, key))
        return named(codes, value) if codes and value else value

    def said(path: str, value: Any) -> str:
        head, _dot, part = path.partition(".")
        element = ELEMENTS.get(head)
        if element is not None and element.codes and value is not None and not part:
            value = named(element.codes, value)
        elif part == "unit" and value in UNITS:
            return str(UNITS[value]) % {"n": ""}
        elif isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
            value = [
                {key: part_named(head, key, v) for key, v in each.items()} if isinstance(each, dict) else each
                for each in value
            ]
        return text(value)

    return said


def _tells(name: str, value: Any) -> bool:
    """Whether a part is for reading: something is there, and it is no key of the program's own."""
    return value not in (None, "", [], {}, False) and not isinstance(value, dict) and name not in ("key", "name_en")


def _part(name: str, value: Any) -> str:
    """A part of a row: a plain yes says nothing without its name."""
    return str(PART_NAMES["", name]) if value is True and ("", name) in PART_NAMES else text(value)


def text(value: Any) -> str:
    """A value for reading; rows of parts one a line."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            return text(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, list | tuple):
        rows = len(value) > 1 and any(isinstance(each, dict) for each in value)
        return "\n".join(f"· {text(each)}" for each in value) if rows else "；".join(text(each) for each in value)
    if isinstance(value, dict):
        if value.get("unit") in UNITS:
            limit = str(UNITS[value["unit"]]) % {"n": value.get("value", 0)}
            return f"{limit} {value['text']}" if value.get("text") else limit
        return " ".join(_part(key, each) for key, each in value.items() if _tells(key, each))
    return str(value)
