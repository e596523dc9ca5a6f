"""Releases over the border: signing what this node published, serving it, fetching and adopting what others did."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import structlog
from django.db import connection

from tongban.config import config
from tongban.directory import queries as directory
from tongban.directory.rules import may_reach
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, peer, system
from tongban.kernel.problems import Refusal

from . import installation, store
from .actions import releases as actions
from .models import (
    BaseVersion,
    Implementation,
    ItemExemption,
    ItemScope,
    ItemStanding,
    ListEdition,
    Release,
)
from .ports import SourceUnavailable
from .reach import as_exemption, as_scope
from .rules.annex import from_json
from .rules.releases import (
    MOST_VERSIONS,
    NO_PREVIOUS,
    BaseRelease,
    EditionRelease,
    ImplementationRelease,
    ReleaseDocument,
    StandingRelease,
    seal_release,
)

log = structlog.get_logger(__name__)

SERVED_BYTES: Final = 4_000_000
"""Most bytes of releases in one answer, unless a single one is larger."""

_UNRELEASED: Final = """
SELECT v.id FROM {table} v WHERE {owner} NOT EXISTS (
  SELECT 1 FROM items_released r WHERE r.kind = %s AND r.code = v.code AND r.version = v.version)
ORDER BY v.code, v.version LIMIT %s
"""


def renew() -> None:
    """Put out what is new here, then look at every other node of the trust list."""
    release()
    fetch()


def release() -> int:
    """Sign releases until everything published here stands in one; returns how many."""
    made = 0
    while (document := _next()) is not None:
        signed = seal_release(document, directory.my_key())
        actions.keep_own(Act(system(config().node_id), clock.now()), document, signed)
        made += 1
    return made


def releases_after(number: int) -> tuple[list[str], int]:
    """Our signed releases after ``number``, as many as fit, and the number of the newest."""
    me = config().node_id
    last = (actions.last_of(me) or (0, ""))[0]
    found: list[str] = []
    size = 0
    rows = Release.objects.filter(node=me, number__gt=number).order_by("number").values_list("signed", flat=True)
    for signed in rows[:20]:
        size += len(signed)
        if found and size > SERVED_BYTES:
            break
        found.append(signed)
    return found, last


def fetch() -> int:
    """Ask every other node for what came after the last release we hold; returns how many were adopted."""
    cfg, source = config(), installation.source()
    if source is None or directory.held() is None:
        return 0
    adopted = 0
    for node in directory.nodes():
        if node.node == cfg.node_id:
            continue
        if not may_reach(node.address, plain_http_loopback=cfg.plain_http_loopback and cfg.under_demo_root):
            log.error("catalog_address_refused", node=node.node)
            continue
        try:
            while found := source.fetch(node.address, (actions.last_of(node.node) or (0, ""))[0]):
                for signed in found:
                    actions.adopt(Act(peer(NodeId(node.node)), clock.now()), node.node, signed)
                    adopted += 1
        except SourceUnavailable as unavailable:
            log.info("catalog_not_fetched", node=node.node, code=unavailable.code)
        except Refusal as refusal:
            log.error("catalog_release_refused", **refusal.params)
    if adopted:
        store.forget()
    return adopted


def _next() -> ReleaseDocument | None:
    """What stands in no release yet, as much as one takes; an edition of a list is large and goes alone."""
    document = _versions_and_reach(_after_the_last())
    if document.is_empty:
        document = replace(document, editions=_edition())
    return None if document.is_empty else document


def _after_the_last() -> ReleaseDocument:
    """The next of our chain, still empty."""
    number, digest = actions.last_of(config().node_id) or (0, NO_PREVIOUS)
    return ReleaseDocument(node=config().node_id, number=number + 1, previous=digest, issued_at=clock.now())


def _versions_and_reach(empty: ReleaseDocument) -> ReleaseDocument:
    me = config().node_id
    base = BaseVersion.objects.filter(pk__in=_ids("items_base_version", "base", me)) if config().is_directory else ()
    own = Implementation.objects.filter(pk__in=_ids("items_implementation", "implementation", me))
    standings = ItemStanding.objects.filter(owner=me, release__isnull=True).order_by("code")[:MOST_VERSIONS]
    scopes = ItemScope.objects.filter(unreleased=True).order_by("key")[:MOST_VERSIONS]
    exemptions = ItemExemption.objects.filter(unreleased=True).order_by("key")[:MOST_VERSIONS]
    return replace(
        empty,
        base=[
            BaseRelease(code=b.code, version=b.version, content=b.content, valid_from=b.valid_from, due_on=b.due_on)
            for b in base
        ],
        implementations=[
            ImplementationRelease(
                code=i.code, version=i.version, entry_key=i.entry_key, content=i.content, valid_from=i.valid_from
            )
            for i in own.order_by("code", "version")
        ],
        standings=[StandingRelease(code=s.code, state=s.state, since=s.since) for s in standings],
        scopes=[as_scope(row) for row in scopes],
        exemptions=[as_exemption(row) for row in exemptions],
    )


def _edition() -> list[EditionRelease]:
    row = ListEdition.objects.filter(unreleased=True).order_by("list_code", "number").first()
    if row is None or row.number is None:
        return []
    annex = from_json(row.rows)
    return [
        EditionRelease(
            list_code=row.list_code, number=row.number, annex=annex, basis=row.basis, valid_from=row.valid_from
        )
    ]


def _ids(table: str, kind: str, owner: str) -> list[int]:
    where = "v.owner = %s AND" if kind == "implementation" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNRELEASED.format(table=table, owner=where),
            [*([owner] if where else []), kind, MOST_VERSIONS],
        )
        return [row[0] for row in cursor.fetchall()]


__all__ = ["fetch", "release", "releases_after", "renew"]
