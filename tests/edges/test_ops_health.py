"""Health pages: cheap, honest, without secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tongban.config import config
from tongban.journal import jobs

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so_without_asking_the_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert Client().get("/livez").json()["status"] == "ok"


def test_a_node_whose_worker_is_silent_is_ready_but_degraded() -> None:
    answer = Client().get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "degraded")
    assert body["checks"]["worker"] == {"ok": False, "needed": False, "last_seen_seconds": None}
    assert body["checks"]["migrations"] == {"ok": True, "needed": True, "missing": 0}


def test_the_age_of_the_last_heartbeat_is_told() -> None:
    jobs.beat("somewhere:1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_workerbeat SET seen_at = seen_at - %s", [timedelta(seconds=12)])
    worker = Client().get("/readyz").json()["checks"]["worker"]
    assert worker["ok"] is True
    assert 12 <= worker["last_seen_seconds"] < 20


def test_a_missing_migration_makes_the_node_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'api'")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_metrics_are_for_this_machine_and_not_for_whoever_comes_through_a_proxy() -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert Client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_a_token_in_the_nodes_home_opens_the_metrics_from_elsewhere() -> None:
    (config().home / "metrics.token").write_text("let-me-in\n")
    try:
        for token, status in (("let-me-in", 200), ("let-me-on", 403), ("", 403)):
            headers = {"Authorization": f"Bearer {token}"}
            assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7", headers=headers).status_code == status
    finally:
        (config().home / "metrics.token").unlink()


def test_metrics_count_by_route_and_never_by_path() -> None:
    Client().get("/api/v1/filings/0199aaaa-0000-7000-8000-0000deadbeef")
    text = Client().get("/metrics").content.decode()
    assert 'route="api/v1/filings/<uuid' in text
    assert "deadbeef" not in text
    assert "tongban_jobs_pending 0.0" in text
