"""The reasons an authority may give here, by step (行政许可法 §32, §38). Other nodes may give others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from tongban.kernel.problems import Refusal

NOT_ACCEPTED: Final = ("not_competent", "not_required", "incomplete", "other")
DENIED: Final = ("condition_not_met", "expired", "false_statement", "other")
PART_REFUSED: Final = ("record_mismatch", "condition_not_met", "duplicate", "other")


def check_known(reasons: Mapping[str, str], known: Collection[str]) -> None:
    """Raises ``request.invalid`` naming each code that nobody could read: every reason has a printed title."""
    if unknown := {f"reasons.{code}": "choice" for code in reasons if code not in known}:
        raise Refusal("request.invalid", fields=unknown, known=sorted(known))
