"""The lead moved its case to a later version of the item: this node's open part goes on under it."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions import pinning
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about_part, plan_part
from tongban.cases.actions.writing import compare_and_set, insert
from tongban.cases.events import PartVersionTaken
from tongban.cases.models import PartRebasing
from tongban.cases.queries.loading import load_part
from tongban.cases.rules.lifecycle.part import Status, Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban_wire import messages


@action
def take_version(act: Act, said: messages.PartRebased, heard: Heard) -> UUID:
    """The pin moves along, with a row that the database keeps; the day stays. A part that was decided meanwhile stays
    as it was, and hearing it again changes nothing.

    Refusals: peer.untrusted for anybody but the lead, and for another item; node.unavailable while the release that
    holds the version has not come (it is heard again).
    """
    row, facts = load_part(said.part_id)
    if heard.sender != row.lead_node or (said.case_id, said.filing_id) != (row.case_id, row.filing_id):
        raise Refusal("peer.untrusted", sender=heard.sender)
    if facts.status is not Status.OPEN or said.item.version <= row.item_version:
        raise Unchanged(row.id)
    version = pinning.later_version(said.item, row)
    plan_part(act, row, facts, Step.TAKE_VERSION, seen=None)
    left = pinning.reference(row)
    insert(
        PartRebasing(
            id=new_id(), part=row, from_version=row.item_version, from_digest=row.item_digest,
            to_version=version.ref.version, to_digest=version.ref.digest, reason=said.reason, at=act.at,
            by=act.actor.ref,
        )
    )  # fmt: skip
    compare_and_set(row, **pinning.columns(version))
    record(PartVersionTaken(**about_part(row), item=pinning.reference(row), before=left, reason=said.reason))
    return row.id
