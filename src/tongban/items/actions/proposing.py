"""A version of an item from proposal to publication: written by one item manager, approved by another.

Base items are changed at node 00 alone, implementations at their own node. Published content is never changed again;
a running case keeps the version it is pinned to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from tongban.config import config
from tongban.items import checking
from tongban.items.current import Current, blank, current
from tongban.items.elements import Elements
from tongban.items.events import (
    ProposalDiscarded,
    ProposalMade,
    ProposalReturned,
    ProposalSubmitted,
    StandingChanged,
    VersionPublished,
)
from tongban.items.models import AdoptionTask, BaseItem, BaseVersion, Implementation, ItemStanding, Proposal
from tongban.items.rules.content import digest_of, with_elements
from tongban.items.rules.elements import read_elements, write_elements
from tongban.items.rules.quality import findings
from tongban.items.rules.uniformity import DEFAULT_PROFILE, NotLocal, adopt, compare, inherit
from tongban.items.upkeep import STANDINGS
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import DIRECTORY, new_id
from tongban.kernel.people import Act, Role
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .wordings import renew

OPEN = ("draft", "submitted", "returned")


@action
def propose(
    act: Act, kind: str, code: str, changes: Mapping[str, Any], *, valid_from: date, due_on: date | None = None
) -> UUID:
    """Write down the next version of an item, or the first of an implementation: ``changes`` are elements in JSON form,
    None takes one away. What the base item changed meanwhile is taken over with them.

    Refusals: permission.denied, request.not_found, state.proposal_open, state.version_not_later, request.invalid with
    the elements that cannot be (``uniform``: set by the base item, R-033).
    """
    must_manage(act)
    if kind not in ("base", "implementation") or (kind == "base") != config().is_directory:
        raise Refusal("permission.denied")
    now = _present(kind, code)
    if Proposal.objects.filter(kind=kind, code=code, state__in=OPEN).exists():
        raise Refusal("state.proposal_open", item=code)
    if valid_from <= now.valid_from:
        raise Refusal("state.version_not_later", present=now.valid_from.isoformat())
    elements, changed = _next(now, now.elements, changes)
    made = Proposal.objects.create(
        id=new_id(), kind=kind, code=code, entry_key=now.entry_key, based_on=now.version,
        elements=write_elements(elements), valid_from=valid_from, due_on=due_on, state="draft",
        author=act.actor.ref, updated_at=act.at,
    )  # fmt: skip
    record(
        ProposalMade(
            subject_id=made.id, kind=kind, code=code, based_on=now.version, valid_from=valid_from, changed=changed
        ),
        opens=True,
    )
    return made.id


@action
def amend(
    act: Act, proposal_id: UUID, changes: Mapping[str, Any], *, valid_from: date, due_on: date | None = None, seen: int
) -> UUID:
    """Its author writes on; what was returned is a draft again. Refusals: as for :func:`propose`, and permission.denied
    for anybody else: whoever wrote a part of it could not review it."""
    row = _step(act, proposal_id, seen, ("draft", "returned"), "draft")
    if row.author != act.actor.ref:
        raise Refusal("permission.denied")
    now = _present(row.kind, row.code)
    if valid_from <= now.valid_from:
        raise Refusal("state.version_not_later", present=now.valid_from.isoformat())
    elements, changed = _next(now, read_elements(row.elements)[0], changes)
    row.elements, row.valid_from, row.due_on = write_elements(elements), valid_from, due_on
    row.save()
    record(
        ProposalMade(
            subject_id=row.id, kind=row.kind, code=row.code, based_on=row.based_on, valid_from=valid_from,
            changed=changed,
        )
    )  # fmt: skip
    return row.id


@action
def submit(act: Act, proposal_id: UUID, *, seen: int) -> UUID:
    """Lay it before a second person. Refusals: as for any step; request.invalid with the elements that contradict
    themselves."""
    row = _step(act, proposal_id, seen, ("draft", "returned"), "submitted")
    _must_be_sound(read_elements(row.elements)[0], checking.codes_on(local_date(act.at)))
    record(ProposalSubmitted(subject_id=row.id, code=row.code))
    return row.id


@action
def give_back(act: Act, proposal_id: UUID, *, note: str, seen: int) -> UUID:
    """The second person returns it with a note. Refusals: permission.second_person, state.reason_missing."""
    if not note.strip():
        raise Refusal("state.reason_missing")
    row = _step(act, proposal_id, seen, ("submitted",), "returned", second=True, note=note.strip()[:2000])
    record(ProposalReturned(subject_id=row.id, code=row.code, note=row.note))
    return row.id


@action
def discard(act: Act, proposal_id: UUID, *, seen: int) -> UUID:
    """Give it up."""
    row = _step(act, proposal_id, seen, OPEN, "discarded")
    record(ProposalDiscarded(subject_id=row.id, code=row.code))
    return row.id


@action
def publish(act: Act, proposal_id: UUID, *, seen: int) -> UUID:
    """The second person approves: the version is there, the one before it ends the day this one begins.

    Refusals: permission.second_person; request.invalid with the elements that contradict themselves;
    state.stale if another version came in between.
    """
    row = _step(act, proposal_id, seen, ("submitted",), "published", second=True)
    version, digest, changed = publish_row(act, row)
    renew(act.at)
    record(
        VersionPublished(
            subject_id=row.id, kind=row.kind, code=row.code, item_version=version, digest=digest,
            valid_from=row.valid_from, due_on=row.due_on, changed=changed,
        )
    )  # fmt: skip
    return row.id


@action
def set_standing(act: Act, code: str, state: str, *, reason: str) -> UUID:
    """Suspend an item of this node, take it into use again, or retire it for good. Running cases go on.

    Refusals: request.not_found, state.reason_missing, state.step_not_possible (a retired item stays retired).
    """
    must_manage(act)
    if state not in ("in_use", "suspended", "retired") or current("implementation", code) is None:
        raise Refusal("request.not_found")
    if not reason.strip():
        raise Refusal("state.reason_missing")
    row = ItemStanding.objects.select_for_update().filter(owner=config().node_id, code=code).first()
    before = row.state if row else "in_use"
    if before == state:
        raise Unchanged(uuid5(STANDINGS, code))
    if before == "retired":
        raise Refusal("state.step_not_possible", status=before)
    ItemStanding.objects.update_or_create(
        owner=config().node_id, code=code, defaults={"state": state, "since": act.at, "release": None}
    )
    renew(act.at)
    record(StandingChanged(subject_id=uuid5(STANDINGS, code), code=code, state=state, reason=reason.strip()[:2000]))
    return uuid5(STANDINGS, code)


def publish_row(
    act: Act, row: Proposal, codes: Mapping[str, Collection[str]] | None = None
) -> tuple[int, str, tuple[str, ...]]:
    """Write the version a reviewed proposal stands for: its number, digest, and what changed."""
    now = current(row.kind, row.code) or (blank(row.code) if row.kind == "implementation" else None)
    if now is None or now.version != row.based_on:
        raise Refusal("state.stale")
    elements, _ = read_elements(row.elements)
    _must_be_sound(elements, checking.codes_on(local_date(act.at)) if codes is None else codes)
    content, version = with_elements(now.content, elements), now.version + 1
    changed = _changed(now, elements)
    if row.kind == "base":
        digest = digest_of(DIRECTORY, row.code, version, content)
        write_base(row.code, version, digest, content, row.valid_from, row.due_on)
    else:
        content = {**content, "base_version": _base_version(row.code)}
        digest = digest_of(config().node_id, row.code, version, content)
        write_implementation(config().node_id, row.code, version, digest, now.entry_key, content, row.valid_from)
        AdoptionTask.objects.filter(
            code=row.code, done_at__isnull=True, base_version__lte=content["base_version"]
        ).update(done_at=act.at)
    return version, digest, changed


def write_base(
    code: str, version: int, digest: str, content: Mapping[str, Any], valid_from: date, due_on: date | None
) -> None:
    """The rows of a base version: the history, and the head that lists and counts read."""
    BaseVersion.objects.filter(code=code, valid_to__isnull=True, valid_from__lt=valid_from).update(valid_to=valid_from)
    BaseVersion.objects.create(
        code=code, version=version, digest=digest, content=content, valid_from=valid_from, due_on=due_on
    )
    BaseItem.objects.update_or_create(
        code=code, defaults={"version": version, "digest": digest, "name": content["name"], "content": content}
    )


def write_implementation(
    owner: str, code: str, version: int, digest: str, entry_key: str, content: Mapping[str, Any], valid_from: date
) -> None:
    """The row of an implementation's version."""
    earlier = Implementation.objects.filter(owner=owner, code=code, valid_to__isnull=True, valid_from__lt=valid_from)
    earlier.update(valid_to=valid_from)
    Implementation.objects.create(
        owner=owner, code=code, version=version, digest=digest, entry_key=entry_key, content=content,
        valid_from=valid_from,
    )  # fmt: skip


def _present(kind: str, code: str) -> Current:
    """What the next version follows: the newest one, or nothing yet of an implementation."""
    now = current(kind, code) or (blank(code) if kind == "implementation" else None)
    if now is None:
        raise Refusal("request.not_found")
    return now


def _next(now: Current, written: Elements, changes: Mapping[str, Any]) -> tuple[Elements, tuple[str, ...]]:
    """``written`` with the changes, and by what it differs from the version there is."""
    raw = {**write_elements(written), **changes}
    elements, faults = read_elements({k: v for k, v in raw.items() if v is not None})
    if faults:
        raise Refusal("request.invalid", fields={f.field: f.code for f in faults})
    if now.base is not None:
        try:
            elements = inherit(now.base, adopt(now.base, elements, tuple(changes)), DEFAULT_PROFILE)
        except NotLocal as clash:
            raise Refusal("request.invalid", fields=dict.fromkeys(clash.fields, "uniform")) from clash
    changed = _changed(now, elements)
    if not changed:
        raise Refusal("request.invalid", fields={"changes": "empty"})
    return elements, changed


def _must_be_sound(elements: Elements, codes: Mapping[str, Collection[str]]) -> None:
    if errors := [f for f in findings(elements, codes) if f.level == "error"]:
        raise Refusal("request.invalid", fields={f.field: f.code for f in errors})


def _changed(now: Current, elements: Elements) -> tuple[str, ...]:
    return tuple(c.path for c in compare(now.elements, elements) if c.state != "same")


def _base_version(code: str) -> int:
    return BaseItem.objects.values_list("version", flat=True).get(code=code.partition("/")[0])


def _step(
    act: Act, proposal_id: UUID, seen: int, allowed: tuple[str, ...], to: str, *, second: bool = False,
    note: str | None = None,
) -> Proposal:  # fmt: skip
    must_manage(act)
    row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise Refusal("request.not_found")
    if row.seen != seen:
        raise Refusal("state.stale")
    if row.state not in allowed:
        raise Refusal("state.step_not_possible", status=row.state)
    if second:
        if row.author == act.actor.ref:
            raise Refusal("permission.second_person")
        row.reviewer = act.actor.ref
    row.state, row.seen, row.updated_at = to, row.seen + 1, act.at
    row.note = row.note if note is None else note
    row.save()
    return row


def must_manage(act: Act) -> None:
    if not act.actor.holds(Role.ITEM_MANAGER):
        raise Refusal("permission.denied")
