"""Online handling through one node that talks to itself: filed, received, accepted, corrected, decided, delivered."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cases_world import ANSWERS, ITEM, SHENZHEN, TODAY, XINING, World, world
from tongban.cases.actions import decision, filing, review
from tongban.cases.actions.review import Point
from tongban.cases.models import Case, CaseMirror, FilingCopy, FilingRevision
from tongban.journal import queries as journal
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


@pytest.mark.req("R-066", "R-076")
def test_an_online_case_goes_from_filing_to_delivered_without_anybody_meeting_anybody(w):
    filing_id = w.file()
    case = w.case(filing_id)
    assert w.page(filing_id).stage == "received"
    w.accept(case)
    assert w.page(filing_id).stage == "accepted"
    w.grant(case)
    page = w.page(filing_id)
    assert (page.status, page.stage, page.close_reason) == ("concluded", "completed", "completed")
    assert (page.result.outcome, page.result.number, page.result.delivered) == ("granted", "青宠字1号", "electronic")
    assert page.holder is None
    assert [entry.code for entry in page.timeline] == [
        "filing.submitted", "case.opened", "case.accepted", "case.decided", "filing.result_delivered",
        "case.delivered", "case.closed",
    ]  # fmt: skip
    case = w.case(filing_id)
    assert (case.status, case.close_reason, case.outcome, case.delivery_method) == (
        "closed", "completed", "granted", "electronic",
    )  # fmt: skip
    for subject in (("filing", filing_id), ("case", case.id)):
        assert journal.verify_chain(*subject)
