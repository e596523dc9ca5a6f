"""The conformance kit finds what it is for: the reference peer passes, and so do we; ten planted defects are named."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from tests import world
from tests.peers import Peer as Sender
from tests.peers import closed
from tests.trust import FixedKeys, trust_list

from tongban.ops import demo_nodes
from tongban.ops.conformance import HttpDoor, HttpEar
from tongban.ops.conformance.folder import load, prepare
from tongban_wire.conformance import SCENARIOS, Kit, Report, Trial, open_report, run, seal_report
from tongban_wire.enrolment import seal_enrolment
from tongban_wire.keys import SigningKey
from tongban_wire.trust import seal_trust_list

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "wire" / "reference" / "peer.py").read_text(encoding="utf-8")
PAPER = b"%PDF-1.7 one paper of the candidate"

DEFECTS = {
    "a duplicate gets a new receipt": (
        "return receipted(known[1], bool(known[2]))",
        "return receipted(self.receipt_for(envelope, at), bool(known[2]))",
        "duplicate_gets_the_first_receipt",
    ),
    "a reused id is not noticed": (
        "if known[0] != envelope.digest:", "if False:", "same_id_with_other_content_is_a_contradiction",
    ),
    "a taken position is receipted": (
        'return refusal("message.position_taken")', "pass", "position_is_taken_once",
    ),
    "a gap is jumped over": (
        "if row is None or not row[2]:\n                return",
        "if row is None:\n                row = self.db.execute('SELECT id, raw, understood, at FROM inbound "
        "WHERE sender = ? AND stream = ? AND applied = 0', (sender, stream)).fetchone()\n"
        "            if row is None or not row[2]:\n                return",
        "gap_waits_and_is_filled",
    ),
    "a duplicate has its effect again": (
        "            if known is not None:\n",
        "            if known is not None:\n                self.have_effect(envelope)\n",
        "unknown_item_version_is_declined_once",
    ),
    "messages for others are taken": (
        "receiver=self.node, at=at)\n        except",
        "receiver=json.loads(__import__('base64').urlsafe_b64decode(json.loads(raw)['jws'].split('.')[1] + '==='))"
        "['receiver'], at=at)\n        except",
        "wrong_receiver_is_refused",
    ),
    "an erased personal part is accepted": (
        "receiver=self.node, at=at)\n        except", "receiver=self.node, at=at, erased_ok=True)\n        except",
        "erased_personal_part_is_refused",
    ),
    "what is not understood is receipted as understood": (
        'return {"receipt": receipt} if understood else {"receipt": receipt, "understood": False}',
        'return {"receipt": receipt}', "unknown_type_is_receipted_as_not_understood",
    ),
    "attachments are handed to anybody who signs": (
        "WHERE node = ? AND digest = ?\", (asking.sender, digest)", 'WHERE digest = ?", (digest,)',
        "attachment_is_kept_from_others",
    ),
    "attachments are handed out unsigned": (
        'raise Refused(401, "request.unauthenticated") from None\n        with self.lock:\n            row',
        "asking = type('Any', (), {'sender': 'kit-a'})\n        with self.lock:\n            row",
        "bad_request_signatures_are_refused",
    ),
    "a receipt is for another message": (
        "message_id=envelope.id, digest=envelope.digest, sender=envelope.sender, receiver=self.node,",
        "message_id=uuid.uuid4(), digest=envelope.digest, sender=envelope.sender, receiver=self.node,",
        "good_message_is_receipted",
    ),
    "a resumed fetch begins anew": ("content[offset:], extra", "content, extra", "attachment_can_be_resumed"),
    "a batch may be of any length": (
        "if len(raws) > MOST_MESSAGES:", "if len(raws) > 10**6:", "oversized_batch_is_refused",
    ),
    "streams are told to anybody": (
        "raws = self.peer.said(asking, unquote", 'raws = self.peer.said("kit-a", unquote',
        "streams_are_kept_from_others",
    ),
    "a signed request can be replayed": ("if not new:", "if False:", "signed_request_is_good_once"),
    "a hostile body ends in a server error": (
        "except (ValueError, RecursionError):", "except RecursionError:", "malformed_body_is_refused",
    ),
    "an unknown sender ends in a server error": (
        "receiver=self.node, at=at)\n        except WireProblem as problem:\n",
        "receiver=self.node, at=at)\n        except WireProblem as problem:\n"
        "            if problem.code == 'key.unknown':\n"
        "                raise Refused(503, 'node.unavailable') from None\n",
        "nothing_ended_in_a_server_error",
    ),
    "only the first key of a node is known": (
        "open_trust_list(signed_list, root)\n        self.lock",
        "(lambda t, r: r(t, nodes=tuple(r(n, keys=n.keys[:1]) for n in t.nodes)))(open_trust_list(signed_list, root),"
        " __import__('dataclasses').replace)\n        self.lock",
        "new_key_is_accepted_beside_the_old_one",
    ),
    "a key is judged by the time a message gives itself": (
        "envelope = open_envelope(raw, self.trust, receiver=self.node, at=at)",
        "said = json.loads(__import__('base64').urlsafe_b64decode(json.loads(raw)['jws'].split('.')[1] + '==='))\n"
        "            at_ = datetime.fromisoformat(said['time'])\n"
        "            envelope = open_envelope(raw, self.trust, receiver=self.node, at=at_)",
        "revoked_key_is_refused",
    ),
    "a key counts before its time": (
        "envelope = open_envelope(raw, self.trust, receiver=self.node, at=at)",
        "far = at + __import__('datetime').timedelta(days=31)\n"
        "            envelope = open_envelope(raw, self.trust, receiver=self.node, at=far)",
        "announced_key_is_refused_until_then",
    ),
    "last days are not looked at": (
        "open_trust_list(signed_list, root)\n        self.lock",
        "__import__('dataclasses').replace(open_trust_list(signed_list, root), sunsets=())\n        self.lock",
        "retired_type_is_refused",
    ),
    "the future is taken at its word": (
        "envelope = open_envelope(raw, self.trust, receiver=self.node, at=at)",
        "late = at + __import__('datetime').timedelta(hours=1)\n"
        "            envelope = open_envelope(raw, self.trust, receiver=self.node, at=late)",
        "message_from_the_future_is_refused",
    ),
}  # fmt: skip
"""What is wrong: the text to replace, its replacement, the scenario that has to notice."""


def module_of(source: str, name: str, folder: Path) -> ModuleType:
    file = folder / f"{name}.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def candidate(source: str, folder: Path, suite: str = "EdDSA") -> Iterator[Trial]:
    """A reference peer made of ``source``, listening, and a kit that it trusts."""
    module = module_of(source, "reference_peer", folder)
    key = SigningKey.generate("peer", suite)
    ear = HttpEar()
    enrolment = seal_enrolment("peer", "Reference peer", "http://127.0.0.1:1", [key], datetime.now(UTC))
    kit: Kit = prepare(folder / "kit", "peer", ear.address, enrolment=enrolment)
    ear.kit = kit
    signed = (folder / "kit" / "trust-list.jws").read_bytes()
    peer = module.Peer("peer", key, signed, kit.root, str(folder / "peer.db"))
    server, stop = module.serve(peer, 0)
    try:
        door = HttpDoor(f"http://127.0.0.1:{server.server_address[1]}", timeout=10)
        yield Trial(kit, door, ear, peer.offer("kit-a", PAPER))
    finally:
        stop.set()
        peer.wake.set()
        server.shutdown()
        server.server_close()
        ear.close()


def failures(report: Report) -> dict[str, str]:
    return {each.scenario: f"{each.verdict}: {each.why}" for each in report.results if each.verdict != "pass"}


def test_the_reference_peer_imports_nothing_but_the_protocol_and_the_standard_library():
    imports = [line for line in SOURCE.splitlines() if line.startswith(("import ", "from "))]
    imported = {line.split()[1].partition(".")[0] for line in imports}
    assert imported - {"tongban_wire"} <= sys.stdlib_module_names
    assert len(SOURCE.splitlines()) < 600


@pytest.mark.req("R-124")
@pytest.mark.parametrize("suite", ["EdDSA", "SM2-SM3"])
def test_the_reference_peer_conforms_and_the_report_is_signed(tmp_path, suite):
    with candidate(SOURCE, tmp_path, suite) as trial:
        report = run(trial, "http://peer.example")
    assert failures(report) == {}
    assert report.conforms and len(report.results) == len(SCENARIOS) >= 46
    assert [result.scenario for result in report.results[-2:]] == [
        "nothing_ended_in_a_server_error", "every_answer_came_in_time",
    ]  # fmt: skip
    signed = seal_report(report, trial.kit.a)
    assert open_report(signed, trial.kit.trust, datetime.now(UTC)) == report
    assert "It conforms." in report.text()


def test_the_reference_peer_goes_with_a_rotation_from_list_to_list(tmp_path):
    at = datetime.now(UTC)
    root, ours = SigningKey.generate("root"), SigningKey.generate("peer")
    old, new = SigningKey.generate("63"), SigningKey.generate("63", "SM2-SM3")
    both = trust_list({"63": old, "peer": ours}, at=at - timedelta(minutes=1))
    entry = both.node("63")
    assert entry is not None
    keys = (*entry.keys, replace(entry.keys[0], kid=new.kid, alg=new.alg, public=new.public.public))
    ended = (replace(keys[0], valid_to=at - timedelta(seconds=1)), keys[1])
    lists = [
        seal_trust_list(replace(both, version=n, nodes=tuple(
            replace(node, keys=now) if node.node == "63" else node for node in both.nodes)), root)
        for n, now in enumerate((entry.keys, keys, ended), start=1)
    ]  # fmt: skip
    peer = module_of(SOURCE, "rotating_peer", tmp_path).Peer(
        "peer", ours, lists[0], root.public.fingerprint, str(tmp_path / "peer.db")
    )
    us = Sender("63", old, FixedKeys(old, both))
    first = us.says(closed(), "filing:" + str(uuid4()), receiver="peer")
    before = at - timedelta(seconds=10)
    assert "receipt" in (taken := peer.take_one(first, before))
    us.key = new
    second = us.says(closed(), "filing:" + str(uuid4()), receiver="peer")
    assert peer.take_one(second, before)["problem"]["code"] == "key.unknown"
    assert peer.adopt(lists[1], root.public.fingerprint)
    assert not peer.adopt(lists[0], root.public.fingerprint)
    assert "receipt" in peer.take_one(second, before)
    assert peer.adopt(lists[2], root.public.fingerprint)
    us.key = old
    late = us.says(closed(), "filing:" + str(uuid4()), receiver="peer")
    assert peer.take_one(late, at)["problem"]["code"] == "key.not_valid_then"
    assert peer.take_one(first, at) == taken  # its receipt may have been lost
    peer.apply()
    assert peer.db.execute("SELECT count(*) FROM inbound WHERE applied = 1").fetchone() == (2,)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_named(tmp_path, defect):
    text, replacement, scenario = DEFECTS[defect]
    assert SOURCE.count(text) == 1, "the defect no longer fits the source"
    with candidate(SOURCE.replace(text, replacement), tmp_path) as trial:
        looks_back = scenario == "nothing_ended_in_a_server_error"
        needed = {scenario, "unknown_sender_is_refused"} if looks_back else {scenario}
        report = run(trial, "http://peer.example", only=needed.__contains__)
    assert {r.scenario: r.verdict for r in report.results} == dict.fromkeys(needed, "fail")


def test_without_an_ear_and_an_attachment_it_says_not_run_and_does_not_conform(tmp_path):
    with candidate(SOURCE, tmp_path) as trial:
        trial.ear, trial.attachment = None, None
        report = run(trial, "x", only=lambda name: name in ("gap_waits_and_is_filled", "attachment_can_be_resumed"))
    assert [result.verdict for result in report.results] == ["not run", "not run"]
    assert not report.conforms


@pytest.mark.federation
@pytest.mark.req("R-124")
def test_our_own_node_conforms(tmp_path):
    with world.federation(tmp_path / "home", nodes=("00", "44")) as federation:
        node, ear = federation["44"], HttpEar()
        cfg = node.config
        kit = prepare(
            tmp_path / "kit", "44", ear.address, signed_list=cfg.trust_list_file.read_bytes(),
            root_key=demo_nodes.demo_root().to_pem(),
        )  # fmt: skip
        ear.kit = kit
        cfg.trust_list_file.write_bytes((tmp_path / "kit" / "trust-list.jws").read_bytes())
        digest = given_to_the_kit(node)
        door = HttpDoor(node.url)

        def adopted() -> bool:
            answer = door.ask("GET", "/gate/v1/node", {}, b"")
            return answer.status == 200 and json.loads(answer.body)["trust_list"]["version"] == kit.trust.version

        world.eventually(adopted)
        report = run(Trial(kit, door, ear, digest), node.url)
        ear.close()
    assert failures(report) == {}
    assert load(tmp_path / "kit").candidate == "44"


def given_to_the_kit(node) -> str:
    """A file in the node's store and the note that the kit was sent a message naming it."""
    name = hashlib.sha256(PAPER).hexdigest()
    digest = f"sha-256:{name}"
    place = node.config.blob_dir / name[:2] / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(PAPER)
    with world.database(node) as db:
        db.execute(
            "INSERT INTO exchange_blob (digest, state, size, media_type, retention, sources, tries, stored_at) "
            "VALUES (%s, 'stored', %s, 'application/pdf', 'case', '[]', 0, now())", [digest, len(PAPER)],
        )  # fmt: skip
        db.execute("INSERT INTO exchange_blobgrant (node, digest) VALUES ('kit-a', %s)", [digest])
    return digest
