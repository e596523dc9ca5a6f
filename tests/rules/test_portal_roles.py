"""What the two places a visitor names are to a matter."""

from __future__ import annotations

from tongban.portal.rules.roles import Roles, roles

HERE, THERE = "441900", "630100"


def test_a_certificate_belongs_to_the_place_named_second() -> None:
    assert roles(("online", "proxy"), "competent_region", HERE, THERE) == Roles("there", THERE)


def test_what_is_transferred_comes_from_the_place_named_second_to_where_the_person_is() -> None:
    assert roles(("joint",), "competent_region", HERE, THERE) == Roles("transfer", HERE, THERE)


def test_the_other_way_round_it_goes_to_the_place_named_second() -> None:
    assert roles(("joint",), "competent_region", HERE, THERE, turned=True) == Roles(
        "transfer", THERE, HERE, turned=True
    )


def test_what_is_decided_where_one_files_needs_no_second_place() -> None:
    assert roles(("online",), "intake_region", HERE, "") == Roles("here", HERE)


def test_a_matter_that_can_also_be_filed_online_is_no_transfer() -> None:
    assert roles(("online", "joint"), "competent_region", HERE, THERE).kind == "there"
