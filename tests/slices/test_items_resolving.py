"""Who decides, asked everywhere: every region of the country × every open item, every entry × every kind of place."""

from __future__ import annotations

from datetime import date

import pytest
from tests.catalog_data import enrol_the_four, reference_data

from tongban.directory import queries as directory
from tongban.items import checking_routes, queries, routing
from tongban.items.rules.routes import Asked, Route, contradicts
from tongban.items.rules.routes import route as rule
from tongban.kernel.problems import Refusal
from tongban.ops.commands import catalog
from tongban.organizations import queries as organizations
from tongban.organizations.models import Region

TODAY = date(2026, 11, 22)
RANK = {"province": 1, "prefecture": 2, "county": 3}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.fixture(scope="module")
def regions(loaded) -> list[str]:
    return sorted(Region.objects.values_list("code", flat=True))


@pytest.mark.django_db
def test_before_anything_is_loaded_no_place_is_competent():
    assert routing.route("QH2020-2-48", "own_place", "630000", TODAY) == routing.Unsettled("entry_unknown")


@pytest.mark.req("R-048")
def test_every_region_has_one_deciding_unit_for_every_open_item_or_one_refusal(regions):
    """Exhaustive: 3,212 regions × every entry open at a demo province."""
    assert len(regions) == 3212
    open_ = [queries.open_version(entry.key, "63", TODAY) for entry in queries.filable_entries()]
    versions = [version for version in open_ if version is not None]
    assert len(versions) >= 12
    asked = Asked(places=(), to_apply=True, level="", department="", by_intake=False)
    answered = wide = 0
    for code in regions:
        node, chain = directory.node_of_region(code, TODAY), {r.code: r for r in organizations.chain(code)}
        place = routing.place_of(code, TODAY)
        for version in versions:
            found = queries.resolve(version, code, TODAY)
            if node is None:
                assert isinstance(found, Refusal) and found.code == "state.no_competent_node"
                continue
            if isinstance(found, Refusal):  # too wide a place: the city or the county has to be named
                assert found.code == "request.invalid" and set(found.fields) == {"anchor_region"}
                assert RANK[chain[code].level] < RANK[version.region_level]
                assert rule(asked, "", place, routing.implemented_by(version)) == routing.Unsettled("place_too_wide")
                wide += 1
                continue
            answered += 1
            assert found.node == node and found.region in chain  # the unit stands above the anchor, never beside it
            assert RANK[found.region_level] >= RANK[version.region_level] or found.region == code
            assert found.authority_code == f"{found.region}-{version.department}"
            routed = rule(asked, version.anchor_kind, place, routing.implemented_by(version))
            assert isinstance(routed, Route)  # both ways of asking give the same unit
            assert (routed.node, routed.region, routed.authority_code) == (node, found.region, found.authority_code)
    assert answered > 10 * wide > 0
    assert answered + wide == sum(code[:2] in ("63", "44", "14") for code in regions) * len(versions)


@pytest.mark.req("R-313")
def test_every_region_entry_and_kind_of_place_has_one_unit_or_one_reason(loaded, tell):
    """Exhaustive: 138 entries × 37 kinds of place × 3,212 regions. What an entry does not ask for is asked once for all
    regions, because the rule has no region to depend on there (``rules.routes.not_asked``)."""
    found = checking_routes.check(TODAY)
    kinds = [place.kind for place in organizations.anchor_places()] + [routing.FILING_PLACE]
    assert (found.entries, found.kinds, found.regions) == (138, len(set(kinds)), 3212)
    assert found.triples == 138 * len(set(kinds)) * 3212 and found.contradictions == ()
    assert found.calls == sum(
        1 + 3212 * (routing.not_asked(routing.asked_of(entry), kind) is None)
        for entry in queries.entries(limit=200).items
        for kind in set(kinds)
    )
    demo = sum(len(organizations.children(c)) for p in ("63", "44", "14") for c in [f"{p}0000"])
    assert found.answers["unit"] > 100 * demo, "each entry that asks for a place is answered in the demo provinces"
    assert set(found.answers) == {
        "unit", "no_node", "place_too_wide", "place_not_asked", "no_place_word", "nothing_to_apply_for"
    }  # fmt: skip
    assert found.answers["nothing_to_apply_for"] == 2 * found.kinds * found.regions
    (line,) = catalog.routes_lines(found)
    assert line.endswith("errors 0")
    tell(line)


def test_what_the_pages_ask_is_what_was_checked_for_all(loaded):
    """The shell around the rule: the same answer through the database, for every entry and kind of place."""
    places = ("630000", "630102", "440305", "110101", "999999")
    for entry in queries.entries(limit=200).items:
        asked = routing.asked_of(entry)
        for kind in (*asked.places, "household_place"):
            for code in places if kind in asked.places else places[:1]:
                place = routing.place_of(code, TODAY)
                implemented = routing.implemented_at(entry.key, place.node, TODAY) if place.node else None
                wanted = routing.not_asked(asked, kind) or rule(asked, kind, place, implemented)
                assert routing.route(entry.key, kind, code, TODAY) == wanted


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (Route("63", "630100", "police", "630100-police", "own_place", "anchor", True), False),
        (Route("44", "630100", "police", "630100-police", "own_place", "anchor", True), True),
        (Route("63", "630200", "police", "630200-police", "own_place", "anchor", True), True),
        (routing.Unsettled("no_node"), False),
        (routing.Unsettled("place_not_asked"), True),
    ],
)
def test_an_answer_that_cannot_be_is_told_from_one_that_can(loaded, found, wrong):
    assert contradicts(found, routing.place_of("630102", TODAY)) is wrong
