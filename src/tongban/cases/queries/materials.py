"""The material list of a matter: what is asked, what is there, what has not arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.cases.views import FileView, MaterialView
from tongban.exchange import queries as exchange
from tongban.items import queries as items
from tongban.items.queries import MaterialReq, VersionView
from tongban.materials.queries import UploadView


def uploaded(uploads: Sequence[UploadView]) -> dict[str, tuple[FileView, ...]]:
    """Material key → the files handed in here."""
    found: dict[str, tuple[FileView, ...]] = {}
    for upload in uploads:
        file = FileView(upload.digest, upload.filename, upload.media_type, upload.size, True)
        found[upload.requirement_key] = (*found.get(upload.requirement_key, ()), file)
    return found


def attached(
    attachments: Sequence[Mapping[str, Any]], filenames: Mapping[str, str], *, elsewhere: bool
) -> dict[str, tuple[FileView, ...]]:
    """Material key → the files of a revision. ``elsewhere``: they come from another node and may be under way."""
    here = exchange.blob_info({a["digest"] for a in attachments}) if elsewhere and attachments else {}
    found: dict[str, tuple[FileView, ...]] = {}
    for a in attachments:
        arrived = not elsewhere or (a["digest"] in here and here[a["digest"]].stored)
        file = FileView(a["digest"], filenames.get(a["digest"], ""), a["media_type"], a["size"], arrived)
        found[a["key"]] = (*found.get(a["key"], ()), file)
    return found


def views(
    version: VersionView | None,
    files: Mapping[str, tuple[FileView, ...]],
    answers: Mapping[str, Any],
    checked: Mapping[str, bool],
) -> tuple[MaterialView, ...]:
    """The materials that apply in the situation of these answers, in the order of the pinned list, and any other that a
    file was given for; without the list, the files alone."""
    if version is None:
        return tuple(
            MaterialView(key, key, "required", "supplied", None, (), given, checked.get(key))
            for key, given in files.items()
        )
    result = []
    applying = items.materials_for(version, answers)
    for wanted in version.materials:
        given = files.get(wanted.key, ())
        if not given and wanted not in applying:
            continue
        state = "supplied" if given else _without_file(wanted, answers)
        result.append(
            MaterialView(
                key=wanted.key,
                name=wanted.name,
                necessity=wanted.necessity,
                state=state,
                exempt_by=wanted.exempt_by if state != "missing" else None,
                review_points=wanted.review_points,
                files=given,
                checked=checked.get(wanted.key),
                name_en=wanted.name_en,
            )
        )
    return tuple(result)


def _without_file(wanted: MaterialReq, answers: Mapping[str, Any]) -> str:
    """The state of a material that no file was given for."""
    if wanted.needed(answers):
        return "missing"  # also what is exempt by default, if the answers say that it will be handed in
    if wanted.exempt:
        return "exempt"
    return "on_site" if wanted.necessity == "required" and not wanted.accepts else "optional"
