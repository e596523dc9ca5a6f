"""Opening an entry's next stage, widening it, ending it; exempting a region for a time, and ending that.

A province decides for its own regions; the directory for all. What a manager set is not touched by loading again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from tongban.config import config
from tongban.directory import queries as directory
from tongban.items.events import ExemptionEnded, RegionExempted, ScopeEnded, ScopeSet
from tongban.items.models import ItemExemption, ItemScope, ListEntry
from tongban.items.reach import as_exemption, as_scope
from tongban.items.rules.scopes import KINDS, STAGES, overlaps, twice_exempt
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations
from tongban.organizations.groups import groups

from .proposing import must_manage
from .wordings import renew

_SPACE: Final = UUID("01950000-0000-7000-8000-0000000000f8")


def subject_of(entry_key: str) -> UUID:
    """The subject under which the reach of an entry is chained."""
    return uuid5(_SPACE, entry_key)


@action
def set_scope(
    act: Act, entry_key: str, *, kind: str, stage: str, begins: date, ends: date | None = None, area: str = "",
    regions: Sequence[str] = (), words: str, source: str,
) -> str:  # fmt: skip
    """Open an entry's stage from a day on, for a group (``area``) or for ``regions``; both empty means everywhere.

    Returns the key of the scope. Refusals: permission.denied (regions of others), request.not_found, request.invalid
    with the fields at fault, state.scope_overlap, state.no_authority for a live stage where no unit has the power.
    """
    must_manage(act)
    _entry(entry_key)
    faults = {}
    if kind not in KINDS:
        faults["kind"] = "unknown"
    if stage not in STAGES:
        faults["stage"] = "unknown"
    if area and area not in groups():
        faults["area"] = "unknown"
    if ends is not None and ends <= begins:
        faults["ends"] = "before_begin"
    if kind == "regional" and not (area or regions):
        faults["area"] = "required"
    if not source.strip():
        faults["source"] = "required"
    members = tuple(groups()[area].members) if area in groups() else tuple(dict.fromkeys(regions))
    if any(organizations.region(code) is None for code in members):
        faults["regions"] = "unknown_region"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    _must_decide_for(members, act)
    if stage == "live" and not area:
        _must_have_authority(entry_key, members)
    row = ItemScope(
        key=f"{entry_key}/{new_id()}", entry_key=entry_key, kind=kind, stage=stage, area=area or "+".join(members)[:60],
        members=list(members), begins=begins, ends=ends, words=words.strip()[:2000], source=source.strip()[:2000],
        origin="manager",
    )  # fmt: skip
    _may_stand(row)
    row.save(force_insert=True)
    renew(act.at)
    record(
        ScopeSet(
            subject_id=subject_of(entry_key), entry_key=entry_key, scope=row.key, kind=kind, stage=stage,
            area=row.area, begins=begins, ends=ends,
        )
    )  # fmt: skip
    return row.key


@action
def end_scope(act: Act, scope: str, *, on: date, reason: str) -> str:
    """From ``on`` the stage holds no more. Refusals: request.not_found, request.invalid, state.reason_missing."""
    must_manage(act)
    row = ItemScope.objects.select_for_update().filter(key=scope).first()
    if row is None:
        raise Refusal("request.not_found")
    _reason(reason)
    if row.begins is None or on <= row.begins or (row.ends is not None and on > row.ends):
        raise Refusal("request.invalid", fields={"on": "date_wrong"})
    _must_decide_for(tuple(row.members), act)
    row.ends, row.origin = on, "manager"
    _may_stand(row)
    row.save()
    renew(act.at)
    record(
        ScopeEnded(
            subject_id=subject_of(row.entry_key), entry_key=row.entry_key, scope=row.key, on=on, reason=reason.strip()
        )
    )
    return row.key


@action
def exempt(
    act: Act, entry_key: str, region: str, *, begins: date, ends: date | None = None, words: str, source: str
) -> str:
    """A region takes no part in an entry for a time (R-053). Refusals: as for :func:`set_scope`."""
    must_manage(act)
    _entry(entry_key)
    found = organizations.region(region)
    faults = {"region": "unknown_region"} if found is None or found.code != region else {}
    if ends is not None and ends <= begins:
        faults["ends"] = "before_begin"
    if not words.strip() or not source.strip():
        faults["source"] = "required"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    _must_decide_for((region,), act)
    row = ItemExemption(
        key=f"{entry_key}/{new_id()}", entry_key=entry_key, region=region, begins=begins, ends=ends,
        words=words.strip()[:2000], source=source.strip()[:2000], origin="manager",
    )  # fmt: skip
    _may_stand(row)
    row.save(force_insert=True)
    renew(act.at)
    record(
        RegionExempted(
            subject_id=subject_of(entry_key), entry_key=entry_key, exemption=row.key, region=region, begins=begins,
            ends=ends,
        )
    )  # fmt: skip
    return row.key


@action
def end_exemption(act: Act, exemption: str, *, on: date, reason: str) -> str:
    """From ``on`` the region takes part. Refusals: as for :func:`end_scope`."""
    must_manage(act)
    row = ItemExemption.objects.select_for_update().filter(key=exemption).first()
    if row is None:
        raise Refusal("request.not_found")
    _reason(reason)
    if on <= row.begins or (row.ends is not None and row.ends <= local_date(act.at)):
        raise Refusal("request.invalid", fields={"on": "date_wrong"})
    _must_decide_for((row.region,), act)
    row.ends, row.origin = on, "manager"
    _may_stand(row)
    row.save()
    renew(act.at)
    record(
        ExemptionEnded(
            subject_id=subject_of(row.entry_key), entry_key=row.entry_key, exemption=row.key, on=on,
            reason=reason.strip(),
        )
    )  # fmt: skip
    return row.key


def _may_stand(row: ItemScope | ItemExemption) -> None:
    """Refuses what would hold on one day with another; the exclusion constraint is the twin."""
    others = list(type(row).objects.select_for_update().filter(entry_key=row.entry_key).exclude(pk=row.pk))
    if isinstance(row, ItemScope):
        clash = overlaps([as_scope(each) for each in (*others, row) if isinstance(each, ItemScope)])
    else:
        clash = twice_exempt([as_exemption(each) for each in (*others, row) if isinstance(each, ItemExemption)])
    if any(row.key in (c.one, c.other) for c in clash):
        raise Refusal("state.scope_overlap", item=row.entry_key)


def _entry(key: str) -> None:
    if not ListEntry.objects.filter(key=key).exists():
        raise Refusal("request.not_found")


def _must_have_authority(entry_key: str, regions: Sequence[str]) -> None:
    """Without a unit that has the power an entry is not live in a region (权责清单; R-047). The directory, which knows
    no units, does not ask."""
    if config().is_directory:
        return
    department = ListEntry.objects.values_list("content__department", flat=True).get(key=entry_key)
    if without := [code for code in regions if not organizations.authorities(code, department)]:
        raise Refusal("state.no_authority", item=entry_key, regions=without)


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("state.reason_missing")


def _must_decide_for(regions: Sequence[str], act: Act) -> None:
    """A node speaks for the regions of its own node; only the directory for others and for everywhere."""
    if config().is_directory:
        return
    day = local_date(act.at)
    if not regions or any(directory.node_of_region(code, day) != config().node_id for code in regions):
        raise Refusal("permission.denied")
