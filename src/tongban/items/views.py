"""What other slices see of the catalog: frozen values, no rows. Plain Python; ``items.queries`` exports them.

Chinese texts are authoritative; a field ``*_en`` beside a text is its English rendering (decision 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypedDict

from .elements import Elements, Situation

Mode = Literal["online", "proxy", "joint", "any_office"]
Necessity = Literal["required", "optional", "conditional"]
ExemptBy = Literal["form", "license", "data", "promise"]
Audience = Literal["individual", "enterprise", "both"]
ModesBasis = Literal["detailed", "noted", "derived"]


@dataclass(frozen=True, slots=True)
class VersionRef:
    """Points at exactly one content (decision 8). ``digest`` is ``sha-256:<hex>`` of the canonical JSON content."""

    owner: str
    code: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class MaterialReq:
    """One material of the checklist.

    ``exempt`` means nobody has to hand it in (免提交); ``exempt_by`` says what stands in for it and ``exempt_detail``
    how. ``review_points`` are what a clerk looks at; ``when`` names the condition of a conditional material.
    ``accepts`` lists media types; empty if it is never uploaded. An exempt material may still accept an upload
    (``upload_optional``), e.g. a newer photo than the one on file.
    """

    key: str
    name: str
    name_en: str
    necessity: Necessity
    form: Literal["paper", "electronic", "either"]
    exempt: bool
    exempt_by: ExemptBy | None = None
    exempt_detail: str = ""
    exempt_detail_en: str = ""
    when: str = ""
    when_en: str = ""
    review_points: tuple[str, ...] = ()
    review_points_en: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    upload_optional: bool = False
    note: str = ""
    required_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Answer field → values that make the material required, e.g. ``{"credit_grade": ("B",)}``."""

    @property
    def uploadable(self) -> bool:
        return bool(self.accepts)

    def needed(self, answers: Mapping[str, Any]) -> bool:
        """Must a file be there before the filing can be submitted with these answers?"""
        if not self.accepts:
            return False
        if self.required_if:
            return all(str(answers.get(k)) in values for k, values in self.required_if.items())
        return self.necessity == "required" and not self.exempt


@dataclass(frozen=True, slots=True)
class PartStep:
    """One step of a joint plan. ``place`` says whose part it is; ``limit_days`` are working days from its opening.

    ``fields_leaving`` names the answers this part's node gets to see, no more.
    """

    key: str
    seq: int
    name: str
    name_en: str
    place: Literal["receiving", "releasing"]
    limit_days: int
    fields_leaving: tuple[str, ...] = ()


class GuideLine(TypedDict):
    """A sentence of the guide with the confidence of its source (high, medium, low)."""

    text: str
    confidence: str


class GuideStep(TypedDict):
    seq: int
    name: str
    actor: str
    place: str
    limit: str
    output: str
    note: str


class Guide(TypedDict, total=False):
    """The reading part of an item page. A part nobody could fill stands in ``gaps`` and is absent or empty here.

    ``gaps`` holds the codes of ``rules.guide.ALL_GAPS``. Pages say 尚不掌握 / not yet known for each.
    """

    summary: str
    summary_en: str
    who: str
    conditions: list[GuideLine]
    situations: list[str]
    materials: list[dict[str, Any]]
    steps: list[GuideStep]
    statutory: dict[str, Any]
    promised: dict[str, Any]
    fee: dict[str, Any]
    visits: int | None
    visit_reason: str
    result: dict[str, Any]
    legal_basis: list[dict[str, str]]
    intake_duty: str
    competent_duty: str
    exceptions: list[str]
    faq: list[dict[str, str]]
    notes: list[str]
    source: str
    gaps: list[str]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another list entry with the same base item (X-08). ``relation``: ``widened_by``, ``widens``, ``narrower_of``,
    ``wider_of``."""

    key: str
    relation: Literal["widened_by", "widens", "narrower_of", "wider_of"]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One of the 138 rows of the annex, texts verbatim.

    ``modes`` follow decision 9; ``modes_basis`` says from where, and ``modes_confirmed`` is False while they are only
    derived (待核). ``anchor_words`` are the place words of the annex; ``gaps`` as in :class:`Guide`.
    ``filable`` is True if some implementation of it is open for filing here.
    """

    key: str
    batch: int
    seq: int
    name: str
    name_en: str
    scenario: str
    lead_unit: str
    cooperating_units: tuple[str, ...]
    deadline: str
    note: str
    base_code: str
    theme: str
    theme_en: str
    audience: Audience
    kind: str
    department: str
    modes: tuple[Mode, ...]
    modes_basis: ModesBasis
    modes_confirmed: bool
    anchor_words: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    restriction_lifted: str = ""
    twins: tuple[Twin, ...] = ()
    filable: bool = False


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of an authority's implementation: what a filing is pinned to.

    ``form`` is a JSON Schema 2020-12 object schema with UI keys: ``x-order`` (field names), ``x-groups``; per property
    ``title``, ``title_en``, ``description``, ``description_en`` (the hint), ``x-widget`` (text, date, month, radio,
    select, checkbox, region, id_number, mobile), ``x-enum-labels`` and ``x-enum-labels-en`` (value → label),
    ``x-personal`` (bool), ``x-prefill`` (name, id_number, mobile), ``x-earliest`` and ``x-latest`` (bounds of a date
    from the day of filing, ``-P180D``; ``kernel.relative_days``), ``format`` (date or one of ``numbers.FORMATS``).

    ``statutory_days``/``promised_days`` are working days (None: none fixed; 0: on the spot); ``fields_leaving`` are the
    answers that cross the border to the competent place (least data). ``releasing_kind`` and its label name the second
    place of a joint item, ``anchor_kind`` the first.
    """

    ref: VersionRef
    entry_key: str
    base_code: str
    name: str
    name_en: str
    modes: tuple[Mode, ...]
    form: Mapping[str, Any]
    materials: tuple[MaterialReq, ...]
    statutory_days: int | None
    promised_days: int | None
    tell_once_days: int
    anchor_kind: str
    anchor_label: str
    anchor_label_en: str
    decision_place: Literal["competent_region", "intake_region"]
    plan: tuple[PartStep, ...]
    result_name: str
    result_name_en: str
    result_type: Literal["license", "approval", "other", "none"]
    fields_leaving: tuple[str, ...]
    min_level: int
    department: str
    region_level: Literal["province", "prefecture", "county"]
    filable: bool
    valid_from: date
    valid_to: date | None
    guide: Guide = field(default_factory=Guide)
    elements: Elements = field(default_factory=Elements)
    releasing_kind: str = "releasing_place"
    releasing_label: str = "转出地"
    releasing_label_en: str = "Releasing place"

    @property
    def situations(self) -> tuple[Situation, ...]:
        """Those that questions choose; the questions are fields of the form (``items.queries.situation``)."""
        return tuple(s for s in self.elements.situations if s.when)

    def material(self, key: str) -> MaterialReq | None:
        return next((m for m in self.materials if m.key == key), None)


@dataclass(frozen=True, slots=True)
class Competence:
    """Who decides (decision 10): the intake place picks ``node``; its unit is ``authority_code``."""

    node: str
    region: str
    region_level: Literal["province", "prefecture", "county"]
    department: str
    authority_code: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry was found: ``text`` is the wording that matched; empty for ``scenario``."""

    kind: Literal["name", "synonym", "scenario", "pinyin", "english", "meaning"]
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of the search, best first. ``score`` orders answers of one query; it means nothing across queries."""

    entry: EntryView
    score: float
    why: Why


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the annex with the number of its entries; ``key`` is its Chinese name."""

    key: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True, slots=True)
class CatalogCounts:
    """``by_batch`` maps batch → entries; ``filable`` counts entries open for filing somewhere on this platform."""

    entries: int
    by_batch: Mapping[int, int]
    base_items: int
    filable: int
    modes_unconfirmed: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Part of an ordered list; ``next`` is the cursor of what follows, None at the end."""

    items: tuple[EntryView, ...]
    next: str | None
