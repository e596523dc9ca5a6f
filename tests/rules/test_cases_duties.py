"""Which place may open a case, what is never asked for twice, what a window must do before anything leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.test_cases_lifecycle import AT, a_filing

from tongban.cases.rules.completeness import missing_materials
from tongban.cases.rules.lifecycle import filing
from tongban.cases.rules.reception import Arrival, Decline, reason_to_decline
from tongban.items.views import MaterialReq

NODES = st.sampled_from(["14", "44", "63"])
GOOD = Arrival("44", "44", "44", True, ("online", "proxy"), "online", "63", True)
SCAN = ("application/pdf", "image/jpeg")


@pytest.mark.req("R-048")
@given(NODES, NODES)
def test_wherever_papers_are_taken_in_only_the_competent_node_opens_a_case(intake, me):
    arrival = replace(GOOD, sender=intake, intake_node=intake, intake_owner=intake)
    assert (reason_to_decline(arrival, me=me) is None) == (me == GOOD.competent_node)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": "14"}, Decline.SENDER_MAY_NOT_FILE),
        ({"intake_owner": "14"}, Decline.SENDER_MAY_NOT_FILE),
        ({"whole": False}, Decline.MALFORMED),
        ({"item_known": False}, Decline.ITEM_VERSION_UNKNOWN),
        ({"mode": "joint"}, Decline.MODE_NOT_OPEN),
        ({"competent_node": None}, Decline.NOT_COMPETENT),
    ],
)
def test_a_filing_is_declined_for_the_first_thing_that_cannot_be_trusted(changes, reason):
    assert reason_to_decline(replace(GOOD, **changes), me="63") is reason


@pytest.mark.req("R-070")
@given(st.sampled_from(["form", "license", "data", "promise"]), st.sampled_from(["required", "optional"]))
def test_what_data_or_a_license_proves_is_never_asked_for(stands_in, necessity):
    proven = MaterialReq(key="old", name="原证", name_en="Old", form="either", necessity=necessity, exempt=True,
                         exempt_by=stands_in, accepts=SCAN)  # fmt: skip
    asked = replace(proven, key="letter", exempt=False, exempt_by=None, necessity="required")
    assert missing_materials([proven, asked], (), {}) == ("letter",)
    assert missing_materials([proven, asked], {"letter"}, {}) == ()


@pytest.mark.req("R-081")
@pytest.mark.parametrize(
    ("recorded", "failed", "leaves"), [(False, (), False), (True, ("id_card",), False), (True, (), True)]
)
def test_nothing_leaves_a_window_before_its_checks_are_recorded_and_in_order(recorded, failed, leaves):
    draft = a_filing(status=filing.Status.DRAFT, mode="proxy", channel="window",
                     checks_recorded=recorded, checks_failed=failed)  # fmt: skip
    refused = filing.obstacle(draft, filing.Step.SUBMIT, AT)
    assert (refused is None) is leaves
    if refused is not None:
        assert refused.code == "state.checks_missing"
        assert refused.params == ({"failed": list(failed)} if failed else {})
