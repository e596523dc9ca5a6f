"""Mirrors dropped and rebuilt from kept messages equal the former, whatever had happened to them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cases_world import ME, World, world

from tongban.cases.actions.heard import Heard
from tongban.cases.actions.mirror import rebuilding
from tongban.cases.models import Case, CaseMirror, CorrectionMirror, Filing, Part, PartMirror
from tongban.cases.models.sealed import unseal
from tongban.exchange.stored import applied
from tongban.journal import queries as journal
from tongban.kernel.people import system
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


def live(w: World) -> None:
    first = w.file()
    w.ask(w.case(first))
    w.answer(first)
    w.accept(w.case(first))
    w.grant(w.case(first))
    w.withdraw(w.file())
    w.not_accept(w.case(w.file()))
    joint = w.file_jointly()
    w.accept(w.case(joint), w.reviewer_44)
    w.complete(w.open_part(joint))


def mirrors() -> dict[str, Any]:
    """Every column of every mirror; sealed ones opened, surrogate keys left out."""
    found: dict[str, Any] = {}
    for row in CaseMirror.objects.all():
        values = {f.attname: getattr(row, f.attname) for f in CaseMirror._meta.fields if f.name != "result_sealed"}
        values["result"] = unseal(row.result_sealed, table="case_mirror", id=row.filing_id, column="result")
        found[f"case {row.filing_id}"] = values
    for row in PartMirror.objects.all():
        values = {f.attname: getattr(row, f.attname) for f in PartMirror._meta.fields if f.name != "words_sealed"}
        values["words"] = unseal(row.words_sealed, table="part_mirror", id=row.part_id, column="words")
        found[f"part {row.part_id}"] = values
    for row in CorrectionMirror.objects.all():
        skipped = ("id", "words_sealed")
        values = {f.attname: getattr(row, f.attname) for f in CorrectionMirror._meta.fields if f.name not in skipped}
        key = f"{row.filing_id}/{row.round}"
        values["words"] = unseal(row.words_sealed, table="correction", id=key, column="words")
        found[f"correction {key}"] = values
    return found


def kept() -> list[Any]:
    return [
        (e.message, Heard(e.sender, e.at, e.chain.name, e.chain.subject_type, e.chain.subject_id, e.chain.position))
        for e in applied(rebuilding.TYPES)
    ]


def test_the_rebuilt_mirrors_equal_the_former_and_nothing_else_moves(w):
    live(w)
    former = mirrors()
    others = [sorted(map(str, model.objects.values())) for model in (Filing, Case, Part)]
    assert {key.split()[0] for key in former} == {"case", "part", "correction"}
    rebuilding.rebuild(w.act(system(ME)), kept())
    assert mirrors() == former
    assert [sorted(map(str, model.objects.values())) for model in (Filing, Case, Part)] == others


def test_mirrors_that_were_tampered_with_or_lost_come_back_right(w):
    live(w)
    former = mirrors()
    CaseMirror.objects.filter(status="closed").update(region="440000")
    CorrectionMirror.objects.update(taken_at=None)
    CaseMirror.objects.filter(outcome="granted").update(reasons=["invented"])
    assert mirrors() != former
    node = rebuilding.rebuild(w.act(system(ME)), kept())
    assert mirrors() == former
    (fact,) = journal.facts("node", node)
    assert fact.body["messages"] == len(kept())


def test_a_message_that_does_not_fit_leaves_the_former_mirrors_standing(w):
    live(w)
    former = mirrors()
    with pytest.raises(Exception, match="step_not_possible"):
        rebuilding.rebuild(w.act(system(ME)), kept()[2:3])
    assert mirrors() == former


def test_nobody_but_the_nodes_operator_drops_its_mirrors(w):
    live(w)
    before = CaseMirror.objects.count()
    with pytest.raises(Refusal, match=r"permission\.denied"):
        rebuilding.rebuild(w.act(w.reviewer_44), [])
    assert CaseMirror.objects.count() == before > 0
