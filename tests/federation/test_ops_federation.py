"""The launcher: nodes start, answer, can be stopped and killed one by one, and leave nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests import world

from tongban.ops.federation import Federation, Trouble
from tongban.ops.postgres import Cluster

pytestmark = pytest.mark.federation


def test_every_node_is_ready_with_a_database_and_a_key_of_its_own(four_nodes: Federation) -> None:
    assert [node.readiness() for node in four_nodes.nodes.values()] == ["ok"] * 4
    assert len({node.config.database_url for node in four_nodes.nodes.values()}) == 4
    assert len({node.config.signing_key_file.read_bytes() for node in four_nodes.nodes.values()}) == 4


def test_answers_do_not_name_the_server_program(four_nodes: Federation) -> None:
    for path in ("/livez", "/nowhere", "/static/nothing"):
        connection = http.client.HTTPConnection("127.0.0.1", four_nodes["44"].config.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.headers.get_all("Server") == ["tongban"]


def test_the_application_role_cannot_alter_tables_nor_touch_facts(four_nodes: Federation) -> None:
    with psycopg.connect(four_nodes["44"].config.database_url, autocommit=True) as db:
        for forbidden in (
            "ALTER TABLE journal_fact ADD COLUMN x int",
            "CREATE TABLE mine (x int)",
            "UPDATE journal_fact SET position = 1",
            "DELETE FROM journal_fact",
            "TRUNCATE journal_fact",
            "DELETE FROM identity_accessrecord",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(forbidden)
        assert db.execute("SELECT count(*) FROM journal_fact").fetchone() is not None


def test_one_node_stops_is_killed_and_comes_back_while_the_others_serve(four_nodes: Federation) -> None:
    node = four_nodes["14"]
    node.stop_web()
    assert node.readiness() == "not answering"
    assert four_nodes["44"].readiness() in ("ok", "degraded")
    node.kill_worker()
    assert not node.worker.running
    node.start()
    node.wait_until_ready()


def test_a_node_told_to_stop_while_it_starts_stops(four_nodes: Federation) -> None:
    node = four_nodes["14"]
    for pause in (0.2, 0.8, 1.4):
        node.stop()
        node.start()
        time.sleep(pause)  # the moment matters, not an outcome: anywhere between exec and readiness
        node.stop()
        assert not any(child.running for child in node.children)
        assert node.readiness() == "not answering"
    node.start()
    node.wait_until_ready()


def test_a_web_process_that_lost_the_order_to_stop_is_told_again(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.federation.stop_subject", str(tmp_path)]
    server = subprocess.Popen(words, start_new_session=True)
    try:
        world.eventually((tmp_path / "loading").exists)
        server.terminate()
        server.wait(60)  # it never kills its process: without being told again this one would go on for ever
        assert (tmp_path / "lost").exists()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def test_a_second_federation_on_the_same_home_is_refused_and_does_no_harm(four_nodes: Federation) -> None:
    second = Federation(four_nodes.home, port_base=world.free_port_base())
    with pytest.raises(Trouble, match="running already"):
        second.start()
    second.stop()
    assert four_nodes["63"].readiness() == "ok"


def test_taken_ports_are_named_with_a_way_out(four_nodes: Federation, tmp_path: Path) -> None:
    other = Federation(tmp_path, port_base=four_nodes.port_base)
    with pytest.raises(Trouble, match=rf"port {four_nodes.port_base}.*PORT_BASE="):
        other.start()
    other.stop()


def test_the_demo_takes_a_node_away_and_back_and_nothing_survives_when_it_is_killed(tmp_path: Path) -> None:
    base = world.free_port_base()
    demo = subprocess.Popen(
        [sys.executable, "-m", "tongban.cli", "demo", "--home", str(tmp_path), "--port-base", str(base), "--no-cases"],
        stdout=subprocess.PIPE, text=True, env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
    )  # fmt: skip
    try:
        lines = []
        assert demo.stdout is not None
        for line in demo.stdout:
            lines.append(line)
            if "Ctrl-C stops everything" in line:
                break
        assert any(f"{base + 63}" in line for line in lines), "".join(lines)
        assert _told(demo, "stop", "14", tmp_path) == "stopped; `tongban start 14` brings it back"
        assert _told(demo, "start", "14", tmp_path) == "starts again"
        children = _children_of(demo.pid)
        assert len(children) >= 8
        demo.send_signal(signal.SIGKILL)
        demo.wait()
        deadline = time.monotonic() + 30
        while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [pid for pid in children if _alive(pid)] == []
    finally:
        if demo.poll() is None:
            demo.kill()
        assert demo.stdout is not None
        demo.stdout.close()
        Cluster(tmp_path / "postgres").destroy()


def _told(demo: subprocess.Popen[str], word: str, node: str, home: Path) -> str:
    """What the demo says of ``node`` after ``tongban WORD NODE``."""
    command = [sys.executable, "-m", "tongban.cli", word, node, "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    assert demo.stdout is not None
    line = next(line for line in demo.stdout if f"node {node} " in line)
    return line.split("山西省")[-1].strip().removeprefix("is ")


def _children_of(pid: int) -> list[int]:
    rows = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in rows.splitlines() if line.split()[1] == str(pid)]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
