"""Whose name stands in the answers: the proven one, and no other (R-081).

A form marks the questions that ask who applies (``x-prefill`` name or id_number). Online they must say what the
person's real-name account says; at a window, what the clerk saw. Nobody files under another's identity: whoever acts
for somebody goes to a 代办 window with both cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PROVEN: Final = ("name", "id_number")
"""What an identity check proves. A mobile number is only a way to reach somebody, and may be another one."""


def proven_answers(form: Mapping[str, Any], person: Mapping[str, str]) -> dict[str, str]:
    """Field → the value that follows from ``person`` (name, id_number); empty where nothing is proven."""
    return {
        name: person.get(rule["x-prefill"], "")
        for name, rule in form.get("properties", {}).items()
        if rule.get("x-prefill") in PROVEN
    }


def faults(
    form: Mapping[str, Any], answers: Mapping[str, Any], person: Mapping[str, str], *, window: bool
) -> dict[str, str]:
    """Field → ``not_yours`` (online) or ``not_the_person`` (window) for each answer that names somebody else."""
    code = "not_the_person" if window else "not_yours"
    return {
        name: code
        for name, proven in proven_answers(form, person).items()
        if name in answers and _same(answers[name]) != _same(proven)
    }


def _same(value: Any) -> str:
    return str(value).strip().upper()
