"""The content of a version: its canonical form, its digest, and the view made of it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.items.elements import Elements
from tongban.items.views import MaterialReq, PartStep, VersionRef, VersionView

from .elements import read_elements


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


def view_of(
    ref: VersionRef, content: Mapping[str, Any], *, valid_from: date, valid_to: date | None
) -> VersionView:
    """The view of a stored content."""
    parts = ({**p, "fields_leaving": tuple(p.get("fields_leaving", ()))} for p in content["plan"])
    return VersionView(
        **{
            **content,
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
