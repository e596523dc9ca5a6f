"""Freezing a revision: what the applicant says now, complete, sealed and numbered."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tongban.cases.actions.writing import insert
from tongban.cases.events import Attachment, ChecksMade
from tongban.cases.models import Filing, FilingChecks, FilingRevision
from tongban.cases.models.sealed import seal
from tongban.cases.rules import content as rule
from tongban.items.queries import VersionView
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.materials.queries import UploadView


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen revision: ``leaving`` is the part another node may see."""

    digest: str
    attachments: tuple[Attachment, ...]
    leaving: dict[str, Any]


def freeze(
    act: Act,
    row: Filing,
    version: VersionView,
    *,
    number: int,
    applicant: Mapping[str, str],
    answers: Mapping[str, Any],
    uploads: Sequence[UploadView],
    answers_round: int | None = None,
    point_answers: Mapping[str, str] | None = None,
    with_row: bool = False,
) -> Frozen:
    """Write revision ``number``. What leaves is the content without the answers the version keeps at home.
    ``with_row``: the filing itself is new and is written in the same statement."""
    content: dict[str, Any] = {
        "applicant": dict(applicant),
        "answers": dict(answers),
        "filenames": {upload.digest: upload.filename for upload in uploads},
    }
    if point_answers is not None:
        content["point_answers"] = dict(point_answers)
    attachments = tuple(
        Attachment(key=u.requirement_key, digest=u.digest, media_type=str(u.media_type), size=u.size) for u in uploads
    )
    revision_id, salt = new_id(), os.urandom(16)
    digest = rule.digest(salt, content)
    revision = FilingRevision(
        id=revision_id,
        filing=row,
        number=number,
        content_sealed=seal({**content, "salt": salt.hex()}, table="revision", id=revision_id, column="content"),
        content_digest=digest,
        attachments=[asdict(attachment) for attachment in attachments],
        answers_round=answers_round,
        frozen_at=act.at,
        frozen_by=act.actor.ref,
    )
    insert(*([row] if with_row else []), revision)
    return Frozen(digest, attachments, rule.leaving(content, version.fields_leaving))


def put_in_since(checks: FilingChecks, uploads: Sequence[UploadView]) -> set[str]:
    """Keys of the materials for which a file was added after the window had looked (R-081)."""
    return {u.requirement_key for u in uploads if u.created_at is not None and u.created_at > checks.checked_at}


def checks_made(checks: FilingChecks | None, uploads: Sequence[UploadView] = ()) -> ChecksMade | None:
    """The window's checks as an event says them. Nothing is said of a material that changed since."""
    if checks is None:
        return None
    changed = put_in_since(checks, uploads)
    return ChecksMade(
        passed=tuple(sorted(key for key, ok in checks.formal.items() if ok and key not in changed)),
        failed=tuple(sorted(key for key, ok in checks.formal.items() if not ok)),
        identity_method=checks.identity_method,
        window=checks.window,
    )
