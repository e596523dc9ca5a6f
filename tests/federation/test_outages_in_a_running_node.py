"""A whole node whose surroundings are gone: it serves, its worker notices each loss, its pages and alarms say so."""

from __future__ import annotations

import http.client
import json

import pytest
from tests import world
from tests.outside import mail_server, refused_port, silent_port

from tongban.exchange.adapters.local_stamper import LocalStamper
from tongban.journal import clock

pytestmark = pytest.mark.federation


def page(node, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", node.config.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


@pytest.mark.req("R-287")
def test_without_anything_around_it_a_node_serves_and_tells_what_is_missing_and_later_that_it_is_back(tmp_path):
    certificate = tmp_path / "tsa.pem"
    certificate.write_bytes(LocalStamper(clock.now).certificate)
    blobs = tmp_path / "blobs"
    blobs.write_text("a file where the folder should be")
    with refused_port() as nobody, silent_port() as mute:
        around = {
            "tsa_url": f"http://127.0.0.1:{mute}/tsa", "tsa_certificate": str(certificate), "blob_dir": blobs,
            "mail_server": f"127.0.0.1:{nobody}", "mail_security": "none", "operator_mail": "duty@node-44.example",
            "clock_offset_seconds": 2 * 86_400,
        }  # fmt: skip
        with world.federation(tmp_path / "home", nodes=("00", "44"), start=False, overrides=around) as federation:
            federation.prepare()
            node = federation["44"]  # the directory is never started
            node.start()
            node.wait_until_ready()
            wanted = {"storage", "time_stamper", "mail", "directory"}
            world.eventually(lambda: _raised(node) >= wanted, seconds=90)
            status = page(node, "/status")
            assert "暂不接收附件" in status, "the public is told what concerns it"
            assert "通知稍后补发" not in status, "and nothing else"
            assert json.loads(page(node, "/livez"))["status"] == "ok"
            assert world.count(node, "exchange_alarm", "mailed_at IS NOT NULL") == 0
            blobs.unlink()
            node.stop_worker()
            with mail_server() as (port, got):
                node.worker.env["TONGBAN_MAIL_SERVER"] = f"127.0.0.1:{port}"
                node.start_worker()
                world.eventually(lambda: not _raised(node) & {"storage", "mail"}, seconds=90)
                world.eventually(lambda: world.count(node, "exchange_alarm", "cleared_at IS NULL AND mailed_at IS NULL")
                                 == 0, seconds=60)  # fmt: skip
            assert any("duty@node-44.example" in mail for mail in got)
            assert "暂不接收附件" not in page(node, "/status")
            assert world.count(node, "journal_fact", "name = 'exchange.alarm_cleared'") >= 2


def _raised(node) -> set[str]:
    with world.database(node) as db:
        rows = db.execute("SELECT key FROM exchange_alarm WHERE cleared_at IS NULL AND kind = 'dependency_missing'")
        return {row[0] for row in rows.fetchall()}
