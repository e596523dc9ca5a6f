"""Things made through the API, for tests that need one."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.test import Client

RENEWAL: dict[str, Any] = {
    "item": "QH2020-2-48", "mode": "online", "anchor_region": "630100", "intake_region": "440305",
    "answers": {
        "applicant_name": "李梅", "id_number": "630102198806159961", "mobile": "15400000001",
        "certificate_number": "630102198806159961", "certificate_valid_until": "2026-12-20",
        "renewal_reason": "expiring", "credit_grade": "AAA", "photo_choice": "on_file", "notice_channel": "sms",
        "statement": True,
    },
}
"""A driver's certificate issued in Xining, filed in Shenzhen: decided by another node."""

REGISTRATION: dict[str, Any] = {
    "item": "QH2020-1-05", "mode": "online", "anchor_region": "440305", "intake_region": "440305",
    "answers": {
        "applicant_name": "李梅", "id_number": "630102198806159961", "mobile": "15400000001",
        "tie_to_place": "residence", "unemployed_since": "2026-11-01", "reason": "contract_ended",
        "education": "college", "statement": True,
    },
}
"""Unemployment registered where it is filed: decided by the same node, over the loop-back."""


def a_filing(token: str, body: Any = None) -> str:
    """File, and return the filing's id."""
    answer = Client().post(
        "/api/v1/filings", data=json.dumps(RENEWAL if body is None else body), content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 201, answer.content.decode()
    return str(answer.json()["filing_id"])


def a_case(applicant: str, reviewer: str) -> str:
    """File something that this node decides itself, let the messages loop back, and return the case's id."""
    from tongban.journal import worker

    filing = a_filing(applicant, REGISTRATION)
    worker.drain()
    queue = Client().get("/api/v1/cases?limit=100", headers={"Authorization": f"Bearer {reviewer}"}).json()["cases"]
    for line in queue:
        case = Client().get(f"/api/v1/cases/{line['id']}", headers={"Authorization": f"Bearer {reviewer}"}).json()
        if case["filing_id"] == filing:
            return str(line["id"])
    raise AssertionError(f"no case for filing {filing} among {queue}")
