"""Opening, keeping and throwing away a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tongban.cases import policy
from tongban.cases.actions import pinning
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingDiscarded, FilingDraftSaved, FilingStarted
from tongban.cases.models import Filing
from tongban.cases.models.sealed import blind, seal
from tongban.cases.queries.loading import load_filing
from tongban.cases.rules.lifecycle.filing import Status, Step
from tongban.cases.rules.modes import Mode, channel_of
from tongban.config import config
from tongban.identity import queries as identity
from tongban.identity.rules.levels import refuse_below
from tongban.items import queries as items
from tongban.items.queries import Competence, VersionView
from tongban.journal.action import action, record
from tongban.kernel import numbers
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act, ActorKind
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .planning import planned


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to file, before there is a filing."""

    entry_key: str
    mode: str
    anchor_region: str
    intake_region: str
    releasing_region: str | None
    for_person: Mapping[str, str] | None
    window: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A filing that is not written yet."""

    row: Filing
    version: VersionView
    applicant: Mapping[str, str]


@action
def start_draft(
    act: Act,
    entry_key: str,
    mode: str,
    *,
    anchor_region: str,
    intake_region: str,
    releasing_region: str | None = None,
    for_person: Mapping[str, str] | None = None,
    window: str | None = None,
) -> UUID:
    """Open a draft. ``for_person`` (name, id_number, mobile) is given by a clerk in proxy mode, and only there."""
    prepared = prepare(act, Wanted(entry_key, mode, anchor_region, intake_region, releasing_region, for_person, window))
    row = prepared.row
    row.save(force_insert=True)
    record(
        FilingStarted(subject_id=row.id, item=pinning.reference(row), mode=row.mode, channel=row.channel), opens=True
    )
    return row.id


@action
def save_draft(act: Act, filing_id: UUID, answers: Mapping[str, Any], *, seen: int) -> UUID:
    """Keep what has been filled in so far; faults are not refused here, a draft may be half done."""
    loaded = load_filing(filing_id)
    plan = planned(act, loaded, Step.SAVE_DRAFT, seen=seen)
    compare_and_set(
        loaded.row,
        status=plan.status,
        draft_sealed=seal(answers, table="filing", id=filing_id, column="draft"),
    )
    record(FilingDraftSaved(subject_id=filing_id, fields=tuple(sorted(answers))))
    return filing_id


@action
def discard(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Throw a draft away; its answers are erased at once."""
    loaded = load_filing(filing_id)
    plan = planned(act, loaded, Step.DISCARD, seen=seen)
    compare_and_set(loaded.row, status=plan.status, draft_sealed=None, ended_at=act.at, status_since=act.at)
    record(FilingDiscarded(subject_id=filing_id))
    return filing_id


def prepare(act: Act, wanted: Wanted) -> Prepared:
    """Load, may and plan of a new filing: the places exist, the item is open, somebody is competent, the actor may.

    The intake region must belong to this node. Raises Refusal naming the field at fault.
    """
    on = local_date(act.at)
    if wanted.mode not in {mode.value for mode in Mode}:
        raise Refusal("state.mode_not_open", mode=wanted.mode)
    mode = Mode(wanted.mode)
    _may_start_here(act, wanted, mode, on)
    version, competence = _open_and_competent(act, wanted, on)
    if mode is Mode.JOINT:
        _releasing_place(wanted.releasing_region, version, on)
    applicant = _applicant(act, wanted)
    return Prepared(_row(act, wanted, mode, version, competence, applicant), version, applicant)


def _may_start_here(act: Act, wanted: Wanted, mode: Mode, on: date) -> None:
    owner = config().node_id
    if pinning.node_of(wanted.intake_region, on, "intake_region") != owner:
        raise Refusal("request.invalid", fields={"intake_region": "not_here"})
    refused = policy.may_start(
        act.actor,
        mode,
        owner=owner,
        intake_region=wanted.intake_region,
        window=wanted.window,
        for_somebody=wanted.for_person is not None,
    )
    if refused is not None:
        raise refused


def _open_and_competent(act: Act, wanted: Wanted, on: date) -> tuple[VersionView, Competence]:
    """The version that is filed under, and who will decide; the person is proven well enough for it."""
    node = pinning.node_of(wanted.anchor_region, on, "anchor_region")
    version = pinning.open_version(wanted.entry_key, wanted.mode, node, on)
    if version.decision_place == "intake_region" and node != config().node_id:
        raise Refusal("request.invalid", fields={"anchor_region": "not_here"})  # the place of intake itself decides
    low = refuse_below(act.actor.level, version.min_level) if act.actor.kind is ActorKind.APPLICANT else None
    if low is not None:
        raise low
    pinning.must_reach(wanted.entry_key, wanted.intake_region, wanted.anchor_region, on)
    return version, pinning.competence(
        version, anchor_region=wanted.anchor_region, intake_region=wanted.intake_region, on=on
    )


def _releasing_place(region: str | None, version: VersionView, on: date) -> None:
    if region is None:
        raise Refusal("request.invalid", fields={"releasing_region": "required"})
    pinning.node_of(region, on, "releasing_region")
    wide = items.too_wide(version, region)
    if wide is not None:
        raise Refusal("request.invalid", fields={"releasing_region": wide})


def _row(
    act: Act, wanted: Wanted, mode: Mode, version: VersionView, competence: Competence, applicant: Mapping[str, str]
) -> Filing:
    filing_id = new_id()
    return Filing(
        id=filing_id,
        status=Status.DRAFT,
        mode=mode,
        channel=channel_of(mode),
        applicant_ref=_reference(act, applicant),
        started_by=act.actor.ref,
        applicant_sealed=seal(applicant, table="filing", id=filing_id, column="applicant"),
        id_number_index=blind(applicant["id_number"]),
        intake_region=wanted.intake_region,
        anchor_region=wanted.anchor_region,
        releasing_region=wanted.releasing_region if mode is Mode.JOINT else None,
        competent_node=competence.node,
        competent_region=competence.region,
        window=wanted.window,
        started_at=act.at,
        status_since=act.at,
        **pinning.columns(version),
    )


def _reference(act: Act, applicant: Mapping[str, str]) -> str | None:
    """Whose matter it is. A window's filing is shown to the person too, if exactly one account has this number."""
    if act.actor.kind is ActorKind.APPLICANT:
        return act.actor.ref
    known = identity.find_by_id_number(applicant["id_number"])
    return known[0] if len(known) == 1 else None


def _applicant(act: Act, wanted: Wanted) -> dict[str, str]:
    """Who applies: the person signed in, or the one a clerk identified at the window."""
    if wanted.for_person is None:
        own = identity.profile(act.actor)
        return {"name": own.name, "id_number": own.id_number, "mobile": own.mobile}
    person = {key: wanted.for_person.get(key, "").strip() for key in ("name", "id_number", "mobile")}
    faults = {} if person["name"] else {"for_person.name": "required"}
    if not numbers.is_id_number(person["id_number"]):
        faults["for_person.id_number"] = "format" if person["id_number"] else "required"
    if person["mobile"] and not numbers.is_mobile(person["mobile"]):
        faults["for_person.mobile"] = "format"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    return person
