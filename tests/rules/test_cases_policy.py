"""Who may: the matrix of actors against steps, and what a reader sees of each impossible step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.test_cases_lifecycle import AT, a_case, a_filing, a_part

from tongban.cases import policy
from tongban.cases.rules.lifecycle import case, filing, part
from tongban.kernel.people import Actor, ActorKind, Post, Role, clock, peer, system

REVIEWER = Actor(ActorKind.STAFF, "63", "chen", "63", posts=(Post(Role.REVIEWER, "630000"),))
CLERK = Actor(ActorKind.STAFF, "44", "wang", "44", posts=(Post(Role.CLERK, "440300"),))
APPLICANT = Actor(ActorKind.APPLICANT, "x", "y", "44")
OUTSIDER = Actor(ActorKind.APPLICANT, "x", "z", "44")
ROLES = st.sampled_from([role for role in Role if role is not Role.REVIEWER])
REGIONS = st.sampled_from(["440000", "440300", "630000", "630100", "630102"])


@pytest.mark.req("R-081", "R-087")
@given(
    st.lists(st.builds(Post, role=ROLES, region=REGIONS)),
    st.sampled_from(["44", "63"]),
    st.sampled_from(case.PEOPLE_STEPS),
)
def test_without_a_reviewers_post_nobody_takes_a_step_of_a_case(posts, node, step):
    actor = Actor(ActorKind.STAFF, node, "somebody", node, posts=tuple(posts))
    refused = policy.may(actor, step, a_case(owner="63"))
    assert refused.code == ("permission.denied" if node == "63" else "permission.not_owner")


@pytest.mark.req("R-048", "R-087")
@given(st.sampled_from(case.PEOPLE_STEPS), REGIONS)
def test_a_reviewer_of_another_node_never_takes_a_step(step, region):
    elsewhere = Actor(ActorKind.STAFF, "44", "li", "44", posts=(Post(Role.REVIEWER, region),))
    assert policy.may(elsewhere, step, a_case(owner="63")).code == "permission.not_owner"


def test_a_reviewers_post_covers_its_region_and_what_lies_below():
    for region, covered in (("630000", True), ("630100", True), ("630102", True), ("440300", False)):
        assert (policy.may(REVIEWER, case.Step.ACCEPT, a_case(region=region)) is None) is covered
    county = replace(REVIEWER, posts=(Post(Role.REVIEWER, "630102"),))
    assert policy.may(county, case.Step.ACCEPT, a_case(region="630100")) is not None


def test_a_post_at_an_authority_or_department_covers_no_other():
    at_unit = replace(REVIEWER, posts=(Post(Role.REVIEWER, "630000", authority="630100-pets"),))
    assert policy.may(at_unit, case.Step.ACCEPT, a_case(authority="630100-pets")) is None
    assert policy.may(at_unit, case.Step.ACCEPT, a_case(authority="630200-pets")) is not None
    of_cars = replace(REVIEWER, posts=(Post(Role.REVIEWER, "630000", department="cars"),))
    assert policy.may(of_cars, case.Step.ACCEPT, a_case(department="pets")) is not None


def test_posts_do_not_add_up_to_powers_none_of_them_has():
    both = replace(CLERK, posts=(Post(Role.CLERK, "630100"), Post(Role.REVIEWER, "440000")), node="63")
    assert policy.may(both, case.Step.GRANT, a_case(owner="63")) is not None


@given(st.sampled_from(filing.PEOPLE_STEPS))
def test_only_the_applicant_moves_their_own_filing(step):
    facts = a_filing()
    assert (policy.may(APPLICANT, step, facts) is None) == (
        step not in (filing.Step.RECORD_CHECKS, filing.Step.HAND_OVER)
    )
    for stranger in (OUTSIDER, CLERK, REVIEWER, clock("44")):
        assert policy.may(stranger, step, facts) is not None


def test_only_the_clock_lets_time_pass_and_only_nodes_speak_for_nodes():
    assert policy.may(clock("63"), case.Step.DEEM_ACCEPTED, a_case()) is None
    assert policy.may(REVIEWER, case.Step.DEEM_ACCEPTED, a_case()) is not None
    assert policy.may(peer("44"), case.Step.TAKE_CORRECTION, a_case()) is None
    assert policy.may(REVIEWER, case.Step.TAKE_CORRECTION, a_case()) is not None
    assert policy.may(system("63"), case.Step.GRANT, a_case()) is not None
    assert policy.may(clock("63"), part.Step.LAPSE, a_part()) is None


def test_possible_steps_name_the_reason_of_every_impossible_one():
    steps = policy.possible_steps(REVIEWER, a_case(), AT)
    assert set(steps) == set(case.PEOPLE_STEPS)
    assert {step for step, no in steps.items() if no is None} == {
        case.Step.ACCEPT, case.Step.NOT_ACCEPT, case.Step.REQUEST_CORRECTION,
    }  # fmt: skip
    assert steps[case.Step.GRANT].code == "state.step_not_possible"
    assert all(
        no.code == "permission.not_owner" for no in policy.possible_steps(CLERK, a_case(), AT).values()
    )


def test_steps_of_another_mode_are_not_even_greyed():
    assert filing.Step.HAND_OVER not in policy.possible_steps(APPLICANT, a_filing(), AT)
    assert filing.Step.HAND_OVER in policy.possible_steps(CLERK, a_filing(mode="proxy", channel="window"), AT)
