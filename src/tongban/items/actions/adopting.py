"""What a peer's release says of reach and lists, written here: judged by its powers, put together with what we hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.directory import queries as directory
from tongban.items import lists
from tongban.items.models import ItemList, ListEdition
from tongban.items.reach import EXEMPTIONS, SCOPES, Table, columns
from tongban.items.rules.annex import as_json, cells_of, read_annex
from tongban.items.rules.powers import Word, exemption_faults, keeps_list, may_say, merged, scope_faults
from tongban.items.rules.releases import EditionRelease, ReleaseDocument
from tongban.kernel.ids import NodeId
from tongban.kernel.people import peer
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date


def take_reach(document: ReleaseDocument) -> None:
    """Its scopes and exemptions.

    Refusals: ``peer.release_refused`` with ``reason`` ``unreadable``, ``not_its_own`` (the regions of others, on the
    day it was issued) or ``contradiction``.
    """
    for scope in document.scopes:
        _take(document, SCOPES, scope, scope_faults(scope))
    for exemption in document.exemptions:
        _take(document, EXEMPTIONS, exemption, exemption_faults(exemption))


def take_edition(node: str, said: EditionRelease, issued_at: datetime) -> None:
    """An edition of a list that ``node`` looks after; the one before it ends that day. One we have changes nothing.

    Refusals: as for :func:`take_reach`; ``unknown_list`` until the program that names the list is here.
    """
    row, day = ItemList.objects.filter(code=said.list_code).first(), local_date(issued_at)
    if row is None:
        raise _refused(node, "unknown_list", said.list_code)
    if not keeps_list(node, row.region, lambda code: directory.node_of_region(code, day)):
        raise _refused(node, "not_its_own", said.list_code)
    annex, faults = read_annex(list(cells_of(said.annex)))
    if faults or annex != said.annex or said.number < 1:
        raise _refused(node, "unreadable", said.list_code)
    digest = lists.digest(said.list_code, said.number, said.annex)
    published = ListEdition.objects.filter(list_code=said.list_code, state="published")
    known = published.filter(number=said.number).first()
    if known is not None and known.digest == digest:
        return
    newest = published.order_by("-number").first()
    if newest is not None and (said.number <= (newest.number or 0) or said.valid_from <= newest.valid_from):
        raise _refused(node, "contradiction", said.list_code)
    published.filter(valid_to__isnull=True).update(valid_to=said.valid_from)
    ListEdition.objects.create(
        list_code=said.list_code, number=said.number, state="published", rows=as_json(said.annex), digest=digest,
        basis=said.basis, author=peer(NodeId(node)).ref, valid_from=said.valid_from, at=issued_at, owner=node,
    )  # fmt: skip


def _take(document: ReleaseDocument, table: Table[Word], said: Word, faults: Mapping[str, str]) -> None:
    node, day = document.node, local_date(document.issued_at)
    if faults:
        raise _refused(node, "unreadable", said.key)
    row = table.model.objects.select_for_update().filter(pk=said.key).first()
    known, owner = (table.word_of(row), row.owner) if row else (None, "")
    if not may_say(node, said, known, owner, lambda code: directory.node_of_region(code, day)):
        raise _refused(node, "not_its_own", said.key)
    found = merged(known, owner, said, node)
    if found is None:
        raise _refused(node, "contradiction", said.key)
    word, owner = found
    others = table.model.objects.filter(entry_key=word.entry_key, owner=owner).exclude(pk=word.key)
    if not table.stands(word, others):
        raise _refused(node, "contradiction", said.key)
    if row is None or (word, owner) != (known, row.owner):
        changed = table.model(**columns(word), owner=owner, unreleased=bool(row and row.unreleased))
        changed.save(force_insert=row is None)


def _refused(node: str, reason: str, what: str) -> Refusal:
    return Refusal("peer.release_refused", node=node, reason=reason, item=what)
