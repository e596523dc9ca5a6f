"""Statuses recomputed from facts: every life that the lifecycle tables allow, and what cannot follow."""

from __future__ import annotations

import pytest

from tongban.cases.rules.folding import SUBJECTS, CannotFollow, Told, fold
from tongban.cases.rules.lifecycle import case

OPENED = Told("case.opened", {"filing_number": "44-1", "revision": 1})
ASKED = Told("case.correction_requested", {"round": 1})
TAKEN = Told("case.correction_taken", {"round": 1, "revision": 2, "returns_to": "received"})
ACCEPTED = Told("case.accepted", {"accepted_on": "2026-11-23"})
GRANTED = Told("case.decided", {"outcome": "granted", "decided_on": "2026-11-24", "reasons": []})
DENIED = Told("case.decided", {"outcome": "denied", "decided_on": "2026-11-24", "reasons": ["debt"]})
DELIVERED = Told("case.delivered", {"method": "electronic"})
CLOSED = Told("case.closed", {"reason": "completed"})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([OPENED], {"status": "received", "revision": 1, "rounds": 0}),
        ([OPENED, ASKED], {"status": "correction", "correction_from": "received", "rounds": 1}),
        ([OPENED, ASKED, TAKEN], {"status": "received", "correction_from": None, "revision": 2}),
        ([OPENED, ASKED, TAKEN, ACCEPTED, DENIED], {"status": "denied", "outcome": "denied", "reasons": ["debt"]}),
        ([OPENED, ACCEPTED, GRANTED, DELIVERED, CLOSED], {"status": "closed", "close_reason": "completed"}),
    ],
)
def test_a_case_is_what_its_facts_say(told, expected):
    assert expected.items() <= fold("case", told).items()


@pytest.mark.parametrize(
    ("told", "position"),
    [
        ([ACCEPTED], 1),
        ([OPENED, OPENED], 2),
        ([OPENED, GRANTED], 2),
        ([OPENED, ASKED, ACCEPTED], 3),
        ([OPENED, ACCEPTED, Told("case.decided", {"outcome": "forgiven"})], 3),
        ([OPENED, ASKED, Told("case.correction_taken", {**TAKEN.body, "returns_to": "accepted"})], 3),
        ([OPENED, ACCEPTED, GRANTED, DELIVERED, CLOSED, DELIVERED], 6),
        ([OPENED, Told("case.invented", {})], 2),
    ],
)
def test_what_cannot_follow_is_named_by_its_position(told, position):
    with pytest.raises(CannotFollow) as found:
        fold("case", told)
    assert found.value.position == position


def test_a_refused_wish_to_withdraw_sets_the_filing_going_again_and_other_words_do_not():
    told = [
        Told("filing.started", {}),
        Told("filing.submitted", {"filing_number": "44-1", "revision": 1}),
        Told("filing.withdrawal_requested", {}),
    ]
    waiting = [*told, Told("filing.case_noted", {"said": "case.accepted"})]
    assert fold("filing", waiting)["status"] == "withdrawal_requested"
    refused = [*waiting, Told("filing.case_noted", {"said": "case.withdrawal_refused"})]
    assert fold("filing", refused)["status"] == "submitted"


@pytest.mark.parametrize("outcome", ["completed", "refused"])
def test_a_part_is_what_its_facts_say(outcome):
    told = [
        Told("part.opened", {"filing_number": "44-1"}),
        Told("part.decided", {"outcome": outcome, "decided_on": "2026-11-24", "reasons": []}),
    ]
    assert fold("part", told)["status"] == outcome


def test_no_facts_say_nothing():
    assert fold("case", []) == {}


def test_in_no_status_does_a_fact_lead_to_two_places_that_the_fold_cannot_tell_apart():
    told_apart = {("case", "case.decided"), ("filing", "filing.case_noted")}
    for kind, subject in SUBJECTS.items():
        leads: dict[tuple[str, str], set[str | None]] = {}
        for (status, _), to in subject.table.items():
            leads.setdefault((status, to.says.name), set()).add(to.status)
        doubtful = {(kind, name) for (_, name), places in leads.items() if len(places) > 1}
        assert doubtful <= told_apart | {("part", "part.decided")}
    assert case.TRANSITIONS, "the tables were read"
