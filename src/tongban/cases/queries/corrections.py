"""Correction rounds with their points and answers, at either place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.cases.models import Case, CorrectionMirror, FilingCopy
from tongban.cases.models.sealed import unseal
from tongban.cases.rules.modes import Mode, duties
from tongban.cases.views import CorrectionView, PointView

Contents = Mapping[int, Mapping[str, Any]]
"""Revision number → its opened content."""


def at_intake(mode: str, rounds: Iterable[CorrectionMirror], contents: Contents) -> tuple[CorrectionView, ...]:
    """As the place of intake knows them; ``contents`` are the revisions frozen there."""
    result = []
    for kept in rounds:
        words = unseal(kept.words_sealed, table="correction", id=f"{kept.filing_id}/{kept.round}", column="words")
        result.append(
            CorrectionView(
                round=kept.round,
                about_revision=kept.about_revision,
                points=_points(kept.points, words, contents.get(kept.answered_by_revision or 0, {})),
                reason=words.get("reason"),
                requested_at=kept.requested_at,
                answered_at=kept.answered_at,
                task_for=duties(Mode(mode)).answers.value,
            )
        )
    return tuple(result)


def at_competent(row: Case, contents: Contents) -> tuple[CorrectionView, ...]:
    """As the reviewer asked them; ``contents`` are the revisions as received."""
    result = []
    for kept in row.correction_rounds.order_by("number").prefetch_related("points"):
        words = unseal(kept.words_sealed, table="round", id=kept.id, column="words")
        points = [{"key": p.key, "target": p.target, "code": p.code} for p in kept.points.all()]
        result.append(
            CorrectionView(
                round=kept.number,
                about_revision=kept.about_revision,
                points=_points(points, words, contents.get(kept.answered_by_revision or 0, {})),
                reason=words.get("reason"),
                requested_at=kept.requested_at,
                answered_at=kept.answered_at,
                task_for=duties(Mode(row.mode)).answers.value,
            )
        )
    return tuple(result)


def received(row: Case) -> dict[int, dict[str, Any]]:
    """Every revision of the filing as it came here, opened."""
    copies = FilingCopy.objects.filter(filing_id=row.filing_id).order_by("revision")
    return {copy.revision: unseal(copy.content_sealed, table="copy", id=copy.id, column="content") for copy in copies}


def _points(
    points: Iterable[Mapping[str, str]], words: Mapping[str, Any], answered: Mapping[str, Any]
) -> tuple[PointView, ...]:
    texts, answers = words.get("texts") or {}, answered.get("point_answers") or {}
    return tuple(
        PointView(p["key"], p["target"], p["code"], texts.get(p["key"], ""), answers.get(p["key"])) for p in points
    )
