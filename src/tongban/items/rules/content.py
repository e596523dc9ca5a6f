"""The content of a version: its canonical form, its digest, and the view made of it. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tongban.items.elements import Elements
from tongban.items.views import MaterialReq, PartStep, VersionRef, VersionView

from .elements import read_elements, write_elements
from .told import follow

_FIELDS: Final = frozenset(f.name for f in dataclasses.fields(VersionView))


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(owner: str, code: str, version: int, content: Mapping[str, Any]) -> str:
    """The digest of a :class:`VersionRef`: who, which, which version and everything in it."""
    whole = {"owner": owner, "code": code, "version": version, "content": content}
    return "sha-256:" + hashlib.sha256(canonical(whole)).hexdigest()


def material_of(raw: Mapping[str, Any]) -> MaterialReq:
    """A material from its JSON form."""
    return MaterialReq(
        **{
            **raw,
            "review_points": tuple(raw.get("review_points", ())),
            "review_points_en": tuple(raw.get("review_points_en", ())),
            "accepts": tuple(raw.get("accepts", ())),
            "required_if": {k: tuple(v) for k, v in raw.get("required_if", {}).items()},
        }
    )


def view_of(ref: VersionRef, content: Mapping[str, Any], *, valid_from: date, valid_to: date | None) -> VersionView:
    """The view of a stored content. Keys that this program does not know are passed over: a peer may be newer."""
    parts = ({**p, "fields_leaving": tuple(p.get("fields_leaving", ()))} for p in content["plan"])
    return VersionView(
        **{
            **{key: value for key, value in content.items() if key in _FIELDS},
            "ref": ref,
            "modes": tuple(content["modes"]),
            "materials": tuple(material_of(m) for m in content["materials"]),
            "plan": tuple(PartStep(**p) for p in parts),
            "fields_leaving": tuple(content["fields_leaving"]),
            "valid_from": valid_from,
            "valid_to": valid_to,
            "elements": read_elements(content["elements"])[0] if "elements" in content else Elements(),
        }
    )


def with_elements(content: Mapping[str, Any], elements: Elements) -> dict[str, Any]:
    """The content with these elements; what readers and the engine are told beside them (name, limits in working days,
    guide, checklist) follows."""
    before = read_elements(content.get("elements") or {})[0]
    made = {**follow(content, before, elements), "elements": write_elements(elements)}
    if elements.name:
        made["name"] = elements.name
    for key, limit in (("statutory_days", elements.statutory_limit), ("promised_days", elements.promised_limit)):
        if key in made and limit is not None and limit.unit in ("workday", "immediate"):
            made[key] = limit.value
    return made
