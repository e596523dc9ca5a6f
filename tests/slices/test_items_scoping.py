"""Who may change the reach of an entry, what is refused, and that a filing between closed places is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.slices import test_items_publishing as publishing
from tests.slices.test_items_publishing import loaded  # noqa: F401 - the catalog of 44 and the four nodes

from tongban.cases.actions import pinning
from tongban.items import loading, reach
from tongban.items.actions import scoping
from tongban.items.models import ItemScope
from tongban.journal import queries as journal
from tongban.kernel.people import Role
from tongban.kernel.problems import Refusal
from tongban.organizations import loading as organizations
from tongban.organizations import queries as regions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

PENSION, DIVORCE = "QH2020-1-07", "QH2020-3-04"
SHENZHEN, GUANGZHOU, XINING = "440305", "440106", "630102"
BECAUSE = {"words": "试点通知", "source": "粤府函〔2026〕1号（演示）"}


@pytest.fixture
def places(loaded):  # noqa: F811
    organizations.load("44")
    regions.forget()


def refusal(call) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


@pytest.mark.req("R-298")
def test_a_pilot_inside_the_province_opens_from_its_day_and_ends_with_a_reason():
    day = publishing.LATER
    key = scoping.set_scope(
        publishing.ONE, DIVORCE, kind="province_wide", stage="trial", begins=day, regions=("440000",), **BECAUSE
    )
    assert not reach.opening(DIVORCE, GUANGZHOU, SHENZHEN, day - timedelta(days=1)).open
    assert reach.opening(DIVORCE, GUANGZHOU, SHENZHEN, day).stage == "trial"
    assert not reach.opening(DIVORCE, XINING, SHENZHEN, day).open
    assert refusal(lambda: scoping.end_scope(publishing.ONE, key, on=day, reason="总结")).fields == {"on": "date_wrong"}
    end = day + timedelta(days=30)
    assert refusal(lambda: scoping.end_scope(publishing.ONE, key, on=end, reason=" ")).code == "state.reason_missing"
    scoping.end_scope(publishing.ONE, key, on=end, reason="试点期满")
    assert reach.opening(DIVORCE, GUANGZHOU, SHENZHEN, end).state != "open"
    names = [f.name for f in journal.facts("item_reach", scoping.subject_of(DIVORCE))]
    assert names == ["items.scope_set", "items.scope_ended"]


def test_two_stages_of_one_kind_and_area_cannot_hold_on_one_day():
    def again(begins: date) -> str:
        return scoping.set_scope(
            publishing.ONE, DIVORCE, kind="province_wide", stage="live", begins=begins, regions=("440000",), **BECAUSE
        )

    first = again(publishing.LATER)
    assert refusal(lambda: again(publishing.LATER + timedelta(days=5))).code == "state.scope_overlap"
    scoping.end_scope(publishing.ONE, first, on=publishing.LATER + timedelta(days=5), reason="改为正式")
    assert again(publishing.LATER + timedelta(days=5))


@pytest.mark.req("R-053")
def test_a_province_exempts_itself_and_comes_in_later_and_nobody_else_does_it_for_it():
    begins, ends = publishing.TODAY, publishing.TODAY + timedelta(days=90)
    key = scoping.exempt(publishing.ONE, PENSION, "440000", begins=begins, **BECAUSE)
    assert reach.opening(PENSION, XINING, SHENZHEN, begins).state == "exempt"
    refused = refusal(lambda: pinning.must_reach(PENSION, XINING, SHENZHEN, begins))
    assert (refused.code, refused.params["why"]) == ("state.scope_closed", "exempted")
    scoping.end_exemption(publishing.ONE, key, on=ends, reason="系统就绪")
    assert reach.opening(PENSION, XINING, SHENZHEN, begins).until == ends
    assert reach.opening(PENSION, XINING, SHENZHEN, ends).open
    pinning.must_reach(PENSION, XINING, SHENZHEN, ends)
    for region in ("630000", "140100"):
        denied = refusal(lambda r=region: scoping.exempt(publishing.ONE, PENSION, r, begins=begins, **BECAUSE))
        assert denied.code == "permission.denied"


def test_what_a_manager_set_survives_the_next_loading():
    key = scoping.exempt(publishing.ONE, PENSION, "440000", begins=publishing.TODAY, **BECAUSE)
    loading.load("44")
    assert [e.key for e in reach.closed_regions(PENSION, publishing.TODAY)] == [key]
    assert loading.load("44").written == 0


@pytest.mark.parametrize(
    ("fields", "fault"),
    [({"kind": "national"}, "kind"), ({"stage": "planned"}, "stage"), ({"area": "atlantis"}, "area"),
     ({"kind": "regional", "regions": ()}, "area"), ({"ends": date(2020, 1, 1)}, "ends"), ({"source": " "}, "source"),
     ({"regions": ("999999",)}, "regions")],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(fields, fault):
    wanted = {"kind": "cross_province", "stage": "live", "begins": publishing.LATER, "regions": ("440000",), **BECAUSE}
    refused = refusal(lambda: scoping.set_scope(publishing.ONE, PENSION, **{**wanted, **fields}))
    assert (refused.code, list(refused.fields)) == ("request.invalid", [fault])


def test_only_item_managers_and_for_everywhere_only_the_directory():
    wanted = {"kind": "cross_province", "stage": "live", "begins": publishing.LATER, **BECAUSE}
    clerk = publishing.manager("wang-fang", Role.CLERK)
    assert refusal(lambda: scoping.set_scope(clerk, PENSION, **wanted)).code == "permission.denied"
    assert refusal(lambda: scoping.set_scope(publishing.ONE, PENSION, **wanted)).code == "permission.denied"
    assert refusal(lambda: scoping.end_scope(publishing.ONE, f"{PENSION}/1", on=publishing.LATER, reason="x")).code == (
        "permission.denied"
    )
    assert refusal(lambda: scoping.set_scope(publishing.ONE, "QH2020-9-99", **wanted)).code == "request.not_found"
    assert not ItemScope.objects.exclude(owner="").exists()


@pytest.mark.req("R-047")
def test_an_entry_is_not_live_where_no_unit_has_the_power_and_the_reason_is_named():
    aviation, county = "QH2020-1-49", "440305"
    wanted = {"kind": "province_wide", "stage": "live", "begins": publishing.LATER, **BECAUSE}
    refused = refusal(lambda: scoping.set_scope(publishing.ONE, aviation, regions=(county,), **wanted))
    assert (refused.code, refused.params["regions"]) == ("state.no_authority", [county])
    assert scoping.set_scope(publishing.ONE, aviation, regions=("440000",), **wanted)
