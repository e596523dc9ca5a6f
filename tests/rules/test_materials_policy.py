"""In whose matter somebody may put files in and take them back."""

from __future__ import annotations

import pytest

from tongban.kernel.ids import NodeId
from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal
from tongban.materials.policy import refuse_changing

LI_MEI = Actor(ActorKind.APPLICANT, "demo", "li-mei", NodeId("44"), level=3)


def test_a_person_acts_for_themselves_and_for_nobody_else() -> None:
    assert refuse_changing(LI_MEI, LI_MEI.ref) is None
    assert refuse_changing(LI_MEI, "applicant:demo:zhou-tao") == Refusal("permission.denied")
    assert refuse_changing(LI_MEI, "applicant:other:li-mei") == Refusal("permission.denied")


def test_a_client_that_acts_for_a_person_is_held_to_that_persons_matters() -> None:
    by_client = Actor(ActorKind.APPLICANT, "demo", "li-mei", NodeId("44"), level=3, client="c1")
    assert refuse_changing(by_client, LI_MEI.ref) is None
    assert refuse_changing(by_client, "applicant:demo:zhou-tao") == Refusal("permission.denied")
    alone = Actor(ActorKind.CLIENT, "44", "c1", NodeId("44"), client="c1")
    assert refuse_changing(alone, LI_MEI.ref) == Refusal("permission.denied")


@pytest.mark.parametrize("role", list(Role))
def test_of_all_staff_only_the_window_acts_for_the_person_who_stands_there(role: Role) -> None:
    staff = Actor(ActorKind.STAFF, "demo", "somebody", NodeId("44"), (Post(role, "440305"),), level=4)
    assert (refuse_changing(staff, LI_MEI.ref) is None) == (role == Role.CLERK)
