"""Filing through the API: what is right is stored once and whole, what is wrong is refused as documented."""

from __future__ import annotations

import copy
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from tests.edges.made import RENEWAL
from tests.edges.samples import png
from tests.loaded_node import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

STORES = ("cases_filing", "cases_filingrevision", "journal_fact", "journal_job", "exchange_outbound", "api_answer",
          "materials_upload", "exchange_blob")
PNG = png()


@pytest.fixture
def li_mei() -> str:
    return token_of("li-mei", "filings:read", "filings:write")


def file(token: str, body: Any, *, key: str | None = None) -> HttpResponse:
    return post("/api/v1/filings", token, body, {"Idempotency-Key": key or uuid4().hex})


def post(path: str, token: str, body: Any = None, headers: dict[str, str] | None = None) -> HttpResponse:
    return Client().post(  # type: ignore[return-value]
        path, data="" if body is None else json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **(headers or {})},
    )


def get(path: str, token: str, **headers: str) -> HttpResponse:
    return Client().get(path, headers={"Authorization": f"Bearer {token}", **headers})  # type: ignore[return-value]


def stored() -> dict[str, int]:
    counts = {}
    for table in STORES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def changed(**changes: Any) -> dict[str, Any]:
    """The renewal with a field changed; ``answers__x`` reaches into the answers; ``...`` removes."""
    body = copy.deepcopy(RENEWAL)
    for path, value in changes.items():
        place, name = (body["answers"], path[9:]) if path.startswith("answers__") else (body, path)
        place.pop(name, None)
        if value is not ...:
            place[name] = value
    return body


def test_a_complete_filing_is_created_and_can_be_read_with_its_steps(li_mei: str) -> None:
    made = file(li_mei, RENEWAL)
    body = made.json()
    assert made.status_code == 201, body
    assert made["Location"] == body["href"]
    seen = get(body["href"], li_mei)
    filing = seen.json()
    assert filing["filing_number"] == body["filing_number"]
    assert filing["status"] == "submitted"
    assert seen["ETag"] == f'"{filing["version"]}"'
    assert {step["step"]: step["possible"] for step in filing["possible_steps"]}["request_withdrawal"] is True
    assert [line["filing_id"] for line in get("/api/v1/filings", li_mei).json()["filings"]] == [body["filing_id"]]


def test_an_unchanged_filing_is_not_sent_again(li_mei: str) -> None:
    href = file(li_mei, RENEWAL).json()["href"]
    etag = get(href, li_mei)["ETag"]
    again = get(href, li_mei, **{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_the_same_key_and_request_give_the_same_answer_and_one_filing(li_mei: str) -> None:
    first = file(li_mei, RENEWAL, key="k1")
    before = stored()
    reordered = dict(reversed(RENEWAL.items()))
    again = file(li_mei, reordered, key="k1")
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert stored() == before


def test_the_same_key_with_another_request_is_refused_and_stores_nothing(li_mei: str) -> None:
    file(li_mei, RENEWAL, key="k1")
    before = stored()
    answer = file(li_mei, changed(answers__credit_grade="AA"), key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.idempotency_key_reused")
    assert stored() == before


def test_a_key_belongs_to_a_client_and_to_the_person_it_acts_for(li_mei: str) -> None:
    first = file(li_mei, RENEWAL, key="k1").json()
    other_system = token_of("li-mei", "filings:write", client="another system")
    assert file(other_system, RENEWAL, key="k1").json()["filing_id"] != first["filing_id"]
    other_person = token_of("ma-qiang", "filings:write")
    answer = file(other_person, RENEWAL, key="k1")
    assert answer.json()["code"] == "request.idempotency_key_reused"


def test_a_refused_filing_leaves_its_key_free_for_the_corrected_one(li_mei: str) -> None:
    assert file(li_mei, changed(answers__mobile="12"), key="k2").status_code == 422
    assert file(li_mei, RENEWAL, key="k2").status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (changed(answers__id_number="630102198806159962"), 422, "request.invalid", "/answers/id_number"),
        (changed(answers__id_number="630104198503219974"), 422, "request.invalid", "/answers/id_number"),
        (changed(answers__applicant_name="马强"), 422, "request.invalid", "/answers/applicant_name"),
        (changed(answers__mobile="0755-1234"), 422, "request.invalid", "/answers/mobile"),
        (changed(answers__credit_grade="C"), 422, "request.invalid", "/answers/credit_grade"),
        (changed(answers__statement=False), 422, "request.invalid", "/answers/statement"),
        (changed(answers__applicant_name=...), 422, "request.invalid", "/answers/applicant_name"),
        (changed(answers__surprise="x"), 422, "request.invalid", "/answers/surprise"),
        (changed(answers__certificate_valid_until="2026-02-30"), 422, "request.invalid",
         "/answers/certificate_valid_until"),
        (changed(answers__certificate_valid_until="2020-03-01"), 422, "request.invalid",
         "/answers/certificate_valid_until"),
        (changed(answers__certificate_valid_until="2040-01-01"), 422, "request.invalid",
         "/answers/certificate_valid_until"),
        (changed(anchor_region="630000"), 422, "request.invalid", "/anchor_region"),
        (changed(anchor_region="639999"), 422, "request.invalid", "/anchor_region"),
        (changed(anchor_region="63"), 422, "request.invalid", "/anchor_region"),
        (changed(intake_region="999999"), 422, "request.invalid", "/intake_region"),
        (changed(uploads={"moustache": [str(uuid4())]}), 422, "request.invalid", "/uploads/moustache"),
        (changed(surprise=1), 422, "request.invalid", "/surprise"),
        (changed(mode="proxy"), 422, "request.invalid", "/mode"),
        (changed(answers=...), 422, "request.invalid", "/answers"),
        (changed(answers=[]), 422, "request.invalid", "/answers"),
        (changed(mode="joint"), 409, "state.mode_not_open", None),
        (changed(item="QH2020-9-99"), 404, "request.not_found", None),
        (changed(item="QH2020-1-01"), 409, "state.item_not_open", None),
        (changed(uploads={"photo": [str(uuid4())]}), 404, "request.not_found", None),
        (changed(uploads={"photo": ["x"]}), 422, "request.invalid", "/uploads/photo/0"),
    ],
)
def test_wrong_input_gets_the_documented_refusal_and_nothing_is_stored_half(
    li_mei: str, body: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    before = stored()
    answer = file(li_mei, body)
    document = answer.json()
    assert (answer.status_code, document["code"]) == (status, code), document
    assert answer["Content-Type"] == "application/problem+json"
    if field:
        assert field in [fault["field"] for fault in document["errors"]]
    assert stored() == before


def test_a_filing_without_a_key_is_refused(li_mei: str) -> None:
    answer = post("/api/v1/filings", li_mei, RENEWAL)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.idempotency_key_missing")


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 201])
def test_a_misspelt_key_is_refused(li_mei: str, key: str) -> None:
    assert post("/api/v1/filings", li_mei, RENEWAL, {"Idempotency-Key": key}).status_code == 400


@pytest.mark.parametrize("raw", [b"{", b'{"item": 1, "item": 2}', b"[]", b'"x"', b"null", b"\xff", b"9" * 5000])
def test_a_body_that_is_no_filing_is_refused_as_such(li_mei: str, raw: bytes) -> None:
    answer = Client().post(
        "/api/v1/filings", data=raw, content_type="application/json",
        headers={"Authorization": f"Bearer {li_mei}", "Idempotency-Key": "k"},
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("request.malformed", "request.invalid")


def test_another_content_type_is_415(li_mei: str) -> None:
    answer = Client().post(
        "/api/v1/filings", data="item=1", content_type="text/plain",
        headers={"Authorization": f"Bearer {li_mei}", "Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")


def test_a_person_whose_identity_is_not_proven_enough_may_not_file() -> None:
    answer = file(token_of("sun-yan", "filings:write"), RENEWAL)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.level_too_low")


def test_a_token_opens_only_what_its_scopes_say(li_mei: str) -> None:
    reader = token_of("li-mei", "filings:read")
    answer = file(reader, RENEWAL)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.scope_missing")
    assert answer.json()["params"] == {"scope": "filings:write"}


def test_nobody_else_sees_that_a_filing_exists(li_mei: str) -> None:
    href = file(li_mei, RENEWAL).json()["href"]
    stranger = token_of("zhou-tao", "filings:read", "filings:write")
    assert get(href, stranger).status_code == 404
    assert post(f"{href}/withdrawal", stranger, headers={"If-Match": '"1"'}).status_code == 404
    assert get("/api/v1/filings", stranger).json()["filings"] == []


def test_a_step_names_the_version_it_acts_on(li_mei: str) -> None:
    href = file(li_mei, RENEWAL).json()["href"]
    etag = get(href, li_mei)["ETag"]
    before = stored()
    for headers, status in (({}, 428), ({"If-Match": "*"}, 428), ({"If-Match": '"77"'}, 412), ({"If-Match": "x"}, 400)):
        assert post(f"{href}/withdrawal", li_mei, headers=headers).status_code == status
    assert stored() == before
    done = post(f"{href}/withdrawal", li_mei, headers={"If-Match": etag})
    assert (done.status_code, done.json()["status"]) == (200, "withdrawal_requested")
    assert done["ETag"] != etag


def test_a_step_that_is_not_possible_now_is_refused_and_says_what_is(li_mei: str) -> None:
    href = file(li_mei, RENEWAL).json()["href"]
    etag = get(href, li_mei)["ETag"]
    before = stored()
    answer = post(f"{href}/correction-answers", li_mei, {"answers": RENEWAL["answers"], "points": {"a": "b"}},
                  {"If-Match": etag})
    assert (answer.status_code, answer.json()["whose"]) == (409, "state")
    assert answer.json()["code"] == "state.step_not_possible"
    assert stored() == before


def upload(token: str, name: str, content: bytes, declared: str, material: str = "photo") -> HttpResponse:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return Client().post(  # type: ignore[return-value]
        "/api/v1/uploads", data={"material": material, "file": SimpleUploadedFile(name, content, declared)},
        headers={"Authorization": f"Bearer {token}"},
    )


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("photo.png", b"MZ\x90\x00 this is a program", "image/png"),
        ("photo.exe", PNG, "image/png"),
        ("photo.png", b"%PDF-1.7 not really", "image/png"),
        ("photo.png", b"", "image/png"),
        ("photo.png", b"<svg onload=alert(1)>", "image/png"),
    ],
)
def test_a_disguised_file_is_refused_and_not_kept(li_mei: str, name: str, content: bytes, declared: str) -> None:
    before = stored()
    answer = upload(li_mei, name, content, declared)
    assert answer.status_code == 422, answer.content
    assert answer.json()["code"] in ("request.file_type", "request.invalid")
    assert stored() == before


def test_an_oversized_file_is_refused_and_not_kept(li_mei: str) -> None:
    from tongban.config import config

    before = stored()
    for size in (config().upload_max_bytes + 1, config().upload_max_bytes + 200_000):
        answer = upload(li_mei, "photo.png", PNG + b"\0" * (size - len(PNG)), "image/png")
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert stored() == before


def test_an_uploaded_file_travels_with_the_filing_that_names_it(li_mei: str) -> None:
    made = upload(li_mei, "photo.png", png(), "image/png")
    assert made.status_code == 201, made.content
    sent = made.json()
    href = file(li_mei, changed(uploads={sent["material"]: [sent["upload_id"]]})).json()["href"]
    materials = {m["key"]: m for m in get(href, li_mei).json()["materials"]}
    assert [f["digest"] for f in materials["photo"]["files"]] == [sent["digest"]]
    other = file(li_mei, changed(uploads={sent["material"]: [sent["upload_id"]]}))
    assert (other.status_code, other.json()["code"]) == (404, "request.not_found")


def test_somebody_elses_upload_cannot_be_named(li_mei: str) -> None:
    theirs = upload(token_of("ma-qiang", "filings:write"), "photo.png", png(), "image/png").json()["upload_id"]
    assert file(li_mei, changed(uploads={"photo": [theirs]})).status_code == 404
