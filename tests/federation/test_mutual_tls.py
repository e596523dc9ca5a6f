"""A federation whose every gate demands a client certificate: real processes, real TLS on both sides."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests import world
from tests.certificates import Authority

from tongban import config as configuration
from tongban.directory.adapters.http_source import HttpListSource
from tongban.exchange.adapters.http import tls
from tongban.ops.demo_cases import DRIVER, Player, driver_answers
from tongban.ops.federation import Federation
from tongban.ops.nodes import Node
from tongban_wire.trust import open_trust_list

pytestmark = pytest.mark.federation
NODES = ("00", "44", "63")


class Guarded(Federation):
    """Addresses are https; every node has a certificate, shows it to its peers and demands theirs."""

    authority: Authority

    def _config(self, plan: Any) -> configuration.Config:
        cfg = super()._config(plan)
        return replace(
            cfg, base_url=cfg.base_url.replace("http:", "https:"), plain_http_loopback=False,
            directory_url=cfg.directory_url.replace("http:", "https:"), tls_roots=str(self.authority.file),
            tls_certificate=self.authority.issue(f"client-{cfg.node_id}"),
        )  # fmt: skip


@dataclass
class Ground:
    federation: Federation
    authority: Authority
    folder: Path

    def ask(self, node: str, path: str, context: ssl.SSLContext) -> int:
        """The status of a GET at a node's door. Raises OSError if the connection is refused."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.federation[node].config.port, timeout=10, context=context
        )
        try:
            connection.request("GET", path, headers={"Host": "127.0.0.1"})
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority(folder, "root")
    Guarded.authority = authority
    with world.federation(tmp_path_factory.mktemp("guarded"), nodes=NODES, kind=Guarded, start=False) as federation:
        found = Ground(federation, authority, folder)
        federation.prepare()
        for node in federation.nodes.values():
            certificate, key = authority.issue_apart(f"server-{node.id}")
            node.web.words = ("web", "--certificate", certificate, "--private-key", key,
                              "--client-roots", str(authority.file))  # fmt: skip
            node.start()
        mine = tls(roots=str(authority.file), certificate=authority.issue("operator"))
        for node in federation.nodes.values():
            world.eventually(lambda n=node: _ready(found, n, mine), seconds=90)
        yield found


def _ready(ground: Ground, node: Node, context: ssl.SSLContext) -> bool:
    try:
        return ground.ask(node.id, "/readyz", context) == 200
    except OSError:
        return False


def test_without_a_certificate_or_with_a_strangers_nobody_gets_in(ground, tmp_path):
    roots, stranger = str(ground.authority.file), Authority(tmp_path, "stranger")
    for context in (
        tls(roots=roots),
        tls(roots=roots, certificate=stranger.issue("us")),
        tls(roots=roots, certificate=ground.authority.issue("late", expired=True)),
    ):
        for path in ("/gate/v1/node", "/livez"):
            with pytest.raises(OSError):
                ground.ask("63", path, context)
    ours = tls(roots=roots, certificate=ground.authority.issue("ours"))
    assert ground.ask("63", "/gate/v1/node", ours) == 200
    with pytest.raises(OSError):
        ground.ask("63", "/gate/v1/node", tls(certificate=ground.authority.issue("blind")))  # servers are verified too


@pytest.mark.req("R-124")
def test_a_case_travels_and_the_trust_list_is_fetched_where_every_gate_demands_a_certificate(ground):
    here, there = Player(ground.federation, "44"), Player(ground.federation, "63")
    try:
        here.wait_until_ready()
        there.wait_until_ready()
        filed = here("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100", intake_region="440305",
                     answers=driver_answers())  # fmt: skip
        case = there("find_case", who="chen-qiang", number=filed["number"])
        there("accept", who="chen-qiang", case=case)
        assert here("stage", who="li-mei", filing_id=filed["id"], wanted="accepted") == "accepted"
    finally:
        here.close()
        there.close()
    ours = tls(roots=str(ground.authority.file), certificate=ground.authority.issue("fetcher"))
    signed = HttpListSource(verify=ours).fetch(ground.federation["00"].url)
    assert {node.node for node in open_trust_list(signed, configuration.DEMO_ROOT_FINGERPRINT).nodes} == set(NODES)


def test_a_node_without_a_certificate_keeps_what_it_cannot_deliver(ground):
    node = ground.federation["44"]
    node.stop_worker()
    kept, node.worker.env["TONGBAN_TLS_CERTIFICATE"] = node.worker.env["TONGBAN_TLS_CERTIFICATE"], ""
    node.start_worker()
    here = Player(ground.federation, "44")
    try:
        here.wait_until_ready()
        here("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100", intake_region="440305",
             answers=driver_answers())  # fmt: skip
    finally:
        here.close()
    failing = "node = '63' AND failures > 0 AND last_error LIKE 'peer.unreachable%%'"
    world.eventually(lambda: world.count(node, "exchange_destination", failing))
    assert world.count(node, "exchange_outbound", "receiver = '63' AND state = 'pending'") >= 1
    node.stop_worker()
    node.worker.env["TONGBAN_TLS_CERTIFICATE"] = kept
    node.start_worker()
    world.eventually(lambda: not world.count(node, "exchange_outbound", "state <> 'delivered'"), seconds=60)
