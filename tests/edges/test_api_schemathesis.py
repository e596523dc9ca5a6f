"""Requests made up from the description itself: no server error, no answer that the description does not know.

Bounded: so many made-up requests per operation, reproducibly. Half of the paths name things that exist.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from tests.edges.made import a_case, a_filing
from tests.loaded_node import token_of

from tongban.api import document
from tongban.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

EXAMPLES = int(os.environ.get("TONGBAN_FUZZ_EXAMPLES", "12"))
SCOPES = ("filings:read", "filings:write", "cases:read", "cases:write")
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "response_headers_conformance")

schema = schemathesis.openapi.from_dict(document.openapi())
schema.app = application
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@pytest.fixture(scope="module")
def things(loaded: None) -> Iterator[dict[str, str]]:
    """A token of an applicant and one of a reviewer, and ids of things that exist."""
    person = token_of("li-mei", *SCOPES)
    filing = a_filing(person)
    reviewer = token_of("huang-zhiqiang", *SCOPES)
    case = a_case(person, reviewer)
    for signal in (request_started, request_finished):  # they would close the connection that holds our transaction
        signal.disconnect(close_old_connections)
    yield {"person": person, "reviewer": reviewer, "filing_id": filing, "case_id": case,
           "key": "QH2020-2-48", "code": "440300"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
          phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_documented_one(case: Any, things: dict[str, str]) -> None:
    for name in case.path_parameters or {}:
        if name in things and crc32(str(case.body).encode()) % 2 == 0:
            case.path_parameters[name] = things[name]
    token = things["reviewer" if "/cases" in case.path or "/parts" in case.path else "person"]
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, checks=[CHECKS.get_one(name) for name in WANTED]
    )
