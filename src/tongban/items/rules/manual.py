"""操作规程: what a clerk or a reviewer needs beside the review points, from the guide the version carries. Pure.

Nothing is added here: a part that the guide does not know is empty, and the page says so.
"""

from __future__ import annotations

from typing import Literal

from tongban.items.elements import Situation
from tongban.items.manual import Manual, ManualBasis, ManualLine, ManualStep
from tongban.items.views import VersionView

Side = Literal["intake", "competent"]


def manual_of(version: VersionView, situation: Situation | None, side: Side) -> Manual:
    """``side`` says whose duty is quoted. Of the steps, those of the situation if it names some."""
    guide = version.guide
    wanted = situation.steps if situation else ()
    return Manual(
        duty=str(guide.get(f"{side}_duty", "")),
        steps=tuple(
            ManualStep(s["name"], s["actor"], s["place"], s["limit"], s["output"], s["note"])
            for s in guide.get("steps", ())
            if not wanted or s["name"] in wanted
        ),
        conditions=tuple(ManualLine(line["text"], line["confidence"]) for line in guide.get("conditions", ())),
        exceptions=tuple(guide.get("exceptions", ())),
        basis=tuple(
            ManualBasis(b.get("law", ""), b.get("article", ""), b.get("point", ""))
            for b in guide.get("legal_basis", ())
        ),
    )
