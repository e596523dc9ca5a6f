"""The committed description of the API is the one that is served."""

from __future__ import annotations

import json
from pathlib import Path

from tongban.api import document

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def test_the_committed_description_equals_the_generated_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == document.text(), "run `tongban openapi` and review the change"


def test_every_error_status_is_documented_as_a_problem() -> None:
    for path, operations in document.openapi()["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer == {"$ref": "#/components/responses/Problem"}, (method, path, status)


def test_every_reference_inside_the_description_leads_somewhere() -> None:
    found = document.openapi()
    text = json.dumps(found)
    for part in text.split('"$ref": "#/')[1:]:
        place = found
        for step in part.partition('"')[0].split("/"):
            place = place[step]
