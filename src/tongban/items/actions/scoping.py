"""Opening an entry's next stage, widening it, ending it; exempting a region for a time, and ending that.

A province decides for its own regions; the directory for all (``rules/powers.py``). What a manager set is not touched
by loading again, and goes to the other nodes with the next release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, cast
from uuid import UUID, uuid5

from tongban.config import config
from tongban.directory import queries as directory
from tongban.items.events import ExemptionEnded, RegionExempted, ScopeEnded, ScopeSet
from tongban.items.models import ItemExemption, ItemScope, ListEntry
from tongban.items.reach import EXEMPTIONS, SCOPES, Table, columns
from tongban.items.rules.powers import (
    Word,
    area_of,
    decides_for,
    exemption_faults,
    may_end,
    merged,
    regions_of,
    scope_faults,
)
from tongban.items.rules.scopes import Exemption, Kind, Scope, Stage
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
    members = tuple(groups()[area].members) if area in groups() else tuple(dict.fromkeys(regions))
    scope = Scope(
        key=f"{entry_key}/{new_id()}", entry_key=entry_key, kind=cast(Kind, kind), stage=cast(Stage, stage),
        area=area or area_of(members), members=members, begins=begins, ends=ends, words=words.strip(),
        source=source.strip(),
    )  # fmt: skip
    faults = scope_faults(scope)
    if area and area not in groups():
        faults["area"] = "unknown"
    if any(organizations.region(code) is None for code in members):
        faults["regions"] = "unknown_region"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    _must_decide_for(scope, act)
    if stage == "live" and not area:
        _must_have_authority(entry_key, members)
    _may_stand(SCOPES, scope)
    ItemScope(**columns(scope), owner=config().node_id, unreleased=True).save(force_insert=True)
    renew(act.at)
    record(
        ScopeSet(
            subject_id=subject_of(entry_key), entry_key=entry_key, scope=scope.key, kind=kind, stage=stage,
            area=scope.area, begins=begins, ends=ends,
        )
    )  # fmt: skip
    return scope.key


@action
def end_scope(act: Act, scope: str, *, on: date, reason: str) -> str:
    """From ``on`` the stage holds no more. Refusals: request.not_found, request.invalid, state.reason_missing."""
    must_manage(act)
    row = ItemScope.objects.select_for_update().filter(key=scope).first()
    if row is None:
        raise Refusal("request.not_found")
    _end(act, SCOPES, row, on, reason)
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
    exemption = Exemption(
        key=f"{entry_key}/{new_id()}", entry_key=entry_key, region=region, begins=begins, ends=ends,
        words=words.strip(), source=source.strip(),
    )  # fmt: skip
    faults = exemption_faults(exemption)
    found = organizations.region(region)
    if found is None or found.code != region:
        faults["region"] = "unknown_region"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    _must_decide_for(exemption, act)
    _may_stand(EXEMPTIONS, exemption)
    ItemExemption(**columns(exemption), owner=config().node_id, unreleased=True).save(force_insert=True)
    renew(act.at)
    record(
        RegionExempted(
            subject_id=subject_of(entry_key), entry_key=entry_key, exemption=exemption.key, region=region,
            begins=begins, ends=ends,
        )
    )  # fmt: skip
    return exemption.key


@action
def end_exemption(act: Act, exemption: str, *, on: date, reason: str) -> str:
    """From ``on`` the region takes part. Refusals: as for :func:`end_scope`."""
    must_manage(act)
    row = ItemExemption.objects.select_for_update().filter(key=exemption).first()
    if row is None:
        raise Refusal("request.not_found")
    _end(act, EXEMPTIONS, row, on, reason)
    record(
        ExemptionEnded(
            subject_id=subject_of(row.entry_key), entry_key=row.entry_key, exemption=row.key, on=on,
            reason=reason.strip(),
        )
    )  # fmt: skip
    return row.key


def _end(act: Act, table: Table[Word], row: ItemScope | ItemExemption, on: date, reason: str) -> None:
    word = table.word_of(row)
    if not reason.strip():
        raise Refusal("state.reason_missing")
    if not may_end(word, on):
        raise Refusal("request.invalid", fields={"on": "date_wrong"})
    _must_decide_for(word, act)
    found = merged(word, row.owner, replace(word, ends=on), config().node_id)
    assert found is not None, "an end alone contradicts nothing"
    row.ends, row.owner, row.unreleased = found[0].ends, found[1], True
    row.save()
    renew(act.at)


def _may_stand(table: Table[Word], word: Word) -> None:
    """Refuses what would hold on one day with another, whoever said that; the exclusion constraint is the twin."""
    if not table.stands(word, table.model.objects.select_for_update().filter(entry_key=word.entry_key)):
        raise Refusal("state.scope_overlap", item=word.entry_key)


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


def _must_decide_for(word: Scope | Exemption, act: Act) -> None:
    day = local_date(act.at)
    if not decides_for(config().node_id, regions_of(word), lambda code: directory.node_of_region(code, day)):
        raise Refusal("permission.denied")
