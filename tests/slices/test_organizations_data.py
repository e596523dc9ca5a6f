"""Regions, calendar, authorities and windows as they come with the program."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.catalog_data import reference_data

from tongban.kernel.time import due_after_working_days
from tongban.organizations import loading, queries
from tongban.organizations.models import Authority, Region, Window
from tongban.organizations.rules.regions import BadRegionData, regions_from_areas


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def after_loading(request):
    """Every test but the one that wants an empty database."""
    if request.node.get_closest_marker("django_db") is None:
        request.getfixturevalue("loaded")


@pytest.mark.django_db
def test_before_anything_is_loaded_every_question_has_an_empty_answer():
    assert queries.region("630000") is None
    assert queries.path("630000") == ()
    assert queries.calendar().version == "none"
    assert queries.calendar().is_estimated(date(2026, 1, 1))


def test_the_regions_are_34_provinces_333_prefectures_and_2845_counties(loaded):
    assert loaded.organizations.regions == "34/333/2845"
    assert any("34/333/2845" in line for line in loaded.lines)
    assert Region.objects.count() == 34 + 333 + 2845


def test_a_second_load_writes_nothing(loaded):
    assert loading.load("63").written == 0


def test_a_row_that_was_altered_is_put_right_by_the_next_load():
    with transaction.atomic():
        Region.objects.filter(code="630100").update(name="别的市")
        assert loading.load("63").written == 1
        assert queries.region_name("630100") == "西宁市"
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("630102", ("青海省", "西宁市", "城东区")),
        ("110101", ("北京市", "东城区")),  # a municipality has no prefecture level
        ("419001", ("河南省", "济源市")),  # administered by the province
        ("441900", ("广东省", "东莞市")),  # a city without counties
        ("710000", ("台湾省",)),  # the package has no code for it
        ("500105", ("重庆市", "两江新区")),  # an old code
        ("999999", ()),
    ],
)
def test_the_traps_of_region_codes_are_put_right(code, path):
    assert queries.path(code) == path


def test_children_come_in_the_order_of_their_sound_and_provinces_in_the_order_of_codes():
    counties = [r.pinyin for r in queries.children("630100")]
    assert counties == sorted(counties)
    assert len(counties) > 3
    assert [r.code for r in queries.children(None)][:3] == ["110000", "120000", "130000"]


def test_regions_are_found_by_name_sound_code_and_english():
    for text in ("西宁", "xining", "630100", "Xining"):
        assert "630100" in [r.code for r in queries.search_regions(text)]
    assert queries.search_regions("  ") == ()


def test_every_region_has_a_sort_key_and_an_english_name():
    assert not Region.objects.filter(pinyin="").exists()
    assert not Region.objects.filter(name_en="").exists()


def test_a_region_without_a_parent_that_is_no_province_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="region_parent_unless_province"), transaction.atomic():
        Region.objects.create(code="639999", name="无", name_en="x", level="county", pinyin="wu", source="test")


def test_data_with_other_counts_than_expected_is_refused():
    overlay = [{"op": "expect", "level": "province", "note": "2"}, {"op": "widen", "match": "2", "level": "province"}]
    with pytest.raises(BadRegionData, match="expected"):
        regions_from_areas([{"code": "11", "name": "北京市"}], overlay, {"110000": ("beijingshi", "Beijing")})


def test_authorities_of_the_three_provinces_are_generated_and_marked_so():
    assert Authority.objects.filter(generated=False).count() == 0
    assert {a.node for a in queries.authorities(department="transport")} == {"63", "44", "14"}
    found = queries.authority("630100-transport")
    assert found is not None
    assert (found.name, found.level) == ("西宁市交通运输局", "prefecture")


def test_every_county_of_the_three_provinces_has_a_marked_cross_province_window():
    counties = Region.objects.filter(level="county")
    wanted = {c.code for c in counties if c.code[:2] in ("63", "44", "14")}
    having = set(Window.objects.filter(generated=True).values_list("region", flat=True))
    assert len(wanted) == 283
    assert having == wanted | {"441900", "442000"}  # 东莞 and 中山 have no counties
    window = queries.windows("630102")[0]
    assert window.hours[0] == ("mon-fri", "09:00-12:00")
    assert len(queries.windows("630100")) == len(queries.children("630100"))


def test_the_place_words_of_the_annex_are_explained_in_both_languages():
    places = queries.anchor_places()
    assert all(p.explanation and p.explanation_en for p in places)
    assert queries.anchor_place("household_place").label == "户籍地"
    assert queries.anchor_place("issuing_place") is not None
    assert queries.anchor_place("nowhere") is None


ADJUSTED_2026 = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("day", ADJUSTED_2026)
def test_adjusted_workdays_of_2026_are_working_days_though_they_fall_on_weekends(day):
    assert day.weekday() >= 5
    assert queries.calendar().is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 17), date(2026, 10, 1), date(2025, 10, 8)])
def test_holidays_on_weekdays_are_not_working_days(day):
    assert day.weekday() < 5
    assert not queries.calendar().is_working_day(day)


def test_no_other_weekend_of_2026_is_a_working_day():
    calendar = queries.calendar()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in days if d.weekday() >= 5 and calendar.is_working_day(d)] == ADJUSTED_2026


@pytest.mark.req("R-111")
def test_five_working_days_across_the_national_holiday_of_2026():
    # from Tue 29 Sep: 30 Sep, then the holiday 1-7 Oct, 8, 9, the adjusted Saturday 10, and Mon 12
    due = due_after_working_days(date(2026, 9, 29), 5, queries.calendar())
    assert (due.on, due.estimated, due.calendar_version) == (date(2026, 10, 12), False, "CN-2026.1")


def test_a_due_date_past_the_last_official_year_is_marked_estimated():
    assert due_after_working_days(date(2026, 12, 30), 5, queries.calendar()).estimated


def test_an_earlier_calendar_can_be_asked_for_by_its_version():
    assert queries.calendar_version("CN-2026.1").official_until == date(2026, 12, 31)
    assert queries.calendar_version("CN-1999.1") is None
