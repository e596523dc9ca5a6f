"""The guide of an item: from researched detail, or from the annex alone with its gaps named. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tongban.items.views import Guide, GuideLine, GuideStep

WHO: Final = {"individual": "自然人", "enterprise": "企业法人", "both": "自然人、企业法人"}
EXEMPT_BY: Final = {"licence": "license", "data": "data", "promise": "promise", "form": "form"}
ALL_GAPS: Final = (
    "conditions", "materials", "steps", "statutory_limit", "promised_limit", "fee", "result", "legal_basis",
    "window_contacts",
)  # fmt: skip


def guide_of(
    entry: Mapping[str, Any], detailed: Mapping[str, Any] | None, source: str, duties: tuple[str, str] = ("", "")
) -> Guide:
    """``entry`` is the annex row as loaded, ``detailed`` the researched facts if there are any; ``duties`` what intake
    and the competent place owe by the list's own rule. Nothing is invented: what none of them carries stands in
    ``gaps``."""
    guide = Guide(
        summary=entry["scenario"],
        summary_en="",
        who="" if detailed is not None else WHO.get(entry.get("derived_audience", ""), ""),
        conditions=[GuideLine(text=text, confidence="high") for text in entry.get("derived_conditions") or []],
        situations=[],
        materials=[],
        steps=[],
        statutory={},
        promised={},
        fee={},
        visits=None,
        visit_reason="",
        result={},
        legal_basis=[],
        intake_duty=duties[0],
        competent_duty=duties[1],
        exceptions=[],
        faq=[],
        notes=[],
        source=source,
        gaps=[gap for gap in ALL_GAPS if gap != "conditions" or not entry.get("derived_conditions")],
    )
    if detailed is not None:
        _fill(guide, detailed)
    return guide


def _fill(guide: Guide, detailed: Mapping[str, Any]) -> None:
    cross, fee = detailed.get("cross_province", {}), detailed.get("fee", {})
    guide["conditions"] = [_line(c, detailed) for c in detailed.get("conditions", [])]
    guide["situations"] = list(detailed.get("scenarios", []))
    guide["who"] = "、".join(detailed.get("service_objects", []))
    guide["materials"] = [_material(m) for m in detailed.get("materials", [])]
    guide["steps"] = [_step(s) for s in detailed.get("steps", [])]
    limit = detailed.get("time_limit", {})
    guide["statutory"] = _plain(limit.get("statutory", {}))
    guide["promised"] = _plain(limit.get("promised", {}))
    guide["fee"] = _plain(fee)
    guide["visits"] = detailed.get("visits")
    guide["visit_reason"] = detailed.get("must_visit_reason", "")
    guide["result"] = _plain(detailed.get("result", {}))
    guide["legal_basis"] = [
        {k: str(b[k]) for k in ("law", "article", "point", "confidence") if k in b}
        for b in detailed.get("legal_basis", [])
    ]
    guide["intake_duty"] = cross.get("collector_duty", guide["intake_duty"])
    guide["competent_duty"] = cross.get("home_duty", guide["competent_duty"])
    guide["exceptions"] = list(cross.get("exceptions", []))
    guide["notes"] = list(detailed.get("notes", []))
    filled = {
        "conditions": guide["conditions"], "materials": guide["materials"], "steps": guide["steps"],
        "statutory_limit": guide["statutory"].get("value") is not None,
        "promised_limit": guide["promised"].get("value") is not None,
        "fee": "charge" in fee, "result": guide["result"], "legal_basis": guide["legal_basis"],
    }  # fmt: skip
    guide["gaps"] = [gap for gap in ALL_GAPS if not filled.get(gap)]


def _line(raw: Mapping[str, Any], detailed: Mapping[str, Any]) -> GuideLine:
    return GuideLine(text=raw["text"], confidence=raw.get("confidence", detailed.get("confidence", "medium")))


def _material(raw: Mapping[str, Any]) -> dict[str, Any]:
    by = raw.get("replaceable_by") or {}
    return {
        "name": raw["name"],
        "necessity": raw["necessity"],
        "form": raw["form"],
        "exempt": bool(raw.get("exempt")),
        "exempt_by": EXEMPT_BY.get(by.get("kind", ""), None),
        "exempt_detail": by.get("detail", ""),
        "when": raw.get("when", ""),
        "note": raw.get("note", ""),
        "confidence": raw.get("confidence", "medium"),
    }


def _step(raw: Mapping[str, Any]) -> GuideStep:
    limit = raw.get("limit") or {}
    unit = {"workday": "个工作日", "day": "日", "immediate": "当场", "month": "个月"}.get(limit.get("unit") or "", "")
    words = unit if limit.get("unit") == "immediate" else f"{limit['value']}{unit}" if limit.get("value") else ""
    return GuideStep(
        seq=raw["seq"], name=raw["node"], actor=raw["actor"], place=raw["place"], limit=words,
        output=raw.get("output", ""), note=raw.get("note") or limit.get("detail", ""),
    )  # fmt: skip


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in raw.items() if k not in ("source", "source_ref")}
