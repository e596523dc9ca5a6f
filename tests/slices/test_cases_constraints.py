"""Every rule of the state has its twin in the database: an incoherent row is planted for each and refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from tests.cases_world import SHENZHEN, World, world

from tongban.cases.actions.review import Point
from tongban.cases.models import (
    Case,
    CaseMirror,
    CaseRebasing,
    CorrectionMirror,
    CorrectionPoint,
    CorrectionRound,
    Filing,
    FilingChecks,
    FilingCopy,
    FilingRevision,
    Part,
    PartMirror,
    PartRebasing,
)
from tongban.kernel.ids import new_id

NOW = "2026-11-23T02:00:00Z"
ON = date(2026, 11, 23)

Plant = tuple[type[Any], str, dict[str, Any]]
"""Model, which row of the ground, the incoherent change."""

PLANTS: dict[str, list[Plant]] = {
    "filing_status_known": [(Filing, "draft", {"status": "lost", "draft_sealed": None, "number": "x", "revision": 1,
                                               "submitted_at": NOW})],
    "filing_mode_known": [(Filing, "draft", {"mode": "telepathy"})],
    "filing_window_iff_proxy": [(Filing, "draft", {"channel": "window"}), (Filing, "draft", {"mode": "proxy"})],
    "filing_draft_has_no_number": [(Filing, "draft", {"number": "44-X"}), (Filing, "sent", {"number": None})],
    "filing_draft_answers_only_in_draft": [(Filing, "sent", {"draft_sealed": b"x"})],
    "filing_concluded_has_reason": [(Filing, "sent", {"status": "concluded"}),
                                    (Filing, "sent", {"close_reason": "completed"}),
                                    (Filing, "done", {"close_reason": "bored"})],
    "filing_declined_has_reason": [(Filing, "sent", {"status": "declined"}),
                                   (Filing, "sent", {"decline_reason": "malformed"})],
    "filing_joint_cannot_be_withdrawn": [(Filing, "joint", {"status": "withdrawal_requested"})],
    "filing_joint_has_releasing_region": [(Filing, "joint", {"releasing_region": None})],
    "filing_delivered_has_method": [(Filing, "sent", {"delivered_at": NOW}),
                                    (Filing, "sent", {"delivered_at": NOW, "delivery_method": "window"})],
    "filing_has_applicant": [(Filing, "draft", {"applicant_ref": None})],
    "filing_version_from_one": [(Filing, "draft", {"version": 0})],
    "checks_are_both_recorded": [(FilingChecks, "checked", {"identity_method": "guessed"})],
    "case_status_known": [(Case, "closed", {"status": "asleep", "close_reason": None, "closed_at": None,
                                            "outcome": None})],
    "case_mode_known": [(Case, "received", {"mode": "telepathy"})],
    "case_correction_open_iff_status": [(Case, "received", {"correction_from": "received"}),
                                        (Case, "correction", {"correction_from": None}),
                                        (Case, "correction", {"correction_from": "granted"})],
    "case_correction_has_round": [(Case, "correction", {"rounds": 0})],
    "case_received_has_tell_due": [(Case, "received", {"tell_due_on": None, "due_calendar": None}),
                                   (Case, "correction", {"tell_due_on": ON, "due_calendar": "c",
                                                         "tell_running_since": ON})],
    "case_accepted_has_due": [(Case, "accepted", {"work_due_on": None, "due_calendar": None}),
                              (Case, "correction", {"work_due_on": ON, "work_running_since": ON, "due_calendar": "c"})],
    "case_accepted_has_date": [(Case, "accepted", {"accepted_on": None})],
    "case_due_names_its_calendar": [(Case, "received", {"due_calendar": None})],
    "case_deemed_is_accepted": [(Case, "received", {"deemed": True})],
    "case_decided_has_outcome": [(Case, "closed", {"outcome": None}), (Case, "received", {"outcome": "granted",
                                                                                          "decided_on": ON})],
    "case_decided_has_date": [(Case, "closed", {"decided_on": None})],
    "case_refusal_has_reasons": [(Case, "closed", {"outcome": "denied", "reasons": []})],
    "case_closed_has_reason": [(Case, "closed", {"closed_at": None}),
                               (Case, "received", {"close_reason": "withdrawn"})],
    "case_delivered_has_method": [(Case, "closed", {"delivery_method": None}),
                                  (Case, "received", {"delivery_method": "window"}),
                                  (Case, "closed", {"delivery_method": "window"})],
    "case_window_iff_proxy": [(Case, "received", {"channel": "window"}), (Case, "received", {"mode": "proxy"}),
                              (Case, "received", {"channel": "pigeon"})],
    "copy_declined_for_a_known_reason": [(FilingCopy, "new", {"revision": 9, "declined_reason": "bored"})],
    "case_joint_has_plan": [(Case, "joint", {"plan": None}), (Case, "received", {"plan": []})],
    "case_joint_cannot_be_withdrawn": [(Case, "joint", {"status": "closed", "close_reason": "withdrawn",
                                                        "closed_at": NOW, "work_due_on": None, "due_calendar": None,
                                                        "work_running_since": None})],
    "case_lapsed_only_joint": [(Case, "closed", {"close_reason": "lapsed", "outcome": None})],
    "correction_later_round_has_reason": [(CorrectionRound, "round", {"number": 2}),
                                          (CorrectionRound, "round", {"from_status": "accepted"})],
    "correction_answer_is_whole": [(CorrectionRound, "round", {"answered_at": NOW}),
                                   (CorrectionRound, "round", {"answered_at": NOW, "answered_by_revision": 1})],
    "correction_point_code_known": [(CorrectionPoint, "point", {"code": "ugly"})],
    "part_status_known": [(Part, "part", {"status": "asleep", "decided_on": ON})],
    "part_decided_has_date": [(Part, "part", {"status": "completed"}), (Part, "part", {"decided_on": ON})],
    "part_refused_has_reasons": [(Part, "part", {"status": "refused", "decided_on": ON}),
                                 (Part, "part", {"reasons": ["debt"]})],
    "part_lapses_after_due": [(Part, "part", {"lapses_on": date(2020, 1, 1)})],
    "case_mirror_status_known": [(CaseMirror, "mirror", {"status": "asleep"})],
    "case_mirror_closed_has_reason": [(CaseMirror, "mirror", {"status": "closed"}),
                                      (CaseMirror, "mirror", {"close_reason": "withdrawn"})],
    "case_mirror_decided_has_outcome": [(CaseMirror, "mirror", {"status": "granted"})],
    "correction_mirror_answer_is_whole": [(CorrectionMirror, "asked", {"answered_at": NOW})],
    "part_mirror_status_known": [(PartMirror, "part_mirror", {"status": "asleep"})],
    "part_mirror_heard_iff_not_called": [(PartMirror, "part_mirror", {"status": "called"}),
                                         (PartMirror, "part_mirror", {"heard_position": 0})],
    "revision_first_answers_nothing": [(FilingRevision, "new", {"number": 5, "answers_round": None}),
                                       (FilingRevision, "new", {"number": 1, "answers_round": 1})],
    "rebasing_goes_forward": [(CaseRebasing, "new", {"from_version": 5, "to_version": 5})],
    "rebasing_of_running_case": [(CaseRebasing, "new", {"from_version": 5, "to_version": 6, "status": "granted"})],
    "rebasing_has_reason": [(CaseRebasing, "new", {"from_version": 5, "to_version": 6, "reason": "because"})],
    "part_rebasing_goes_forward": [(PartRebasing, "new", {"from_version": 5, "to_version": 5})],
    "part_rebasing_has_reason": [(PartRebasing, "new", {"from_version": 5, "to_version": 6, "reason": "because"})],
    "revision_digest_shape": [(FilingRevision, "new", {"number": 5, "answers_round": 1, "content_digest": "md5:1"})],
}  # fmt: skip
"""Check constraint → rows that it refuses."""

TWICE: dict[str, tuple[type[Any], str, dict[str, Any]]] = {
    "revision_number_once": (FilingRevision, "revision", {}),
    "copy_of_revision_once": (FilingCopy, "copy", {}),
    "case_per_filing": (Case, "received", {}),
    "correction_round_once": (CorrectionRound, "round", {"answered_at": NOW, "answered_by_revision": 2}),
    "correction_open_once": (CorrectionRound, "round", {"number": 2, "has_reason": True}),
    "correction_point_once": (CorrectionPoint, "point", {}),
    "rebasing_once_per_version": (CaseRebasing, "new", {"to_version": 9}),
    "part_rebasing_once_per_version": (PartRebasing, "new", {"to_version": 9}),
    "part_per_case_and_step": (Part, "part", {}),
    "correction_mirror_once": (CorrectionMirror, "asked", {}),
    "part_mirror_per_case_and_step": (PartMirror, "part_mirror", {}),
}
"""Unique constraint → the row whose copy it refuses."""


@pytest.fixture
def ground() -> dict[str, Any]:
    """One coherent row of each kind."""
    with world() as w:
        yield _rows(w)


def _rows(w: World) -> dict[str, Any]:
    draft = w.draft()
    sent = w.file()
    asked = w.file()
    w.ask(w.case(asked), Point("p", "answer:chip", "wrong", "改"))
    accepted = w.file()
    w.accept(w.case(accepted))
    done = w.file()
    w.accept(w.case(done))
    w.grant(w.case(done))
    window = w.draft(w.wang_fang, "proxy", entry_key="TEST-PET-3", anchor_region=SHENZHEN)
    w.check(window, {"photo": True})
    joint = w.file_jointly()
    w.accept(w.case(joint), w.reviewer_44)
    revision = FilingRevision.objects.get(filing_id=sent)
    moved = CaseRebasing.objects.create(
        id=new_id(), case=w.case(sent), status="received", from_version=1, from_digest="a", to_version=2,
        to_digest="b", reason="law_changed", at=NOW, by="x",
    )  # fmt: skip
    followed = PartRebasing.objects.create(
        id=new_id(), part=Part.objects.get(), from_version=1, from_digest="a", to_version=2, to_digest="b",
        reason="law_changed", at=NOW, by="x",
    )  # fmt: skip
    return {
        "draft": w.filing(draft), "sent": w.filing(sent), "done": w.filing(done), "joint": None,
        "checked": FilingChecks.objects.get(), "received": w.case(sent), "correction": w.case(asked),
        "accepted": w.case(accepted), "closed": w.case(done), "round": CorrectionRound.objects.get(),
        "point": CorrectionPoint.objects.get(), "part": Part.objects.get(), "mirror": CaseMirror.objects.get(pk=sent),
        "asked": CorrectionMirror.objects.get(), "part_mirror": PartMirror.objects.get(), "revision": revision,
        "new": revision, "copy": FilingCopy.objects.get(filing_id=sent),
        ("new", FilingCopy): FilingCopy.objects.get(filing_id=sent),
        ("new", CaseRebasing): moved, ("new", PartRebasing): followed,
        ("joint", Filing): w.filing(joint), ("joint", Case): w.case(joint),
    }  # fmt: skip


def _constraints(kind: str) -> set[str]:
    return {
        constraint.name
        for model in apps.get_app_config("cases").get_models()
        for constraint in model._meta.constraints
        if type(constraint).__name__ == kind
    }


def test_every_constraint_has_a_plant():
    assert set(PLANTS) == _constraints("CheckConstraint")
    assert set(TWICE) == _constraints("UniqueConstraint")


def test_every_constraint_says_its_rule_in_a_sentence():
    for model in apps.get_app_config("cases").get_models():
        for constraint in model._meta.constraints:
            if type(constraint).__name__ == "CheckConstraint":
                assert len(constraint.violation_error_message.split()) >= 4, constraint.name


@pytest.mark.django_db
def test_each_planted_row_is_refused_by_the_constraint_that_names_its_fault(ground):
    answers = {}
    for name, plants in PLANTS.items():
        for number, (model, which, change) in enumerate(plants):
            row = ground.get((which, model)) or ground[which]
            answers[f"{name}/{number}"] = _attempt(model, row, change, new=which == "new")
    assert {plant: said for plant, said in answers.items() if said != plant.split("/")[0]} == {}


@pytest.mark.django_db
def test_each_second_row_is_refused_by_its_constraint(ground):
    answers = {
        name: _attempt(model, ground.get((which, model)) or ground[which], change, new=True)
        for name, (model, which, change) in TWICE.items()
    }
    assert {name: said for name, said in answers.items() if said != name} == {}


def _attempt(model: type[Any], row: Any, change: dict[str, Any], *, new: bool) -> str:
    """The name of the constraint that refused, or "accepted"."""
    try:
        with transaction.atomic():
            if new:
                values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
                key = model._meta.pk.attname
                values[key] = None if key == "id" and isinstance(row.pk, int) else new_id()
                model(**{**values, **change}).save(force_insert=True)
            else:
                model.objects.filter(pk=row.pk).update(**change)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    return "accepted"
