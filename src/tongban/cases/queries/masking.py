"""What staff are shown of a matter before their look is recorded (decision 15): where it stands, not what it says.

The person and the answers are masked in :mod:`shapes`; here are the words that people wrote into everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tongban.cases.views import CorrectionView, MaterialView, ResultView

from .shapes import HIDDEN


def materials(views: Iterable[MaterialView]) -> tuple[MaterialView, ...]:
    """Without the names of files: people write names of people into them."""
    return tuple(replace(view, files=tuple(replace(file, filename=HIDDEN) for file in view.files)) for view in views)


def corrections(views: Iterable[CorrectionView]) -> tuple[CorrectionView, ...]:
    """Which points were asked and which are answered, without the words."""
    return tuple(
        replace(
            view,
            points=tuple(replace(p, text=HIDDEN, answer=p.answer and HIDDEN) for p in view.points),
            reason=view.reason and HIDDEN,
        )
        for view in views
    )


def result(view: ResultView | None) -> ResultView | None:
    """The outcome and its last day, without the document's number and the words."""
    if view is None:
        return None
    reasons = dict.fromkeys(view.reasons, HIDDEN)
    return replace(view, number=view.number and HIDDEN, text=view.text and HIDDEN, reasons=reasons)
