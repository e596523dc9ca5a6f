"""What a granted result must say to be one: a license has a number, and nothing granted has ended already."""

from __future__ import annotations

from datetime import date


def faults(
    result_type: str | None, number: str | None, valid_until: date | None, *, decided_on: date
) -> dict[str, str]:
    """Field → fault: ``number`` required for a license; ``valid_until`` not_future unless after the day of decision.
    Not every result ends, so a missing last day is none."""
    found = {}
    if result_type == "license" and not (number or "").strip():
        found["number"] = "required"
    if valid_until is not None and valid_until <= decided_on:
        found["valid_until"] = "not_future"
    return found
