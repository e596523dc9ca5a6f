"""Whenever a real process is killed on the way from a fact to its effect elsewhere: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from tongban.exchange.rules import crash_points as at
from tongban.ops.database_url import address

ROOT = Path(__file__).resolve().parents[2]
SUBJECT = Path(__file__).with_name("exchange_subject.py")
BY_THE_TELLER = [at.ENQUEUED, at.BLOB_WRITTEN, at.BLOB_RENAMED, at.BLOB_STORED]
BY_THE_WORKER = [point for point in at.ALL if point not in BY_THE_TELLER]
RANDOM_KILLS = 6


@pytest.fixture(scope="module")
def ground(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database of its own with the tables of journal and exchange, and an environment that points there."""
    settings = connections["default"].settings_dict
    name = f"tb_crash_{uuid4().hex[:8]}"
    known = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    place = {word: settings[key] for word, key in known.items() if settings[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"CREATE DATABASE {name}")
    home = tmp_path_factory.mktemp("home")
    (home / "sealing.key").write_text("A" * 43 + "=")
    env = {
        **os.environ,
        "TONGBAN_NODE": "44",
        "TONGBAN_HOME": str(home),
        "TONGBAN_LOG_LEVEL": "error",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": address(
            user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"],
            port=int(settings["PORT"] or 5432), name=name,
        ),
    }
    subprocess.run([sys.executable, str(SUBJECT), "migrate"], env=env, check=True)
    yield env
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(env: dict[str, str], *words: str, crash_at: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SUBJECT), *words],
        text=True,
        stdout=subprocess.PIPE,
        env={**env, "TONGBAN_CRASH_AT": crash_at},
    )


def ids_in(output: str) -> set[str]:
    return {line.split()[1] for line in output.splitlines() if line.startswith("lit ")}


def assert_nothing_lost(env: dict[str, str], acknowledged: set[str]) -> None:
    worker = start(env, "work")
    found = json.loads(worker.communicate(timeout=240)[0].splitlines()[-1])
    assert worker.returncode == 0
    assert acknowledged <= set(found.pop("lit")), "an acknowledged lantern is gone"
    assert found == {
        "heard_once_in_order": True, "undelivered": 0, "unapplied": 0, "doubled": 0, "blobs_here": True, "parked": 0,
        "jobs_left": 0,
    }  # fmt: skip


@pytest.mark.req("R-124")
def test_killed_at_every_named_point_nothing_is_lost_or_doubled(ground):
    """Each victim takes up what the one before left; the last worker has to put everything right."""
    acknowledged: set[str] = set()
    for point in BY_THE_TELLER:
        actor = start(ground, "act", "9", crash_at=f"{point}:4")
        acknowledged |= ids_in(actor.communicate(timeout=60)[0])
        assert actor.returncode == 137, point
    for point in BY_THE_WORKER:
        actor = start(ground, "act", "5")  # the victims before may have left nothing to do: batches are large
        acknowledged |= ids_in(actor.communicate(timeout=60)[0])
        worker = start(ground, "work", crash_at=f"{point}:1")
        worker.communicate(timeout=60)
        assert worker.returncode == 137, point
    assert len(acknowledged) >= 5 * len(BY_THE_WORKER)
    assert_nothing_lost(ground, acknowledged)


@pytest.mark.req("R-124")
def test_processes_killed_at_seeded_random_moments_lose_and_double_nothing(ground):
    rng = random.Random(20201223)
    acknowledged: set[str] = set()
    for turn in range(RANDOM_KILLS):
        actor = start(ground, "act", "40")
        first = actor.stdout.readline()
        worker = start(ground, "work") if turn % 2 else None
        time.sleep(rng.uniform(0.05, 0.4) + (0.7 if worker else 0))
        for victim in filter(None, (actor, worker)):
            victim.kill()
        acknowledged |= ids_in(first + actor.stdout.read())
        for victim in filter(None, (actor, worker)):
            victim.wait()
            victim.stdout.close()
    assert len(acknowledged) > RANDOM_KILLS, "the victims hardly worked: this proves nothing"
    assert_nothing_lost(ground, acknowledged)
