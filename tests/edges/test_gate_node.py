"""What anybody may know of a node: who it is, its limits, and the trust list it believes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.trust import trust_list

from tongban import config as configuration
from tongban.directory import queries
from tongban_wire.keys import SigningKey
from tongban_wire.trust import open_trust_list, seal_trust_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path: Path) -> Iterator[SigningKey]:
    """This process is an enrolled node; the key that signed its list."""
    before, root, mine = configuration.config(), SigningKey.generate("root"), SigningKey.generate("44")
    signed = seal_trust_list(trust_list({"44": mine}, at=datetime.now(UTC) - timedelta(minutes=1), version=7), root)
    (tmp_path / "list").write_bytes(signed)
    (tmp_path / "key").write_bytes(mine.to_pem())
    configuration.use(
        replace(
            before,
            root_fingerprint=root.public.fingerprint,
            trust_list_file=tmp_path / "list",
            signing_key_file=tmp_path / "key",
        )
    )
    queries.forget()
    yield root
    configuration.use(before)
    queries.forget()


def test_a_node_says_who_it_is_and_what_it_takes(client, root):
    found = client.get("/gate/v1/node").json()
    assert (found["node"], found["protocol"], found["trust_list"]["version"]) == ("44", [1], 7)
    assert found["limits"]["messages"] == 100
    assert found["key"].startswith("44.")


def test_the_trust_list_is_served_as_it_was_signed(client, root):
    response = client.get("/gate/v1/trust-list")
    assert open_trust_list(response.content, root.public.fingerprint).version == 7
    again = client.get("/gate/v1/trust-list", headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_before_enrolment_there_is_nothing_to_serve(client, root, tmp_path):
    (tmp_path / "list").unlink()
    queries.forget()
    assert client.get("/gate/v1/trust-list").status_code == 404
    assert client.get("/gate/v1/node").status_code == 503


@pytest.mark.parametrize("path", ["/gate/v1/node", "/gate/v1/trust-list", "/gate/v1/blobs/x"])
def test_nothing_is_written_here(client, root, path):
    assert client.post(path).status_code == 405
    assert client.get("/gate/v1/elsewhere").status_code == 404
