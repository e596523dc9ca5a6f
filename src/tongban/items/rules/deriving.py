"""Elements from what the files carry: the annex alone, or the researched detail. Nothing is invented: what neither says
stays unknown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tongban.items.elements import (
    Elements,
    FeeItem,
    LegalBasis,
    Limit,
    MaterialElement,
    ProcessStep,
    Situation,
)

from .scopes import Exemption, Scope

OBJECTS: Final = {
    "自然人": "1",
    "企业法人": "2",
    "事业法人": "3",
    "社会组织法人": "4",
    "行政机关": "5",
    "其他组织": "6",
}
LEVELS: Final = {"国家级": "1", "省级": "2", "市级": "3", "县级": "4", "镇(乡、街道)级": "5", "村(社区)级": "6"}
RESULTS: Final = {"证照": "1", "批文": "2", "其他": "3", "无": "4"}
NECESSITY: Final = {"required": "1", "optional": "2", "conditional": "2"}
FORMS: Final = {"paper": "1", "electronic": "2", "either": "3"}
SOURCES: Final = {"self": "10", "government": "20", "other": "99"}
HANDLING: Final = {"online": "2", "proxy": "1", "joint": "1", "any_office": "1"}
AUDIENCE: Final = {"individual": ("1",), "enterprise": ("2",), "both": ("1", "2")}
NATIONWIDE: Final = "000000"
GENERAL_DUTY: Final = "不改变原有办理事权：由业务属地主管部门（牵头单位：{unit}）受理、审核、决定"
GENERAL_INTAKE: Final = {
    "proxy": ("申请材料形式审查", "身份核验", "转送业务属地"),
    "joint": ("一地受理申请", "推动各地内部协同"),
}
"""What 国办发〔2020〕35号 lays on the two sides in every such matter; an item's own duties replace it."""
ONLINE_WORD: Final = "网上"
"""“可异地网上申请”: the annex itself says online."""
LIMIT_WORDS: Final = {"workday": "个工作日", "day": "日", "hour": "小时", "month": "个月", "immediate": "当场"}
UNCONFIRMED: Final = "待核：由清单文字推定"


def reach_elements(scopes: Sequence[Scope], exemptions: Sequence[Exemption] = ()) -> dict[str, Any]:
    """通办范围 of an entry from its stages: the widest of those that have a day and known regions. What only waits for
    a condition, or for regions nobody has named, is not a scope yet; its words say so."""
    dated = [s for s in scopes if s.begins is not None and s.regions_known]
    across = [s for s in dated if s.kind != "province_wide"]
    staged = len(scopes) > 1 or any(s.members or s.begins is None for s in scopes)
    words = [s.words for s in scopes if staged] + [e.words for e in exemptions]
    found: dict[str, Any] = {"scope": None, "open_regions": (), "scope_note": "；".join(dict.fromkeys(words)) or None}
    if any(not s.members and s.kind == "cross_province" for s in across):
        found |= {"scope": "national", "open_regions": (NATIONWIDE,)}
    elif across or dated:
        regions = [code for s in across or dated for code in s.members]
        found |= {"scope": "cross_province" if across else "province", "open_regions": tuple(dict.fromkeys(regions))}
    return found


def elements_of_entry(
    entry: Mapping[str, Any],
    detailed: Mapping[str, Any] | None,
    scopes: Sequence[Scope],
    exemptions: Sequence[Exemption] = (),
) -> Elements:
    """``entry`` as ``rules.sources`` has it, with its stages and exemptions; ``detailed`` the researched facts of
    data/items/detailed, if any."""
    base = Elements(
        name=entry["name"],
        conditions=tuple(entry["conditions"]),
        service_objects=AUDIENCE[entry["audience"]],
        classification=entry["kind"],
        joint_departments=tuple(entry["cooperating_units"]),
        cross_province=True,
        cross_modes=tuple(entry["modes"]),
        cross_mode_note=None if entry["modes_confirmed"] else UNCONFIRMED,
        **reach_elements(scopes, exemptions),
        restriction_lifted=entry["restriction_lifted"] or None,
        filing_anywhere=True if entry["restriction_lifted"] else None,
        handling_forms=tuple(sorted({HANDLING[m] for m in entry["modes"]})) if entry["modes_confirmed"] else (),
        online=True if ONLINE_WORD in entry["scenario"] else None,
        competent_duty=GENERAL_DUTY.format(unit=entry["lead_unit"]) if entry["modes"] else None,
        intake_duties=tuple(d for mode in entry["modes"] for d in GENERAL_INTAKE.get(mode, ())),
    )
    return base if detailed is None else _fill(base, entry, detailed)


def _fill(base: Elements, entry: Mapping[str, Any], d: Mapping[str, Any]) -> Elements:
    limits, fee, cross = d.get("time_limit", {}), d.get("fee", {}), d.get("cross_province", {})
    modes, result = entry["modes"], d.get("result", {})
    duty = cross.get("collector_duty", "")
    codes = d.get("catalog_example", {})
    return replace(
        base,
        national_code=codes.get("basic_code") if len(d["entries"]) == 1 else None,
        item_type=d.get("item_type", {}).get("code"),
        case_type=d.get("handle_type", {}).get("code"),
        legal_basis=tuple(
            LegalBasis(law=str(b["law"]), article=str(b.get("article", "")), point=str(b.get("point", "")))
            for b in d.get("legal_basis", ())
        ),
        service_objects=tuple(OBJECTS[o] for o in d.get("service_objects", ())) or base.service_objects,
        exercise_levels=tuple(LEVELS[level] for level in d.get("exercise_levels", ())),
        conditions=tuple(c["text"] for c in d.get("conditions", ())),
        situations=tuple(Situation(name=s) for s in d.get("scenarios", ())),
        materials=tuple(_material(m) for m in d.get("materials", ())),
        process=tuple(_step(s) for s in d.get("steps", ())),
        statutory_limit=_limit(limits.get("statutory", {})),
        promised_limit=_limit(limits.get("promised", {})),
        fee=fee.get("charge"),
        fee_basis=fee.get("basis"),
        fee_items=tuple(
            FeeItem(
                name=f["name"],
                standard=f["standard"],
                reducible="relief" in f or None,
                reduction_basis=f.get("relief", ""),
            )
            for f in fee.get("items", ())
        ),
        pay_online=False if fee.get("charge") is False else None,
        visits=d.get("visits"),
        visit_reason=d.get("must_visit_reason"),
        handling_forms=tuple(sorted({HANDLING[m] for m in modes})),
        online="online" in modes,
        result_types=(RESULTS[result["type"]],) if result.get("type") in RESULTS else (),
        result_name=result.get("name"),
        delivery=tuple(result.get("delivery", ())),
        express="快递" in result["delivery"] if result.get("delivery") else None,
        competent_duty=cross.get("home_duty"),
        intake_duties=tuple(part for part in duty.replace("；", "、").split("、") if part),
    )


def _limit(raw: Mapping[str, Any]) -> Limit | None:
    if raw.get("value") is None or raw.get("unit") is None:
        return None
    return Limit(value=raw["value"], unit=raw["unit"], text=str(raw.get("detail", "")))


def _material(raw: Mapping[str, Any]) -> MaterialElement:
    by = raw.get("replaceable_by") or {}
    return MaterialElement(
        name=raw["name"],
        necessity=NECESSITY[raw["necessity"]],
        form=FORMS[raw["form"]],
        source=SOURCES[raw["source"]],
        exempt=bool(raw.get("exempt")),
        exempt_note=str(by.get("detail", "")),
        when=str(raw.get("when", "")),
    )


def _step(raw: Mapping[str, Any]) -> ProcessStep:
    limit = raw.get("limit") or {}
    unit = LIMIT_WORDS.get(limit.get("unit") or "", "")
    words = "" if limit.get("value") is None else unit if limit["unit"] == "immediate" else f"{limit['value']}{unit}"
    return ProcessStep(
        name=raw["node"], actor=raw.get("actor", ""), place=raw.get("place", ""), limit=words,
        output=raw.get("output", ""),
    )  # fmt: skip


def elements_of_implementation(base: Elements, raw: Mapping[str, Any]) -> Elements:
    """What a file of ``data/items/implementations`` says itself, over the base item; ``elements`` in it comes last."""
    promised, statutory = raw["promised_days"], raw["statutory_days"]
    return replace(
        base,
        materials=tuple(_own_material(m) for m in raw["materials"]) or base.materials,
        cross_modes=tuple(raw["modes"]),
        cross_mode_note=None,
        promised_limit=_days(promised, base.promised_limit),
        statutory_limit=_days(statutory, base.statutory_limit),
        state="1",
    )


def _days(days: int | None, base: Limit | None) -> Limit | None:
    """The place's own number of days; the base's limit with its explanation where they agree."""
    if days is None or (base is not None and (base.value, base.unit) == (days, "workday")):
        return base
    return Limit(value=days, unit="workday" if days else "immediate")


def _own_material(raw: Mapping[str, Any]) -> MaterialElement:
    return MaterialElement(
        name=raw["name"],
        necessity=NECESSITY[raw["necessity"]],
        form=FORMS[raw["form"]],
        exempt=bool(raw.get("exempt")),
        exempt_note=str(raw.get("exempt_detail", "")),
        accept_standard="；".join(raw.get("review_points", ())),
        when=str(raw.get("when", "")),
    )
