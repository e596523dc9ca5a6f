"""Catalogs across real nodes: every node comes to hold the signed releases of every other."""

from __future__ import annotations

import psycopg
import pytest
from tests import world

from tongban.ops.federation import Federation

pytestmark = pytest.mark.federation


def held(federation: Federation, node: str) -> set[str]:
    with psycopg.connect(federation[node].config.database_url) as db:
        return {row[0] for row in db.execute("SELECT DISTINCT node FROM items_release")}


def test_every_node_holds_the_releases_of_every_other(four_nodes: Federation) -> None:
    wanted = {node: {"00", "63", "44", "14"} for node in ("00", "63", "44", "14")}
    world.eventually(lambda: {node: held(four_nodes, node) for node in wanted} == wanted, seconds=150,
                     at=four_nodes.nodes.values(), duties=("items.releases",))  # fmt: skip
