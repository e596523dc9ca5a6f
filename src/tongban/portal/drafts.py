"""What the pages of a draft and of a correction share: files, prefilled answers, reading back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongban.cases.actions import filing as filings
from tongban.cases.queries import filing_view
from tongban.cases.views import FilingView, MaterialView
from tongban.identity import queries as identity
from tongban.items import queries as items
from tongban.items.views import MaterialReq, VersionRef, VersionView
from tongban.kernel.numbers import mask_id_number, mask_mobile
from tongban.kernel.people import Actor
from tongban.kernel.problems import Refusal
from tongban.materials import actions as uploads
from tongban.materials import queries as stored
from tongban.organizations import queries as organizations
from tongban.ui import schema_form
from tongban.ui.dates import day
from tongban.ui.page import act
from tongban.ui.problems import SummaryLine, fault_text, file_fault, is_english
from tongban.ui.regions import RegionPicker, full_name, region_picker


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material on the upload page: what is asked, what was given. ``files`` are ``materials.views.UploadView``."""

    material: MaterialView
    requirement: MaterialReq | None
    files: tuple[Any, ...]

    @property
    def takes_files(self) -> bool:
        return bool(self.requirement and self.requirement.accepts) and (
            self.material.state != "exempt" or bool(self.requirement and self.requirement.upload_optional)
        )

    @property
    def accept(self) -> str:
        return ",".join(self.requirement.accepts) if self.requirement else ""


def open_draft(actor: Actor, filing_id: UUID) -> FilingView:
    """The actor's own draft; submitted ones have left these pages."""
    view = filing_view(actor, filing_id)
    if view.status != "draft":
        raise Refusal("state.step_not_possible", draft="sent" if view.submitted_at else "discarded")
    return view


def version_of(view: FilingView) -> VersionView | None:
    """The version the filing is pinned to, if this node has its content."""
    item = view.item
    owner = view.competent_node
    return items.version(VersionRef(owner, item.code, item.version, item.digest))


def asked(view: FilingView, answers: Mapping[str, Any]) -> tuple[items.Ask, ...]:
    """The questions that choose the situation, as far as these answers lead; () for an item without situations."""
    version = version_of(view)
    return items.questions(version, answers) if version else ()


def questions(view: FilingView) -> set[str]:
    """All fields of the form that choose a situation, whatever the branch."""
    version = version_of(view)
    return {name for s in version.situations for name in s.when} if version else set()


def chosen(view: FilingView, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to these questions: as posted, else as kept in the draft."""
    known = {name: posted.get(name) or view.answers.get(name) for name in questions(view)}
    return {name: value for name, value in known.items() if value}


def fitting(view: FilingView, answers: Mapping[str, Any], path: Sequence[items.Ask]) -> dict[str, Any]:
    """The answers without those of other branches, and without those whose condition no longer holds."""
    on_the_way = {ask.field for ask in path}
    return still_asked(view, {k: v for k, v in answers.items() if k in on_the_way or k not in questions(view)})


def newly_asked(view: FilingView, answers: Mapping[str, Any]) -> set[str]:
    """Questions that these answers open and that the filed ones did not: another situation asks for other things."""
    held = schema_form.conditions(view.form).items()
    return {name for name, condition in held if condition.holds(answers) and not condition.holds(view.answers)}


def still_asked(view: FilingView, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those whose question is no longer asked."""
    kept = dict(answers)
    for name, condition in schema_form.conditions(view.form).items():
        if not condition.holds(kept):
            kept.pop(name, None)
    return kept


def with_questions(view: FilingView, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was posted, with the answers given before the form."""
    return {**{name: view.answers[name] for name in questions(view) if name in view.answers}, **dict(posted.items())}


def to_fill_in(view: FilingView, drawn: Sequence[schema_form.FormField]) -> tuple[schema_form.FormField, ...]:
    """The questions of the form that are still open: the situation is settled, what it rules out is gone, and what it
    asks for is asked without condition."""
    settled = questions(view)
    return tuple(
        replace(one, when=None) if one.when is not None and one.when.name in settled else one
        for one in drawn
        if one.name not in settled and (one.asked or one.when is None or one.when.name not in settled)
    )


def fill_known(request: HttpRequest, filing_id: UUID) -> None:
    """Put what government already knows of the person into the new draft."""
    actor = act(request).actor
    view = filing_view(actor, filing_id)
    profile = identity.profile(actor)
    facts = {"name": profile.name, "id_number": profile.id_number, "mobile": profile.mobile}
    answers = schema_form.prefill(view.form, facts)
    if answers and not view.answers:
        filings.save_draft(act(request), filing_id, answers, seen=view.version)


def known(view: FilingView) -> set[str]:
    """Fields whose answer came from the person's proven identity."""
    properties = view.form.get("properties", {})
    return {name for name, rule in properties.items() if rule.get("x-prefill")}


def own_faults(view: FilingView, answers: Mapping[str, Any]) -> dict[str, schema_form.Fault]:
    """Answers that name somebody else than the person whose matter it is."""
    return {name: schema_form.Fault(code) for name, code in view.other_persons(answers).items()}


def with_regions(schema: Any, parsed: schema_form.Parsed) -> dict[str, schema_form.Fault]:
    """The faults of parsed answers, with region codes that no register knows added."""
    faults = dict(parsed.faults)
    for name, rule in schema.get("properties", {}).items():
        code = parsed.answers.get(name)
        is_region = rule.get("format") == "region-code" or rule.get("x-widget") == "region"
        if is_region and code and organizations.region(str(code)) is None:
            faults[name] = schema_form.Fault("region")
    return faults


def pickers(drawn: tuple[schema_form.FormField, ...]) -> dict[str, RegionPicker]:
    return {one.name: region_picker(one.name, one.value) for one in drawn if one.widget == "region"}


def read_back(
    view: FilingView, answers: Any = None, *, masked: bool = False
) -> list[tuple[schema_form.FormField, str]]:
    """Questions and answers as people read them: labels for codes, names for regions, dates in words.

    ``masked`` shortens identity and mobile numbers, for pages that stay open.
    """
    read = schema_form.shown(view.form, view.answers if answers is None else answers, english=is_english())
    return [(one, _in_words(view, one, text, masked)) for one, text in read]


def _in_words(view: FilingView, one: schema_form.FormField, text: str, masked: bool) -> str:
    rule = view.form["properties"][one.name]
    if one.widget == "region":
        return full_name(text)
    if one.widget == "date":
        try:
            return day(text, english=is_english())
        except ValueError:
            return text
    if masked and rule.get("x-personal"):
        mask = {"id-number-cn": mask_id_number, "mobile-cn": mask_mobile, "license-number-cn": mask_id_number}
        return mask.get(rule.get("format", ""), str)(text)
    return text


def material_rows(view: FilingView) -> list[MaterialRow]:
    version = version_of(view)
    given = list(stored.uploads(view.filing_id))
    return [
        MaterialRow(
            material,
            version.material(material.key) if version else None,
            tuple(one for one in given if one.requirement_key == material.key),
        )
        for material in view.materials
    ]


def missing_papers(view: FilingView) -> list[SummaryLine]:
    """What must be handed in with these answers and is not there yet: what the check before sending will ask for."""
    return [SummaryLine(fault_text("missing", m.name), f"f-{m.key}") for m in view.materials if m.state == "missing"]


def change_files(request: HttpRequest, view: FilingView) -> list[SummaryLine]:
    """Take in the files of a posted form (``file.<material>``) and the wish to remove one (``remove``).

    Every file stands for itself: a refused one is reported beside its material, the others are kept.
    """
    errors: list[SummaryLine] = []
    wish = request.POST.get("remove")
    if wish:
        mine = {str(one.id): one.id for one in stored.uploads(view.filing_id)}
        if wish in mine:
            uploads.remove_upload(act(request), mine[wish])
        return errors
    for row in material_rows(view):
        for file in request.FILES.getlist(f"file.{row.material.key}"):
            try:
                uploads.add_upload(
                    act(request),
                    file,
                    file.name or "",
                    owner_ref=act(request).actor.ref,
                    filing_id=view.filing_id,
                    requirement_key=row.material.key,
                    declared_type=file.content_type or "",
                    **({"accepted": row.requirement.accepts} if row.requirement else {}),
                )
            except Refusal as refusal:
                text = file_fault(refusal, row.material.name)
                errors.append(SummaryLine(text, f"f-{row.material.key}"))
    return errors
