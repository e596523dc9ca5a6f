"""What happens to the catalog by people's hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tongban.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WordingAdded(Event):
    """An item manager taught the search an everyday wording of an entry."""

    name: ClassVar[str] = "items.wording_added"
    subject_type: ClassVar[str] = "entry_wordings"

    entry_key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class WordingRemoved(Event):
    """An item manager took back a wording of this node. Shipped wordings stay."""

    name: ClassVar[str] = "items.wording_removed"
    subject_type: ClassVar[str] = "entry_wordings"

    entry_key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Event):
    """An item manager wrote down, or changed, a version to be. ``changed`` names the elements."""

    name: ClassVar[str] = "items.proposal_made"
    subject_type: ClassVar[str] = "proposal"

    kind: str
    code: str
    based_on: int
    valid_from: date
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalSubmitted(Event):
    """It lies with a second person."""

    name: ClassVar[str] = "items.proposal_submitted"
    subject_type: ClassVar[str] = "proposal"

    code: str


@dataclass(frozen=True, kw_only=True)
class ProposalReturned(Event):
    """The second person gave it back."""

    name: ClassVar[str] = "items.proposal_returned"
    subject_type: ClassVar[str] = "proposal"

    code: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ProposalDiscarded(Event):
    name: ClassVar[str] = "items.proposal_discarded"
    subject_type: ClassVar[str] = "proposal"

    code: str


@dataclass(frozen=True, kw_only=True)
class VersionPublished(Event):
    """A second person approved it: from ``valid_from`` on this version holds. Running cases keep theirs."""

    name: ClassVar[str] = "items.version_published"
    subject_type: ClassVar[str] = "proposal"

    kind: str
    code: str
    item_version: int
    digest: str
    valid_from: date
    due_on: date | None
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StandingChanged(Event):
    """An item was suspended, taken into use again, or retired."""

    name: ClassVar[str] = "items.standing_changed"
    subject_type: ClassVar[str] = "item_standing"

    code: str
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class GuideReviewed(Event):
    """An item manager looked at the guide of an item; it is looked at again by ``next_on``."""

    name: ClassVar[str] = "items.guide_reviewed"
    subject_type: ClassVar[str] = "guide_review"

    code: str
    item_version: int
    next_on: date
    note: str


@dataclass(frozen=True, kw_only=True)
class ReleaseSigned(Event):
    """This node put out a release of its catalog."""

    name: ClassVar[str] = "items.release_signed"
    subject_type: ClassVar[str] = "catalog_release"

    number: int
    digest: str
    versions: int


@dataclass(frozen=True, kw_only=True)
class ReleaseAdopted(Event):
    """A peer's release was verified and taken in."""

    name: ClassVar[str] = "items.release_adopted"
    subject_type: ClassVar[str] = "catalog_release"

    node: str
    number: int
    digest: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowsImported(Event):
    """A file was taken in whole: so many proposals lie with a second person."""

    name: ClassVar[str] = "items.rows_imported"
    subject_type: ClassVar[str] = "import_batch"

    rows: int
    file_digest: str


@dataclass(frozen=True, kw_only=True)
class BatchPublished(Event):
    """A second person approved everything that came with one import."""

    name: ClassVar[str] = "items.batch_published"
    subject_type: ClassVar[str] = "import_batch"

    versions: int


@dataclass(frozen=True, kw_only=True)
class BatchDiscarded(Event):
    """Nothing of an import was taken."""

    name: ClassVar[str] = "items.batch_discarded"
    subject_type: ClassVar[str] = "import_batch"

    rows: int


@dataclass(frozen=True, kw_only=True)
class ScopeSet(Event):
    """An entry's stage was opened from a day on. ``area``: a group or region codes; empty means everywhere."""

    name: ClassVar[str] = "items.scope_set"
    subject_type: ClassVar[str] = "item_reach"

    entry_key: str
    scope: str
    kind: str
    stage: str
    area: str
    begins: date
    ends: date | None


@dataclass(frozen=True, kw_only=True)
class ScopeEnded(Event):
    """An entry's stage holds no more from a day on."""

    name: ClassVar[str] = "items.scope_ended"
    subject_type: ClassVar[str] = "item_reach"

    entry_key: str
    scope: str
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class RegionExempted(Event):
    """A region takes no part in an entry for a time."""

    name: ClassVar[str] = "items.region_exempted"
    subject_type: ClassVar[str] = "item_reach"

    entry_key: str
    exemption: str
    region: str
    begins: date
    ends: date | None


@dataclass(frozen=True, kw_only=True)
class ExemptionEnded(Event):
    """From a day on the region takes part."""

    name: ClassVar[str] = "items.exemption_ended"
    subject_type: ClassVar[str] = "item_reach"

    entry_key: str
    exemption: str
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class EditionSubmitted(Event):
    """A new edition of a list lies with a second person."""

    name: ClassVar[str] = "items.edition_submitted"
    subject_type: ClassVar[str] = "list_edition"

    list_code: str
    rows: int
    digest: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class EditionPublished(Event):
    """A second person approved it: from its day on it is the list."""

    name: ClassVar[str] = "items.edition_published"
    subject_type: ClassVar[str] = "list_edition"

    list_code: str
    number: int
    digest: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class EditionDiscarded(Event):
    """A proposed edition was given up."""

    name: ClassVar[str] = "items.edition_discarded"
    subject_type: ClassVar[str] = "list_edition"

    list_code: str


@dataclass(frozen=True, kw_only=True)
class ProgressReported(Event):
    """The lead unit's yearly report on an entry that comes later."""

    name: ClassVar[str] = "items.progress_reported"
    subject_type: ClassVar[str] = "progress_report"

    entry_key: str
    year: int
    unit: str
