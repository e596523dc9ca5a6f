"""Keeping releases: our own once it is signed, a peer's once it is verified. Effects and document in one commit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from tongban.config import config
from tongban.directory import queries as directory
from tongban.items.current import base_elements
from tongban.items.events import ReleaseAdopted, ReleaseSigned
from tongban.items.models import (
    AdoptionTask,
    BaseVersion,
    Implementation,
    ItemExemption,
    ItemScope,
    ItemStanding,
    ListEdition,
    Release,
    Released,
)
from tongban.items.rules.content import digest_of, view_of
from tongban.items.rules.elements import read_elements
from tongban.items.rules.releases import (
    BaseRelease,
    ImplementationRelease,
    NotBelieved,
    ReleaseDocument,
    follows,
    open_release,
    release_digest,
)
from tongban.items.rules.uniformity import DEFAULT_PROFILE, drift
from tongban.items.views import VersionRef
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import DIRECTORY
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban_wire.problems import WireProblem

from .adopting import take_edition, take_reach
from .proposing import write_base, write_implementation
from .wordings import renew

CATALOGS = UUID("01950000-0000-7000-8000-0000000000f7")
FOLLOW_WITHIN = timedelta(days=28)
"""Time to follow a change of the base item when the directory names no day: four weeks."""


def last_of(node: str) -> tuple[int, str] | None:
    """(number, digest) of the newest release kept of a node."""
    return Release.objects.filter(node=node).order_by("-number").values_list("number", "digest").first()


@action
def keep_own(act: Act, document: ReleaseDocument, signed: str) -> int:
    """Keep a release this node signed; somebody who was quicker makes this one void (``Unchanged``)."""
    if not follows(document, last_of(document.node)):
        raise Unchanged(document.number)
    digest = _keep(document, signed, act.at)
    rows = [("base", b.code, b.version) for b in document.base]
    rows += [("implementation", i.code, i.version) for i in document.implementations]
    Released.objects.bulk_create(
        Released(kind=kind, code=code, version=version, release=document.number) for kind, code, version in rows
    )
    for standing in document.standings:  # one that changed meanwhile waits for the next release
        ItemStanding.objects.filter(
            owner=document.node, code=standing.code, state=standing.state, since=standing.since
        ).update(release=document.number)
    for scope in document.scopes:
        ItemScope.objects.filter(key=scope.key, ends=scope.ends).update(unreleased=False)
    for exemption in document.exemptions:
        ItemExemption.objects.filter(key=exemption.key, ends=exemption.ends).update(unreleased=False)
    for edition in document.editions:
        ListEdition.objects.filter(list_code=edition.list_code, number=edition.number).update(unreleased=False)
    record(
        ReleaseSigned(
            subject_id=uuid5(CATALOGS, document.node), number=document.number, digest=digest, versions=len(rows)
        )
    )
    return document.number


@action
def adopt(act: Act, node: str, signed: str) -> int:
    """Verify a peer's release and take in what it says; returns its number.

    Refusals: ``peer.release_refused`` with ``reason`` a code of the wire, ``gap``, ``unreadable``, ``not_its_own``
    (what its powers do not allow), ``unknown_list`` or ``contradiction`` (another content under a version we hold). One
    we have changes nothing.
    """
    try:
        document = open_release(signed, directory.trust(), act.at)
    except (WireProblem, NotBelieved) as problem:
        raise Refusal("peer.release_refused", node=node, reason=problem.code) from problem
    if document.node != node or node == config().node_id:
        raise Refusal("peer.release_refused", node=node, reason="not_its_own")
    last = last_of(node)
    if last is not None and document.number <= last[0]:
        raise Unchanged(document.number)
    if not follows(document, last):
        raise Refusal("peer.release_refused", node=node, reason="gap", number=document.number)
    tasks = [code for base in document.base if (code := _take_base(base, act.at)) is not None]
    for each in document.implementations:
        _take_implementation(node, each)
    for standing in document.standings:
        ItemStanding.objects.update_or_create(
            owner=node, code=standing.code,
            defaults={"state": standing.state, "since": standing.since, "release": document.number},
        )  # fmt: skip
    take_reach(document)
    for edition in document.editions:
        take_edition(node, edition, document.issued_at)
    digest = _keep(document, signed, act.at)
    renew(act.at)
    record(
        ReleaseAdopted(
            subject_id=uuid5(CATALOGS, node), node=node, number=document.number, digest=digest, tasks=tuple(tasks)
        )
    )
    return document.number


def _keep(document: ReleaseDocument, signed: str, at: datetime) -> str:
    digest = release_digest(signed)
    Release.objects.create(
        node=document.node, number=document.number, digest=digest, signed=signed, issued_at=document.issued_at,
        kept_at=at,
    )  # fmt: skip
    return digest


def _take_base(base: BaseRelease, at: datetime) -> str | None:
    """Write the version, and a task if our implementation differs from it now in a uniform element."""
    digest = digest_of(DIRECTORY, base.code, base.version, base.content)
    known = BaseVersion.objects.filter(code=base.code, version=base.version).first()
    if known is not None and known.digest == digest:
        return None
    if known is not None:  # the directory's word counts: a node may have loaded other files
        known.delete()
    write_base(base.code, base.version, digest, base.content, base.valid_from, base.due_on)
    own = Implementation.objects.filter(owner=config().node_id, code=base.code).order_by("-version").first()
    if own is None:
        return None
    elements, _ = read_elements(own.content.get("elements", {}))
    fields = [c.path for c in drift(base_elements(base.code), elements, DEFAULT_PROFILE) if c.state != "same"]
    if not fields:
        return None
    AdoptionTask.objects.update_or_create(
        code=base.code, base_version=base.version,
        defaults={"fields": fields, "opened_at": at, "due_on": base.due_on or _due(at)},
    )  # fmt: skip
    return base.code


def _due(at: datetime) -> date:
    return local_date(at) + FOLLOW_WITHIN


def _take_implementation(node: str, each: ImplementationRelease) -> None:
    digest = digest_of(node, each.code, each.version, each.content)
    try:
        view_of(
            VersionRef(node, each.code, each.version, digest), each.content, valid_from=each.valid_from, valid_to=None
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise Refusal("peer.release_refused", node=node, reason="unreadable", item=each.code) from error
    known = Implementation.objects.filter(owner=node, code=each.code, version=each.version).first()
    if known is None:
        write_implementation(node, each.code, each.version, digest, each.entry_key, each.content, each.valid_from)
    elif known.digest != digest:
        raise Refusal("peer.release_refused", node=node, reason="contradiction", item=each.code)
