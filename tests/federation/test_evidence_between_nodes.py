"""Two real nodes, a day of real cases closed and exchanged; then one node's tables are altered byte by byte."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import world
from tests.outside import stamping_server

from tongban.config import DEMO_ROOT_FINGERPRINT
from tongban.exchange.adapters.local_stamper import LocalStamper
from tongban.ops.children import environment
from tongban.ops.demo_cases import DRIVER, PENSION, Player, driver_answers, pension_answers
from tongban.ops.federation import Federation
from tongban_wire.daybook import day_of, end_of

pytestmark = pytest.mark.federation
ROOT = Path(__file__).resolve().parents[2]
NODES = ("00", "44", "63")


def run(words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A program of its own, with a node's environment or none."""
    return subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def at_node(federation: Federation, node: str, *words: str) -> str:
    done = run([sys.executable, *words], {**environment(), **federation[node].web.env, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def live(federation: Federation) -> str:
    """One case with a correction round and one handled jointly, both to the end. Returns the first one's number."""
    there, here = Player(federation, "63"), Player(federation, "44")
    try:
        there.wait_until_ready()
        here.wait_until_ready()
        filed = here("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100", intake_region="440305",
                     answers=driver_answers())  # fmt: skip
        case = there("find_case", who="chen-qiang", number=filed["number"])
        there("correct", who="chen-qiang", case=case,
              points=[{"target": "general", "code": "unclear", "text": "请确认通知方式。"}])  # fmt: skip
        here("answer", who="li-mei", filing_id=filed["id"], changes={"notice_channel": "phone"},
             answers={"p1": "已确认。"})  # fmt: skip
        here("stage", who="li-mei", filing_id=filed["id"], wanted="received")
        there("accept", who="chen-qiang", case=case)
        there("grant", who="chen-qiang", case=case, number="630102198806159961", text="准予换证。")
        joint = here("file", who="ma-qiang", item=PENSION, mode="joint", anchor_region="440100",
                     releasing_region="630100", intake_region="440106", answers=pension_answers())  # fmt: skip
        case = here("find_case", who="huang-zhiqiang", number=joint["number"])
        here("accept", who="huang-zhiqiang", case=case)
        for player, who in ((here, "huang-zhiqiang"), (there, "qi-chunlan"), (here, "huang-zhiqiang")):
            player("complete", who=who, part=player("find_part", who=who, number=joint["number"]))
        for person, one in (("li-mei", filed), ("ma-qiang", joint)):
            here("stage", who=person, filing_id=one["id"], wanted="completed")
        return str(filed["number"])
    finally:
        here.close()
        there.close()


def until_midnight() -> timedelta:
    return end_of(day_of(datetime.now(UTC))) + timedelta(minutes=10) - datetime.now(UTC)


def midnight_passes(federation: Federation, offset: timedelta) -> date:
    """Every node is restarted with a clock past the end of today; returns today once its books are exchanged."""
    today = day_of(datetime.now(UTC))
    for node in federation.nodes.values():
        node.stop()
    for node in federation.nodes.values():
        for child in node.children:
            child.env["TONGBAN_CLOCK_OFFSET_SECONDS"] = str(int(offset.total_seconds()))
        node.start()
    for name, other in (("44", "63"), ("63", "44")):
        kept = "node = %s AND day = %s"
        world.eventually(lambda n=name, o=other, k=kept: world.count(federation[n], "journal_peerdaybook", k, o, today),
                         seconds=150, at=federation.nodes.values(), duties=("exchange.day_books",))  # fmt: skip
    for name in NODES:
        world.eventually(lambda n=name: not world.count(federation[n], "exchange_outbound", "state <> 'delivered'"),
                         seconds=90)  # fmt: skip
    return today


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The nodes at rest after a closed and exchanged day, and both nodes' files of it."""
    home, files = tmp_path_factory.mktemp("evidence"), tmp_path_factory.mktemp("files")
    offset = until_midnight()
    stamper = LocalStamper(lambda: datetime.now(UTC) + offset)
    certificate = files / "tsa.pem"
    certificate.write_bytes(stamper.certificate)
    with contextlib.ExitStack() as stack:
        address, _ = stack.enter_context(stamping_server(stamper))
        around = {"tsa_url": address, "tsa_certificate": str(certificate)}
        federation = stack.enter_context(world.federation(home, nodes=NODES, overrides=around))
        number = live(federation)
        today = midnight_passes(federation, offset)
        for node in federation.nodes.values():
            node.stop()
        for name in ("44", "63"):
            at_node(federation, name, "-m", "tongban.cli", "export", "day", today.isoformat(), "--to", str(files))
            at_node(federation, name, "-m", "tongban.cli", "export", "case", number, "--to", str(files))
        yield {"federation": federation, "day": today, "files": files, "number": number}


def verify(*files: Path, without: Path, more: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """The installed program, with packages in its way that fail when somebody imports them."""
    for name in ("django", "tongban", "psycopg", "httpx2"):
        (without / name).mkdir(exist_ok=True)
        (without / name / "__init__.py").write_text("raise ImportError('the verifier stands alone')")
    program = Path(sys.executable).with_name("tongban-verify")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(without), "LC_ALL": "C.UTF-8"}
    return run([str(program), *map(str, files), "--root", DEMO_ROOT_FINGERPRINT, "--lang", "en", *more], env)


@pytest.mark.req("R-248")
def test_the_files_of_both_nodes_hold_in_the_eyes_of_a_verifier_that_stands_alone(day, tmp_path):
    files = sorted(day["files"].glob("*.jsonl"))
    names = [name.name.split("-")[2] for name in files]
    assert sorted(names) == ["case", "day", "day", "filing"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in files), "nobody else may read them"
    done = verify(*files, without=tmp_path, more=("--tsa", str(day["files"] / "tsa.pem")))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert f"saw the day book of 44 for {day['day']} at" in done.stdout, "the time-stamp is in the file, and holds"
    assert "exactly those of node 44's" in done.stdout
    assert "exactly those of node 63's" in done.stdout
    federation = day["federation"]
    assert world.count(federation["44"], "journal_fact", "name = 'exchange.export_made'") == 2


def test_a_time_stamp_by_somebody_else_is_told(day, tmp_path):
    other = tmp_path / "other.pem"
    other.write_bytes(LocalStamper(lambda: datetime.now(UTC)).certificate)
    whole = next(day["files"].glob("node-44-day-*"))
    done = verify(whole, without=tmp_path, more=("--tsa", str(other)))
    assert done.returncode == 1
    assert "The time-stamp proves nothing" in done.stdout
    unchecked = verify(whole, without=tmp_path)
    assert "the stamper's certificate was not given, so its signature was not checked" in unchecked.stdout


@pytest.mark.req("R-248")
def test_a_byte_of_an_exported_file_altered_is_told(day, tmp_path):
    whole = next(day["files"].glob("node-44-day-*"))
    text, chance = whole.read_text(), random.Random(day["number"])
    altered = tmp_path / "altered.jsonl"
    place = chance.choice([n for n in range(len(text)) if text.startswith('"digest":"sha-256:', n)]) + 20
    altered.write_text(text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :])
    assert verify(altered, without=tmp_path).returncode == 1


@pytest.mark.req("R-248")
def test_every_altered_byte_of_the_day_in_one_nodes_tables_is_exposed_by_the_others_data(day, tell):
    theirs = next(day["files"].glob("node-63-day-*"))
    seed = int(os.environ.get("TONGBAN_TAMPER_SEED") or random.SystemRandom().randrange(10**9))
    rounds = os.environ.get("TONGBAN_TAMPER_ROUNDS", "2")
    said = at_node(day["federation"], "44", "-m", "tests.federation.evidence_subject", "tamper", str(seed), rounds,
                   day["day"].isoformat(), str(theirs))  # fmt: skip
    found = json.loads(said)
    tell(
        f"seed {seed}: {sum(found['exposed'].values())} altered bytes exposed {found['exposed']},"
        f" {sum(found['refused'].values())} refused by the database {found['refused']}"
    )
    assert found["missed"] == [], f"seed {seed}"
    assert found["nothing"] == []
    assert sum(found["exposed"].values()) >= 60
    assert len(found["exposed"]) == 9, "every table was altered"


@pytest.mark.req("R-248")
def test_every_altered_derived_row_is_exposed_by_rebuilding_it(day, tell):
    seed = int(os.environ.get("TONGBAN_TAMPER_SEED") or random.SystemRandom().randrange(10**9))
    for name in ("44", "63"):
        said = at_node(day["federation"], name, "-m", "tests.federation.evidence_subject", "derive", str(seed), "1")
        found = json.loads(said)
        tell(
            f"node {name}, seed {seed}: {found['rows']} rows and {found['mirrors']} mirrors rebuilt;"
            f" {sum(found['exposed'].values())} alterations exposed {found['exposed']},"
            f" {sum(found['refused'].values())} refused by the database {found['refused']}"
        )
        assert found["missed"] == [], f"node {name}, seed {seed}"
        assert sum(found["exposed"].values()) + sum(found["refused"].values()) >= 10
