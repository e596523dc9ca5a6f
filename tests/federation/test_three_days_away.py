"""Qinghai is gone for three simulated days while people file in Guangdong; then it comes back. Real processes, two real
databases, real HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import world

from tongban.ops.children import environment

pytestmark = pytest.mark.federation
ROOT = Path(__file__).resolve().parents[2]
HOURS, AN_HOUR, SEED = 72, 4, 72


@pytest.mark.req("R-124")
def test_a_peer_gone_for_seventy_two_hours_under_load_catches_up_in_order(tmp_path, tell):
    with world.federation(tmp_path, nodes=("00", "44", "63")) as federation:
        here, there = federation["44"], federation["63"]
        for node in federation.nodes.values():
            node.stop()
        done = subprocess.run(
            [sys.executable, "-m", "tests.federation.three_days_subject", str(HOURS), str(AN_HOUR), str(SEED)],
            env={**environment(), **here.config.environment(), "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True,
            text=True, timeout=280, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout)
        assert (told["pending"], told["parked"]) == (told["told"], 0), "unreachable is never a reason to give up"
        assert told["told"] >= HOURS * AN_HOUR + told["withdrawn"]
        assert told["books"] >= 2, "days were closed meanwhile"
        assert "peer_unreachable" in told["alarms"]
        assert told["failures"] < HOURS * 3, "back-off holds under load"

        for node in federation.nodes.values():
            for child in node.children:
                child.env["TONGBAN_CLOCK_OFFSET_SECONDS"] = str((HOURS + 1) * 3600)
        here.start()
        here.wait_until_ready()
        there.start()
        there.wait_until_ready()
        began = time.monotonic()
        world.eventually(lambda: not world.count(here, "exchange_outbound", "receiver = '63' AND state <> 'delivered'"),
                         seconds=240)  # fmt: skip
        delivered = time.monotonic() - began
        world.eventually(lambda: world.count(there, "exchange_inbound", "sender = '44' AND state = 'applied'")
                         >= told["told"], seconds=240)  # fmt: skip
        applied = time.monotonic() - began
        assert world.count(there, "exchange_inbound", "state = 'parked'") == 0
        assert world.count(there, "cases_case") == told["filed"], "each once"
        assert world.count(there, "cases_case", "close_reason = 'withdrawn'") == told["withdrawn"]
        with world.database(there) as db:
            rows = db.execute(
                "SELECT stream_subject, array_agg(position ORDER BY applied_at, position), count(*)"
                " FROM exchange_inbound WHERE sender = '44' GROUP BY 1"
            ).fetchall()
        assert all(order == list(range(1, count + 1)) for _, order, count in rows), "in order, without a gap"
        assert len(rows) >= told["streams"]
        world.eventually(lambda: world.count(here, "cases_casemirror") == told["filed"], seconds=120)
        tell(
            f"72 h away, two nodes: {told['filed']} filings, {told['told']} messages in {told['streams']} streams;"
            f" back: delivered in {delivered:.1f} s ({told['told'] / delivered:.0f}/s), all applied after"
            f" {applied:.1f} s ({told['told'] / applied:.0f}/s)"
        )
