"""Two provinces with different suites; one changes its key, and suite, while cases run; then a key is revoked."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests import world
from tests.federation.test_cross_province import file_for_xining

from tongban.ops.children import environment
from tongban.ops.demo_cases import Player
from tongban.ops.federation import Federation
from tongban_wire.envelope import ChainHeader, Draft, seal
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.messages import FilingWithdrawalRequested

pytestmark = pytest.mark.federation


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """The directory and Guangdong sign with Ed25519, Qinghai with SM2."""
    home = tmp_path_factory.mktemp("mixed")
    with world.federation(home, nodes=("00", "44", "63"), of_node={"63": {"suite": "SM2-SM3"}}) as federation:
        yield federation


@pytest.fixture
def players(mixed: Federation) -> Iterator[tuple[Player, Player]]:
    """The people of Guangdong and of Qinghai."""
    both = Player(mixed, "44"), Player(mixed, "63")
    for player in both:
        player.wait_until_ready()
    yield both
    for player in both:
        player.close()


def tongban(federation: Federation, node: str, *words: str) -> list[str]:
    """The lines a command prints at a node."""
    ran = subprocess.run(
        [sys.executable, "-m", "tongban.cli", *words], capture_output=True, text=True, timeout=60, check=False,
        env={**environment(), **federation[node].config.environment()},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()


def kids(federation: Federation, at: str, sender: str) -> list[str]:
    """Under which keys of ``sender`` the messages came that are kept at ``at``, in order."""
    with world.database(federation[at]) as db:
        rows = db.execute("SELECT kid FROM exchange_inbound WHERE sender = %s ORDER BY seq", [sender]).fetchall()
    return [str(row[0]) for row in rows]


def post(federation: Federation, node: str, raw: bytes) -> dict[str, dict[str, str]]:
    request = urllib.request.Request(
        federation[node].url + "/gate/v1/messages", data=b'{"messages":[' + raw + b"]}",
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, dict[str, str]] = json.loads(answer.read())["answers"][0]
    return found


def described(federation: Federation, node: str) -> Any:
    """What the node's gate says of itself."""
    with urllib.request.urlopen(federation[node].url + "/gate/v1/node", timeout=10) as answer:
        return json.loads(answer.read())


@pytest.mark.req("R-124")
def test_cases_keep_flowing_between_suites_while_a_node_changes_its_key_and_after_one_was_revoked(
    mixed: Federation, players: tuple[Player, Player]
) -> None:
    guangdong, qinghai = players
    old = SigningKey.from_pem(mixed["44"].config.signing_key_file.read_bytes(), "44")
    theirs = SigningKey.from_pem(mixed["63"].config.signing_key_file.read_bytes(), "63")
    assert (old.alg, theirs.alg) == ("EdDSA", "SM2-SM3")

    # across suites, there and back
    first = file_for_xining(guangdong)
    case = qinghai("find_case", who="chen-qiang", number=first["number"])
    assert guangdong("stage", who="li-mei", filing_id=first["id"], wanted="received") == "received"

    # a new key, of the other suite, is announced; Qinghai's worker is away and it keeps the older list
    mixed["63"].stop_worker()
    made = tongban(mixed, "44", "keys", "new", "--suite", "SM2-SM3")
    new = next(line for line in made if line.startswith("made ")).split()[1].rstrip(",")
    request = mixed["44"].config.home / "enrolment-44.json"
    tongban(mixed, "00", "keys", "adopt", str(request))
    second = file_for_xining(guangdong)
    world.eventually(lambda: world.count(mixed["63"], "exchange_inbound", "sender = '44' AND kid = %s", old.kid) >= 2)

    # Guangdong switches; what it says now waits for Qinghai's next list and is not lost
    assert tongban(mixed, "44", "keys", "use", new)[-1] == f"{new} signs from now on"
    third = file_for_xining(guangdong)
    world.eventually(lambda: world.count(mixed["44"], "exchange_outbound", "last_error = 'key.unknown'"))
    tongban(mixed, "63", "keys", "fetch")
    mixed["63"].start_worker()
    for filed in (second, third):
        assert guangdong("stage", who="li-mei", filing_id=filed["id"], wanted="received") == "received"
    assert dict.fromkeys(kids(mixed, "63", "44")) == dict.fromkeys([old.kid, new])
    qinghai("accept", who="chen-qiang", case=case)
    qinghai("grant", who="chen-qiang", case=case, text="准予换证。", number="630102198806159961")
    assert guangdong("stage", who="li-mei", filing_id=first["id"], wanted="completed") == "completed"
    assert set(kids(mixed, "44", "63")) == {theirs.kid}

    # the old key is revoked: what it signs now is refused, what it signed stays provable and can be rebuilt from
    tongban(mixed, "00", "keys", "revoke", old.kid)
    known = tongban(mixed, "63", "keys", "fetch")[-1].split()[2]
    world.eventually(lambda: str(described(mixed, "63")["trust_list"]["version"]) == known)
    refused = post(mixed, "63", withdrawal(old))["problem"]
    assert (refused["code"], refused["whose"]) == ("key.not_valid_then", "sender")
    assert old.kid in kids(mixed, "63", "44")
    for node in ("44", "63"):
        mixed[node].stop_worker()
        tongban(mixed, node, "rebuild-mirrors")
    for node in ("44", "63"):
        assert world.count(mixed[node], "exchange_outbound", "state = 'parked'") == 0
        assert world.count(mixed[node], "exchange_inbound", "state = 'parked'") == 0


def withdrawal(key: SigningKey) -> bytes:
    """Something that Guangdong may say, sealed by whoever has found its old key."""
    filing = uuid4()
    said = FilingWithdrawalRequested(filing_id=filing, filing_number="44-7K3F9Q2M-X", revision=1)
    chain = ChainHeader(
        subject_type="filing", subject_id=filing, position=1, name="filing.withdrawal_requested",
        digest=digest_of(filing.bytes),
    )  # fmt: skip
    draft = Draft(
        id=uuid4(), sender="44", receiver="63", stream_subject=f"filing:{filing}", position=1, at=datetime.now(UTC),
        chain=chain, message=said,
    )  # fmt: skip
    return seal(draft, key).raw
