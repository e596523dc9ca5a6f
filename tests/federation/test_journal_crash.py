"""Nothing that was answered is lost, and nothing is done twice, whenever a real process is killed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from tongban.ops.database_url import address

HERE = Path(__file__).parent
POINTS = ["journal.before_write", "journal.before_commit", "journal.after_commit", "journal.before_job",
          "journal.after_job"]  # fmt: skip
RANDOM_KILLS = 12


@pytest.fixture(scope="module")
def ground(django_db_setup, tmp_path_factory):
    """A database of its own with the tables of the journal, and the environment that points a program at it."""
    settings = connections["default"].settings_dict
    name = f"tb_crash_{uuid4().hex[:8]}"
    known = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    place = {word: settings[key] for word, key in known.items() if settings[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"CREATE DATABASE {name}")
    home = tmp_path_factory.mktemp("home")
    (home / "sealing.key").write_text("A" * 43 + "=")
    env = {**os.environ, "TONGBAN_NODE": "44",
           "TONGBAN_HOME": str(home),
           "DATABASE_URL": address(user=settings["USER"], password=settings["PASSWORD"],
                                   host=settings["HOST"], port=int(settings["PORT"] or 5432), name=name)}  # fmt: skip
    subprocess.run([sys.executable, str(HERE / "crash_subject.py"), "migrate"], env=env, check=True)
    yield env
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(env: dict[str, str], *words: str, crash_at: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(HERE / "crash_subject.py"), *words], text=True,
                            stdout=subprocess.PIPE, env={**env, "TONGBAN_CRASH_AT": crash_at})  # fmt: skip


def ids_in(output: str) -> set[str]:
    return {line.split()[1] for line in output.splitlines() if line.startswith("lit ")}


def settle(env: dict[str, str]) -> dict[str, object]:
    worker = start(env, "work")
    worker.communicate(timeout=60)
    assert worker.returncode == 0
    checker = start(env, "check")
    return json.loads(checker.communicate(timeout=60)[0])


def assert_nothing_lost(env: dict[str, str], acknowledged: set[str]) -> None:
    found = settle(env)
    assert acknowledged <= set(found["lit"]), "an acknowledged lantern is gone"
    assert found["answered_once"], "a duty was lost or done twice"
    assert found["chains_verify"]
    assert found["jobs_left"] == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_a_named_point_loses_nothing(ground, point):
    actor = start(ground, "act", "6", crash_at=f"{point}:4" if "job" not in point else "")
    acknowledged = ids_in(actor.communicate(timeout=60)[0])
    if "job" in point:
        worker = start(ground, "work", crash_at=f"{point}:3")
        worker.communicate(timeout=60)
        assert worker.returncode == 137
    else:
        assert actor.returncode == 137
        assert len(acknowledged) == 3
    assert_nothing_lost(ground, acknowledged)


def test_processes_killed_at_seeded_random_moments_lose_nothing(ground):
    rng = random.Random(20201223)
    acknowledged: set[str] = set()
    for _ in range(RANDOM_KILLS):
        victim = start(ground, *rng.choice([("act", "100000"), ("work",)]))
        first = victim.stdout.readline()
        time.sleep(rng.uniform(0, 0.15))
        victim.kill()
        acknowledged |= ids_in(first + victim.stdout.read())
        victim.wait()
        victim.stdout.close()
    assert len(acknowledged) > RANDOM_KILLS, "the victims hardly worked: this proves nothing"
    assert_nothing_lost(ground, acknowledged)
