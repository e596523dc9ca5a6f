"""Which version of which item, and whose competence: asked of the catalog once, then pinned for the matter's life."""

from __future__ import annotations

from datetime import date
from typing import Any

from tongban.cases.events import ItemRef
from tongban.cases.models.pinned import PinnedItem
from tongban.cases.rules.modes import Channel, Mode, channel_of
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items import reach
from tongban.items.queries import Competence, VersionRef, VersionView
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban_wire import messages


def is_region(code: str) -> bool:
    """Whether this is a region in force, by its own code."""
    found = organizations.region(code)
    return found is not None and found.code == code


def node_of(region: str, on: date, field: str) -> str:
    """The node that answers for a region. Refuses an unknown region, or one without a node, at ``field``."""
    if not is_region(region):
        raise Refusal("request.invalid", fields={field: "unknown_region"})
    node = directory.node_of_region(region, on)
    if node is None:
        raise Refusal("state.no_competent_node", fields={field: "no_node"}, region=region)
    return str(node)


def open_version(entry_key: str, mode: str, node: str, on: date) -> VersionView:
    """The version of ``node``'s implementation open for filing today in this mode. Raises Refusal; that of a mode names
    those which the same one, person or window, may file in."""
    if items.entry(entry_key) is None:
        raise Refusal("request.not_found", entry=entry_key)
    version = items.open_version(entry_key, node, on)
    if version is None or not version.filable:
        raise Refusal("state.item_not_open", entry=entry_key)
    if mode not in version.modes or mode not in {m.value for m in Mode}:
        raise Refusal("state.mode_not_open", mode=mode, modes=_filed_alike(mode, version))
    return version


def _filed_alike(mode: str, version: VersionView) -> list[str]:
    window = mode == Mode.PROXY.value
    return [one for one in version.modes if (channel_of(Mode(one)) is Channel.WINDOW) is window]


def competence(version: VersionView, *, anchor_region: str, intake_region: str, on: date) -> Competence:
    """Who decides: by the anchor, or the place of intake itself where any office may. Raises Refusal."""
    by_intake = version.decision_place == "intake_region"
    found = items.resolve(version, intake_region if by_intake else anchor_region, on)
    if isinstance(found, Refusal):
        named = {"intake_region" if by_intake else name: code for name, code in found.fields.items()}
        raise Refusal(found.code, fields=named, **found.params)
    return found


def must_reach(entry_key: str, intake_region: str, anchor_region: str, on: date) -> None:
    """Refuses a filing between two places that the entry does not reach that day (R-052, R-053). An entry nobody gave
    a reach is not held back."""
    found = reach.opening(entry_key, intake_region, anchor_region, on)
    if reach.scopes(entry_key) and not found.open:
        until = found.until.isoformat() if found.until else None
        raise Refusal("state.scope_closed", entry=entry_key, why=found.why, until=until)


def pinned_version(row: PinnedItem) -> VersionView:
    """The version a matter was filed under; it never goes away while a matter is pinned to it."""
    version = items.version(VersionRef(row.item_owner, row.item_code, row.item_version, row.item_digest))
    if version is None:
        raise Refusal("state.item_version_unknown", item=row.item_code, version=row.item_version)
    return version


def later_version(item: messages.ItemRef, row: PinnedItem) -> VersionView:
    """The version to which another node moved a matter of ours. Only a later one of the same item of the same owner
    (else peer.untrusted); one whose release has not come yet is waited for (``node.unavailable`` heals with time)."""
    if (item.owner, item.code) != (row.item_owner, row.item_code) or item.version <= row.item_version:
        raise Refusal("peer.untrusted", sender=item.owner)
    version = items.version(VersionRef(item.owner, item.code, item.version, item.digest))
    if version is None:
        raise Refusal("node.unavailable", item=item.code, version=item.version)
    return version


def columns(version: VersionView) -> dict[str, Any]:
    """The pinned columns of a new row."""
    return {
        "entry_key": version.entry_key,
        "item_owner": version.ref.owner,
        "item_code": version.ref.code,
        "item_version": version.ref.version,
        "item_digest": version.ref.digest,
        "item_name": version.name,
        "item_name_en": version.name_en,
    }


def reference(row: PinnedItem) -> ItemRef:
    """The same as an event says it."""
    return ItemRef(
        entry_key=row.entry_key,
        owner=row.item_owner,
        code=row.item_code,
        version=row.item_version,
        digest=row.item_digest,
    )
