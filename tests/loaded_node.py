"""What a node has after `tongban init` and `tongban load --node`, and tokens of the demo people; for tests of edges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tongban.config import config


@contextmanager
def for_a_file(blocker: Any) -> Iterator[None]:
    """What is written inside is there for all tests of a file and undone at its end; each test nests inside it."""
    with blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase does: durable blocks may nest
        outer.__enter__()
        try:
            yield
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            connection.close()


def load_everything() -> None:
    """What ``tongban init`` and ``tongban load --node`` bring to node 44, enrolled under the demo root."""
    from tongban.directory import queries as directory
    from tongban.ops import demo_nodes, loading

    here = config()
    others = [replace(here, node_id=n, home=here.home / n, **_files(here.home / n)) for n in ("00", "63")]
    demo_nodes.enrol([*others, here])
    directory.forget()
    loading.load_common(lambda _: None)
    loading.load_node(here.node_id, lambda _: None)


def _files(home: Path) -> dict[str, Path]:
    names = {"signing_key_file": "signing.key", "sealing_key_file": "sealing.key", "secret_key_file": "secret.key",
             "trust_list_file": "trust-list.jws", "root_fingerprint_file": "root.fingerprint",
             "root_signing_key_file": "root.key"}
    return {field: home / name for field, name in names.items()}


def token_of(subject: str, *scopes: str, client: str = "test client") -> str:
    """A token for one of the demo's people (or, with subject "", for the client itself)."""
    from tongban.identity import actions
    from tongban.identity.demo_people import ISSUER
    from tongban.journal import clock
    from tongban.kernel.people import Act, system

    act = Act(system(config().node_id), clock.now())
    registered = actions.register_client(act, client)
    person = (ISSUER, subject) if subject else None
    return actions.issue_token(act, registered, scopes, act.at + timedelta(days=1), person=person).text
