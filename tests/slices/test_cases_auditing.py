"""Rows altered past the actions are found out: statuses by the facts, mirrors by the messages kept."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.cases_world import World, world
from tests.slices.test_cases_mirror_rebuilding import live

from tongban.cases.models import Case, CaseMirror, Filing, Part, PartMirror
from tongban.cases.queries.auditing import statuses_from_facts
from tongban.journal.models import Fact
from tongban.ops.auditing import audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        live(found)
        yield found


@pytest.mark.req("R-248")
def test_what_lived_through_every_mode_says_what_its_facts_say(w):
    facts = Fact.objects.count()
    found = audit()
    assert found.wrong == ()
    parts = Part.objects.count() + PartMirror.objects.count()
    assert found.rows == Filing.objects.count() + Case.objects.count() + parts
    assert (found.mirrors, Fact.objects.count()) == (found.mirrors, facts), "nothing was written"
    assert found.mirrors >= CaseMirror.objects.count() + PartMirror.objects.count()


@pytest.mark.req("R-248")
@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE cases_filing SET close_reason = 'lapsed' WHERE close_reason = 'completed'",
        "UPDATE cases_filing SET number = number || 'X' WHERE number IS NOT NULL",
        "UPDATE cases_case SET revision = revision + 1",
        "UPDATE cases_case SET reasons = '[\"conditions_not_met\"]' WHERE reasons <> '[]'",
        "UPDATE cases_part SET reasons = '[\"debt\"]', status = 'refused' WHERE status = 'completed'",
        "UPDATE cases_casemirror SET outcome = 'denied' WHERE outcome = 'granted'",
        "UPDATE cases_casemirror SET region = '440000'",
        "UPDATE cases_correctionmirror SET points = '[]'",
        "UPDATE cases_partmirror SET owner = '63'",
        "UPDATE cases_partmirror SET step_key = step_key || 'x'",
        "DELETE FROM cases_correctionmirror",
    ],
)
def test_an_altered_row_is_named(w, alteration):
    with connection.cursor() as cursor:
        cursor.execute(alteration)
        assert cursor.rowcount > 0, "nothing was altered"
    assert audit().wrong


def test_a_fact_taken_out_of_a_chain_is_named_by_the_statuses_as_well(w):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM journal_fact WHERE name = 'case.accepted'")
        assert cursor.rowcount > 0
    _, found = statuses_from_facts()
    assert {d.column for d in found if d.kind == "case"} >= {"facts"}
