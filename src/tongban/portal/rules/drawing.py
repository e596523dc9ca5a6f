"""The way of a matter as a list of steps, drawn from the version's mode and plan, not typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict


class Step(TypedDict, total=False):
    name: str
    place: str
    actor: str
    limit: str
    note: str
    state: str


class PlanStep(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def limit_days(self) -> int: ...


_WORDS = {
    "submit": ("提交申请", "Apply"),
    "window": ("窗口收件", "Hand in at a window"),
    "window_note": ("形式审查和身份核验，当场出具收件凭证", "Form and identity are checked; you get a receipt at once"),
    "forward": ("转送业务属地", "Sent to the competent place"),
    "forward_note": ("系统自动送达，不用您跑腿", "Delivered by the system; you need not travel"),
    "tell": ("受理", "Acceptance"),
    "tell_note": (
        "需要补正的一次告知；逾期不告知视为受理",
        "What must be corrected is told once; past the limit it counts as accepted",
    ),
    "decide": ("审查并决定", "Review and decision"),
    "deliver": ("送达结果", "Result delivered"),
    "deliver_online": ("结果送到“我的办件”", "The result comes to “My cases”"),
    "deliver_window": ("由收件窗口交给您", "The window hands it to you"),
    "visit": ("本人到场核验", "In person at the office"),
    "on_spot": ("当场", "on the spot"),
    "one_place": ("到一地申请", "Apply at one place"),
    "one_place_note": ("由一地受理，不用分别到几个地方", "One place takes it in; you need not go to the others"),
    "together": ("各地内部协同办理", "The places do their parts"),
    "together_note": ("材料通过一体化平台共享", "Papers are shared on the platform"),
    "applicant": ("您", "You"),
    "intake": ("收件地", "Place of intake"),
    "competent": ("业务属地", "Competent place"),
}


def steps_of(version: Any, guide: Any, *, english: bool = False, mode: str | None = None) -> list[Step]:
    """The steps for ``mode`` (the item's first mode if None). Without a version, or with one that nobody has built the
    filing of (no place it belongs to), those of the guide, if it has any."""
    if version is None or not version.anchor_kind:
        return [
            Step(name=s["name"], actor=s["actor"], limit=s["limit"], note=s["note"])
            for s in (guide or {}).get("steps", ())
        ]

    def word(key: str) -> str:
        return _WORDS[key][1 if english else 0]

    def days(count: int | None) -> str:
        if not count:
            return ""
        return f"{count} working days" if english else f"{count}个工作日"

    mode = mode or (version.modes[0] if version.modes else "online")
    if version.plan and mode == "joint":
        names = {
            "receiving": version.anchor_label_en if english else version.anchor_label,
            "releasing": version.releasing_label_en if english else version.releasing_label,
        }
        return _joint(version.plan, word, names, days, english)
    steps: list[Step] = []
    if mode == "proxy":
        steps.append(Step(name=word("window"), place=word("intake"), note=word("window_note")))
    else:
        steps.append(Step(name=word("submit"), actor=word("applicant")))
    if version.decision_place == "competent_region":
        steps.append(Step(name=word("forward"), note=word("forward_note")))
    place = word("competent" if version.decision_place == "competent_region" else "intake")
    steps.append(Step(name=word("tell"), place=place, limit=days(version.tell_once_days), note=word("tell_note")))
    if mode == "any_office":
        note = version.guide.get("visit_reason", "")
        steps.append(Step(name=word("visit"), place=place, actor=word("applicant"), note=note))
    limit = version.statutory_days if version.promised_days is None else version.promised_days
    steps.append(Step(name=word("decide"), place=place, limit=word("on_spot") if limit == 0 else days(limit)))
    steps.append(Step(name=word("deliver"), note=word("deliver_window" if mode == "proxy" else "deliver_online")))
    return steps


def general_steps(modes: Sequence[str], *, english: bool = False) -> list[Step]:
    """The way of any matter in this mode (国办发〔2020〕35号), for an item whose own procedure is not known yet.

    Without a mode nothing is applied for: no steps.
    """

    def word(key: str) -> str:
        return _WORDS[key][1 if english else 0]

    competent, intake = word("competent"), word("intake")
    tell = Step(name=word("tell"), place=competent, note=word("tell_note"))
    decide = Step(name=word("decide"), place=competent)
    match modes[0] if modes else "":
        case "online":
            begin = [Step(name=word("submit"), actor=word("applicant")), Step(name=word("forward"))]
            return [*begin, tell, decide, Step(name=word("deliver"), note=word("deliver_online"))]
        case "proxy":
            begin = [Step(name=word("window"), place=intake, note=word("window_note")), Step(name=word("forward"))]
            return [*begin, tell, decide, Step(name=word("deliver"), note=word("deliver_window"))]
        case "joint":
            begin = [Step(name=word("one_place"), actor=word("applicant"), note=word("one_place_note"))]
            return [*begin, Step(name=word("together"), note=word("together_note")), Step(name=word("deliver"))]
        case "any_office":
            here = [Step(name=word("visit"), place=intake), Step(name=word("decide"), place=intake)]
            return [*here, Step(name=word("deliver"))]
    return []


def limit_words(days: int | None, known: Mapping[str, Any], *, english: bool = False) -> str:
    """A limit as people read it: the version's own working days, else what the guide knows; "" if neither does."""
    value, unit = (days, "workday") if days is not None else (known.get("value"), known.get("unit"))
    if value is None or unit is None:
        return ""
    if value == 0 or unit == "immediate":
        return _WORDS["on_spot"][1 if english else 0]
    zh, en = _UNITS.get(str(unit), (str(unit), str(unit)))
    return f"{value} {en}" if english else f"{value}{zh}"


_UNITS = {"workday": ("个工作日", "working days"), "day": ("日", "days"), "month": ("个月", "months")}


def _joint(plan: Sequence[PlanStep], word: Any, names: Mapping[str, str], days: Any, english: bool) -> list[Step]:
    steps = [Step(name=word("submit"), actor=word("applicant"))]
    steps += [
        Step(
            name=(step.name_en or step.name) if english else step.name,
            place=names[step.place],
            limit=days(step.limit_days),
        )
        for step in plan
    ]
    steps.append(Step(name=word("deliver"), note=word("deliver_online")))
    return steps
