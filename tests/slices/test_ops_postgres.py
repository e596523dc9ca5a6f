"""The embedded server: it starts, survives being killed, and is not fooled by a stale pid file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tongban.ops.databases import Server
from tongban.ops.postgres import Cluster, NoServer, find_binaries


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "pg", durable=True)
    yield made
    made.destroy()


def test_a_server_starts_keeps_its_rows_over_a_power_cut_and_sees_chinese(cluster: Cluster) -> None:
    cluster.start()
    first = cluster.pid()
    with psycopg.connect(cluster.url()) as db:
        db.execute("CREATE EXTENSION pg_trgm")
        db.execute("CREATE EXTENSION btree_gist")
        assert db.execute("SELECT cardinality(show_trgm('道路客运'))").fetchone() == (5,)
        assert db.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')").fetchone() == (
            "on", "on",
        )  # fmt: skip
        db.execute("CREATE TABLE kept (x int)")
        db.execute("INSERT INTO kept VALUES (1)")
    cluster.kill()
    assert cluster.pid() is None
    cluster.start()
    assert cluster.pid() not in (None, first)
    with psycopg.connect(cluster.url()) as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_a_pid_file_that_names_another_program_is_stale(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    assert cluster.pid() is None
    cluster.start()
    assert cluster.pid() not in (None, os.getpid())


def test_strangers_have_no_way_in(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.socket_dir.stat().st_mode & 0o077 == 0
    assert (cluster.home / "password").stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url(password="guess"))
    with psycopg.connect(cluster.url()) as db:
        assert db.execute("SELECT current_setting('listen_addresses')").fetchone() == ("",)


def test_the_first_user_starts_the_server_and_the_last_one_stops_it(cluster: Cluster) -> None:
    other = Cluster(cluster.home)
    with cluster.in_use():
        with other.in_use():
            pid = other.pid()
        assert cluster.pid() == pid is not None
    assert cluster.pid() is None


def test_a_version_that_is_not_there_is_named() -> None:
    with pytest.raises(NoServer, match="PostgreSQL 9"):
        find_binaries(9)


def test_programs_that_prepare_one_server_at_the_same_time_wait_for_each_other(cluster: Cluster) -> None:
    cluster.start()
    server = Server(cluster.url(), cluster.home).prepared()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(cluster.url(), autocommit=True) as looking:
        with psycopg.connect(cluster.url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(hashtext('tongban.roles'))")
            other.execute(f"ALTER ROLE {server.owner} LOGIN PASSWORD 'of the other'")
            here = pool.submit(server.prepared)
            while looking.execute(waiting).fetchone() == (0,):
                assert not here.done()
        assert here.result().separate
    with psycopg.connect(server.owner_url("postgres")) as db:
        assert db.execute("SELECT current_user").fetchone() == (server.owner,)


def test_roles_are_kept_apart_and_preparing_twice_changes_nothing(cluster: Cluster) -> None:
    cluster.start()
    server = Server(cluster.url(), cluster.home).prepared().prepared()
    server.create("tongban_one")
    with psycopg.connect(server.owner_url("tongban_one")) as db:
        db.execute("CREATE TABLE t (x int)")
    with psycopg.connect(server.app_url("tongban_one")) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute("CREATE TABLE u (x int)")
    assert server.databases() == {"tongban_one"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_under_root_without_namespaces_it_runs_as_an_unprivileged_user(tmp_path: Path) -> None:
    program = (
        "import shutil, sys; from pathlib import Path; from tongban.ops import postgres as p; which = shutil.which\n"
        "shutil.which = lambda name: None if name == 'unshare' else which(name)\n"
        "c = p.Cluster(Path(sys.argv[1])); c.start(); print(Path(f'/proc/{c.pid()}').owner()); c.destroy()"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "pg")], capture_output=True, text=True)
    assert done.stdout.strip() in ("postgres", "nobody"), done.stderr
