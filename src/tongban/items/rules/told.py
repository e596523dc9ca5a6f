"""What readers are told and the engine asks for follows the elements: whatever an item manager changes shows on the
guide page, on the checklist and at the upload. Only what changed is written anew. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tongban.items.elements import Elements, FeeItem, Limit, MaterialElement

from .deriving import OBJECTS
from .guide import ALL_GAPS

UPLOADS: Final = ["application/pdf", "image/jpeg", "image/png"]
_WHO: Final = {code: name for name, code in OBJECTS.items()}
_NECESSITY: Final = {"1": "required", "2": "optional", "3": "optional"}
_FORM: Final = {"1": "paper", "2": "electronic", "3": "either", "6": "electronic", "7": "either"}
_FETCHED: Final = frozenset({"6"})  # material_form: the system fetches it


def follow(content: Mapping[str, Any], before: Elements, after: Elements) -> dict[str, Any]:
    """The content with guide, materials and result in the words of ``after``, where it differs from ``before``."""

    def new(*keys: str) -> bool:
        return any(getattr(before, key) != getattr(after, key) for key in keys)

    made, guide = dict(content), dict(content.get("guide") or {})
    if new("conditions"):
        guide["conditions"] = _conditions(guide.get("conditions", ()), after.conditions)
    if new("service_objects"):
        guide["who"] = "、".join(_WHO.get(code, code) for code in after.service_objects)
    if new("process"):
        guide["steps"] = [
            {"seq": n, "name": s.name, "actor": s.actor, "place": s.place, "limit": s.limit, "output": s.output,
             "note": ""} for n, s in enumerate(after.process, start=1)
        ]  # fmt: skip
    if new("statutory_limit"):
        guide["statutory"] = _limit(after.statutory_limit)
    if new("promised_limit"):
        guide["promised"] = _limit(after.promised_limit)
    if new("fee", "fee_items", "fee_basis"):
        guide["fee"] = _fee(after)
    if new("visits"):
        guide["visits"] = after.visits
    if new("visit_reason"):
        guide["visit_reason"] = after.visit_reason or ""
    if new("result_name", "delivery"):
        guide["result"] = {**guide.get("result", {}), "name": after.result_name or "", "delivery": [*after.delivery]}
        if new("result_name") and after.result_name:
            made |= {"result_name": after.result_name, "result_name_en": ""}
    if new("legal_basis"):
        guide["legal_basis"] = [{"law": b.law, "article": b.article, "point": b.point} for b in after.legal_basis]
    if new("faq"):
        guide["faq"] = [{"question": one.question, "answer": one.answer} for one in after.faq]
    if new("competent_duty"):
        guide["competent_duty"] = after.competent_duty or ""
    if new("intake_duties"):
        guide["intake_duty"] = "、".join(after.intake_duties)
    if new("materials"):
        if "materials" in made:
            made["materials"] = materials_of(made["materials"], before.materials, after.materials)
        guide["materials"] = [_listed(m) for m in after.materials]
    if guide != (content.get("guide") or {}):
        made["guide"] = {**guide, "gaps": _gaps(guide)}
    return made


def materials_of(
    present: Sequence[Mapping[str, Any]], before: Sequence[MaterialElement], after: Sequence[MaterialElement]
) -> list[dict[str, Any]]:
    """The checklist as the engine keeps it. A material is known again by its name, else by its place in the list, and
    then keeps its key, its files' types and its questions; a new one is asked for as its element says."""
    named, was = {str(m["name"]): m for m in present}, {m.name: m for m in before}
    wanted = {m.name for m in after}
    made: list[dict[str, Any]] = []
    for place, element in enumerate(after):
        old = named.get(element.name)
        if old is None and place < len(before) and (gone := before[place].name) not in wanted:
            old = named.get(gone)  # renamed
        known = was.get(str(old["name"])) if old is not None else None
        made.append(_material(old or {}, known, element, {str(m["key"]) for m in (*present, *made)}))
    return made


def _material(
    old: Mapping[str, Any], was: MaterialElement | None, now: MaterialElement, keys: set[str]
) -> dict[str, Any]:
    def new(*names: str) -> bool:
        return was is None or any(getattr(was, name) != getattr(now, name) for name in names)

    made = dict(old)
    if not old:
        made["key"] = next(key for n in range(1, 1000) if (key := f"material-{n}") not in keys)
    if new("name"):
        made |= {"name": now.name, "name_en": ""}
    if new("necessity", "when"):
        made["necessity"] = "conditional" if now.when else _NECESSITY.get(now.necessity, "required")
        made |= {"when": now.when, "when_en": ""}
    if new("form"):
        made["form"] = _FORM.get(now.form, "either")
    if new("exempt", "form", "license_type", "data_interface", "exempt_note"):
        made["exempt"] = now.exempt or now.form in _FETCHED
        by = "license" if now.license_type else "data" if now.data_interface or now.form in _FETCHED else None
        made["exempt_by"] = (by or made.get("exempt_by")) if made["exempt"] else None
        made |= {"exempt_detail": now.exempt_note, "exempt_detail_en": ""}
    if new("accept_standard"):
        points = [p.strip() for p in now.accept_standard.replace("\n", "；").split("；") if p.strip()]
        made |= {"review_points": points, "review_points_en": []}
    if not old:
        made["accepts"] = [] if made["exempt"] or made["form"] == "paper" else list(UPLOADS)
    return made


def _conditions(present: Sequence[Mapping[str, str]], texts: Sequence[str]) -> list[dict[str, str]]:
    known = {line["text"]: dict(line) for line in present}
    return [known.get(text) or {"text": text, "confidence": "high"} for text in texts]


def _limit(limit: Limit | None) -> dict[str, Any]:
    return {} if limit is None else {"value": limit.value, "unit": limit.unit, "detail": limit.text}


def _fee(after: Elements) -> dict[str, Any]:
    if after.fee is None and not after.fee_items:
        return {}
    made: dict[str, Any] = {"charge": bool(after.fee or after.fee_items)}
    if detail := "；".join(_fee_words(one) for one in after.fee_items):
        made["detail"] = detail
    if after.fee_basis:
        made["basis"] = after.fee_basis
    return made


def _fee_words(one: FeeItem) -> str:
    return f"{one.name}：{one.standard}" + (f"（减免：{one.reduction_basis}）" if one.reduction_basis else "")


def _listed(m: MaterialElement) -> dict[str, Any]:
    return {
        "name": m.name, "necessity": "conditional" if m.when else _NECESSITY.get(m.necessity, "required"),
        "form": _FORM.get(m.form, "either"), "exempt": m.exempt, "exempt_by": None, "exempt_detail": m.exempt_note,
        "when": m.when, "note": m.fill_note, "confidence": "high",
    }  # fmt: skip


def _gaps(guide: Mapping[str, Any]) -> list[str]:
    filled = {
        "conditions": guide.get("conditions"), "materials": guide.get("materials"), "steps": guide.get("steps"),
        "statutory_limit": guide.get("statutory", {}).get("value") is not None,
        "promised_limit": guide.get("promised", {}).get("value") is not None,
        "fee": "charge" in guide.get("fee", {}), "result": guide.get("result", {}).get("name"),
        "legal_basis": guide.get("legal_basis"),
    }  # fmt: skip
    return [gap for gap in ALL_GAPS if not filled.get(gap)]
