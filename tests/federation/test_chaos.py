"""Things are broken on purpose, by a plan that a seed fixes; what was accepted is neither lost nor doubled."""

from __future__ import annotations

import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from tongban.materials.rules.files import inspect
from tongban.ops.chaos.audit import compare
from tongban.ops.chaos.faults import KINDS, MOST_SHIFT, plan
from tongban.ops.chaos.load import stories
from tongban.ops.chaos.papers import compare_papers, picture
from tongban.ops.chaos.proxy import Gateway
from tongban.ops.chaos.running import make
from tongban_wire.trust import SKEW

SEED = 82
PAPER = "sha-256:bb"


def test_a_paper_is_always_the_same_and_fit_to_be_handed_in():
    assert picture(7) == picture(7) != picture(8)
    assert inspect(picture(7), filename="材料.png", max_bytes=1_000_000) == "image/png"
    sizes = {len(picture(number)) for number in range(20)}
    assert min(sizes) < 10_000 < 200_000 < max(sizes)


@pytest.mark.federation
@pytest.mark.req("R-124", "R-287")
def test_a_short_seeded_run_loses_nothing_and_doubles_nothing(tmp_path):
    said: list[str] = []
    run = make(tmp_path / "home", nodes=("63", "44"), cases=10, faults=8, seed=SEED, pace=0.5, say=said.append)
    try:
        found = run.run()
    finally:
        run.ground.destroy()
    assert found.all() == {name: [] for name in found.all()}, "\n".join(said)
    assert found.counts["acknowledged"] == 10
    assert found.counts["mirrors equal"] == found.counts["filings"] >= 10
    assert sum(run.done.values()) + sum(run.not_run.values()) == 8
    assert {"kill web", "kill worker", "kill database"} <= set(run.done)
    assert sum(gateway.passed for gateway in run.ground.gateways.values()) >= 10
    assert found.counts["chains"] > 20 and found.counts["messages"] > 60
    accepted = [story for story in run.load.acknowledged.values() if "paper" in story.words]
    assert found.counts["attachments accepted"] == len(accepted) >= 3
    assert any(story.node != story.owner for story in accepted), "none had to be fetched from another node"
    assert found.counts["attachments whole"] >= len(accepted) + 1
    log = "\n".join(said)
    for word in ("seed", "commit", "seconds", "faults", "filings", "messages", "facts", "chains", "attachments whole",
                 *found.all()):  # fmt: skip
        assert re.search(rf"^  {word} +\S", log, re.MULTILINE), f"the log does not tell of: {word}"
    assert re.search(rf"^  seed +{SEED}$", log, re.MULTILINE)


def test_the_same_seed_gives_the_same_plan_and_every_kind_stands_in_a_long_one():
    assert plan(SEED, 200, ["63", "44"]) == plan(SEED, 200, ["63", "44"]) != plan(SEED + 1, 200, ["63", "44"])
    assert {fault.kind for fault in plan(1, 200, ["63"])} == set(KINDS)
    assert max(abs(fault.amount) for fault in plan(1, 500, ["63"])) * 2 <= min(2 * MOST_SHIFT, SKEW.total_seconds())
    assert [story.words["item"] for story in stories(SEED, 30, ["63", "44"])] == [
        story.words["item"] for story in stories(SEED, 30, ["63", "44"])
    ]


# --- the gateway --------------------------------------------------------------------------------------------------


@pytest.fixture
def node():
    """A server that answers a batch with the names of its messages, and counts."""

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        heard: list[list[str]] = []

        def do_POST(self):
            names = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"]
            self.heard.append(names)
            body = json.dumps({"answers": [{"receipt": name} for name in names]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    Echo.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gateway = Gateway(server.server_address[1], seed=1)
    gateway.start()
    yield gateway, Echo.heard
    gateway.stop()
    server.shutdown()
    server.server_close()


def post(gateway: Gateway, *names: str) -> list[str] | None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.server_address[1], timeout=10)
    try:
        connection.request("POST", "/gate/v1/messages", json.dumps({"messages": list(names)}))
        return [answer["receipt"] for answer in json.loads(connection.getresponse().read())["answers"]]
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def test_the_gateway_does_what_it_is_told_to_and_nothing_else(node):
    gateway, heard = node
    assert post(gateway, "a", "b") == ["a", "b"]
    gateway.impose("cut")
    assert post(gateway, "cut") is None
    gateway.heal()
    gateway.impose("lose_answers")
    assert post(gateway, "taken") is None
    gateway.heal("lose_answers")
    gateway.impose("half_answers")
    assert post(gateway, "half") is None
    gateway.heal()
    gateway.impose("double")
    assert post(gateway, "twice") == ["twice"]
    gateway.heal()
    gateway.impose("reorder")
    assert post(gateway, "1", "2", "3") == ["1", "2", "3"]
    assert heard == [["a", "b"], ["taken"], ["half"], ["twice"], ["twice"], ["3", "2", "1"]]


# --- the audit ----------------------------------------------------------------------------------------------------


def books(**changes):
    """Two nodes at rest with one filing in 44 and its case in 63."""
    filing, case = str(uuid4()), str(uuid4())
    told = {"status": "closed", "close_reason": "completed", "outcome": "granted", "reasons": [], "revision": 1,
            "decided_on": "2026-03-02", "result_digest": "sha-256:aa"}  # fmt: skip
    mirror = {name if name == "result_digest" else f"mirror_{name}": value for name, value in told.items()}
    empty = {"filings": [], "cases": [], "opened": [], "parts": [], "part_mirrors": [], "said": [], "heard": [],
             "attached": [{"number": "n", "digest": PAPER}],
             "blobs": [{"digest": PAPER, "state": "stored", "error": None, "found": PAPER}]}  # fmt: skip
    mine = {**empty, "filings": [{"id": filing, "number": "n", "status": "concluded", "case_id": case, **mirror}],
            "said": [{"receiver": "63", "stream": "s", "head": 2, "n": 2}]}  # fmt: skip
    theirs = {**empty, "cases": [{"id": case, "filing_number": "n", **told}], "opened": [{"number": "n", "n": 1}],
              "heard": [{"sender": "44", "stream": "s", "head": 2, "n": 2}]}  # fmt: skip
    found = {"44": mine, "63": theirs}
    for path, value in changes.items():
        node, table = path.split("_", 1)
        found[{"mine": "44", "theirs": "63"}[node]][table] = value(found) if callable(value) else value
    return found


def audited(found_in):
    found = compare({"n": ("44", "63")}, found_in)
    compare_papers({"n": ("44", "63", PAPER)}, found_in, found)
    return found


def test_the_audit_finds_nothing_in_books_that_are_right():
    found = audited(books())
    assert found.sound
    assert (found.counts["attachments accepted"], found.counts["attachments whole"]) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"theirs_cases": []}, "lost"),
        ({"mine_filings": []}, "lost"),
        ({"theirs_heard": []}, "lost"),
        ({"theirs_cases": lambda b: b["63"]["cases"] * 2}, "doubled"),
        ({"mine_cases": lambda b: b["63"]["cases"]}, "doubled"),
        ({"theirs_opened": [{"number": "n", "n": 2}]}, "doubled"),
        ({"mine_filings": lambda b: [{**b["44"]["filings"][0], "mirror_status": "accepted"}]}, "different"),
        ({"mine_filings": lambda b: [{**b["44"]["filings"][0], "result_digest": "sha-256:bb"}]}, "different"),
        ({"theirs_cases": lambda b: [{**b["63"]["cases"][0], "status": "accepted"}]}, "not finished"),
        ({"theirs_attached": []}, "lost"),
        ({"mine_attached": []}, "lost"),
        ({"theirs_blobs": []}, "lost"),
        ({"theirs_blobs": lambda b: [{**b["63"]["blobs"][0], "found": None}]}, "lost"),
        ({"theirs_blobs": lambda b: [{**b["63"]["blobs"][0], "found": "sha-256:cc"}]}, "unverifiable"),
        ({"theirs_blobs": lambda b: [{**b["63"]["blobs"][0], "state": "expected"}]}, "not finished"),
        ({"theirs_blobs": lambda b: [{**b["63"]["blobs"][0], "state": "parked"}]}, "parked"),
    ],
)
def test_the_audit_names_what_is_wrong(changes, where):
    found = audited(books(**changes))
    assert found.all()[where] and not found.sound
