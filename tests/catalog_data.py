"""The shipped reference data loaded once for a whole test module, rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from tongban.config import config


@dataclass(frozen=True)
class Loaded:
    """What the first loads reported."""

    organizations: Any
    items: Any
    lines: tuple[str, ...]


@contextmanager
def reference_data(blocker: Any) -> Iterator[Loaded]:
    """Load organizations and items inside one transaction, which the whole module shares.

    The module's tests carry no ``django_db`` mark (it would end the transaction), but one marked test must be there:
    pytest-django makes the database only if some test is marked.
    """
    from tongban.items import loading as items
    from tongban.items import store
    from tongban.organizations import loading as organizations
    from tongban.organizations import queries as regions

    lines: list[str] = []
    with blocker.unblock(), transaction.atomic():
        try:
            first, second = organizations.load("44", report=lines.append), items.load("44", report=lines.append)
            yield Loaded(first, second, tuple(lines))
        finally:
            transaction.set_rollback(True)
    store.forget()
    regions.forget()


@contextmanager
def undone(blocker: Any) -> Iterator[None]:
    """What a test writes on top of :func:`reference_data` is undone after it; actions run as they do in any test."""
    from tongban.items import store
    from tongban.organizations import queries as regions

    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # an action may begin inside, as inside pytest's own
    with blocker.unblock(), block:
        yield
        transaction.set_rollback(True)
    store.forget()
    regions.forget()


def enrol_the_four() -> None:
    """A trust list under the demo root that names 00, 63, 44 and 14, believed by this process."""
    from tongban.directory import queries as directory
    from tongban.ops import demo_nodes

    here = config()
    folders = {node: here.home / "others" / node for node in ("00", "63", "14")}
    names = {"signing_key_file": "signing.key", "sealing_key_file": "sealing.key", "secret_key_file": "secret.key",
             "trust_list_file": "trust-list.jws", "root_fingerprint_file": "root.fingerprint",
             "root_signing_key_file": "root.key"}  # fmt: skip
    others = [
        replace(here, node_id=node, home=home, **{field: home / name for field, name in names.items()})
        for node, home in folders.items()
    ]
    demo_nodes.enrol([*others, here])
    directory.forget()
