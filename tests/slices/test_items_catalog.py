"""The catalog as it comes with the program: counts, twins, versions, competence, guides, search over the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.catalog_data import enrol_the_four, reference_data

from tongban.items import loading, queries
from tongban.items.models import BaseItem, Implementation, ListEntry, Synonym
from tongban.items.queries import Competence, VersionRef
from tongban.items.rules.sources import BadCatalogData
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.organizations.models import Region

TODAY = date(2026, 11, 22)
DRIVER, PENSION, UNEMPLOYMENT, MARRIAGE = "QH2020-2-48", "QH2020-1-07", "QH2020-1-05", "QH2020-3-03"
DETAILED = loading.DATA_DIR / "items" / "detailed"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker) as found:
        enrol_the_four()
        yield found


@pytest.fixture(autouse=True)
def after_loading(request):
    """Every test but the one that wants an empty database."""
    if request.node.get_closest_marker("django_db") is None:
        request.getfixturevalue("loaded")


@pytest.mark.django_db
def test_before_anything_is_loaded_every_question_has_an_empty_answer():
    assert queries.entry(DRIVER) is None
    assert queries.search("驾照") == ()
    assert queries.open_version(DRIVER, "63", TODAY) is None
    assert queries.counts().entries == 0


@pytest.mark.req("R-010")
def test_the_list_of_2020_has_58_72_and_8_entries_138_in_all(loaded):
    assert loaded.items.by_batch == {1: 58, 2: 72, 3: 8}
    assert queries.counts().entries == ListEntry.objects.count() == 138
    assert queries.counts().by_batch == {1: 58, 2: 72, 3: 8}


@pytest.mark.req("R-014")
def test_the_eight_later_entries_keep_their_own_deadlines_word_for_word():
    import json

    rows = json.loads((loading.DATA_DIR / "items" / "list_2020.json").read_text("utf-8"))["items"]
    wanted = {r["derived_id"]: r["deadline"] for r in rows if r["batch"] == 3}
    assert len(wanted) == 8
    assert {e.key: e.deadline for e in queries.entries(limit=200, batch=3).items} == wanted
    assert all(wanted.values())


def test_a_second_load_writes_nothing(loaded):
    assert loaded.items.written > 0
    assert loading.load("63").written == 0


def test_twin_entries_share_a_base_item_so_there_are_134():
    assert BaseItem.objects.count() == queries.counts().base_items == 134
    for narrow, wide in (("1-21", "2-27"), ("1-22", "2-28"), ("1-23", "2-29"), ("1-04", "2-11")):
        one, two = queries.entry(f"QH2020-{narrow}"), queries.entry(f"QH2020-{wide}")
        assert one.base_code == two.base_code
        assert [t.key for t in one.twins] == [two.key]
        assert [t.key for t in two.twins] == [one.key]


def test_every_entry_keeps_its_words_and_has_an_english_name_a_department_and_a_theme():
    for entry in queries.entries(limit=200).items:
        assert entry.name and entry.scenario and entry.lead_unit, entry.key
        assert entry.name_en.isascii(), entry.key
        assert entry.department and entry.theme_en.isascii(), entry.key


def test_derived_modes_stay_unconfirmed_and_marriage_is_handled_by_any_office():
    marriage = queries.entry(MARRIAGE)
    assert (marriage.modes, marriage.modes_basis, marriage.modes_confirmed) == (("any_office",), "detailed", True)
    assert queries.entry("QH2020-3-04").modes == ("any_office",)
    assert queries.entry("QH2020-2-62").modes == ()
    school = queries.entry("QH2020-1-01")
    assert (school.modes_basis, school.modes_confirmed) == ("derived", False)


@pytest.mark.parametrize("node", ["63", "44", "14"])
def test_the_three_items_are_open_at_every_province(node):
    driver, pension, job = (queries.open_version(k, node, TODAY) for k in (DRIVER, PENSION, UNEMPLOYMENT))
    assert (driver.modes, driver.region_level, driver.promised_days) == (("online", "proxy"), "prefecture", 5)
    assert [(p.place, p.limit_days) for p in pension.plan] == [("receiving", 15), ("releasing", 15), ("receiving", 15)]
    assert (job.decision_place, job.modes) == ("intake_region", ("online", "proxy"))
    assert all(v.filable and v.ref.owner == node and v.tell_once_days == 5 for v in (driver, pension, job))


def test_every_item_with_researched_facts_is_open_and_marriage_is_decided_where_it_is_filed():
    researched = {key for path in DETAILED.glob("*.yaml") for key in yaml.safe_load(path.read_text("utf-8"))["entries"]}
    open_ = {e.key for e in queries.filable_entries()}
    assert researched - open_ == {"QH2020-1-23"}, "its wider twin is open"
    assert open_ <= researched and len(open_) == 13
    marriage = queries.open_version(MARRIAGE, "63", TODAY)
    assert (marriage.modes, marriage.decision_place, marriage.promised_days) == (("any_office",), "intake_region", 0)
    assert queries.guide(MARRIAGE)["visit_reason"]


def test_every_open_item_lets_its_situation_cross_the_border_with_the_answers():
    for entry in queries.filable_entries():
        version = queries.open_version(entry.key, "63", TODAY)
        asked = {name for situation in version.situations for name in situation.when}
        assert asked <= set(version.fields_leaving), entry.key
        assert asked <= set(version.form["required"]) | {"long_kind", "temporary_kind"}, entry.key


def test_every_entry_has_a_guide_and_says_what_is_not_known():
    for entry in queries.entries(limit=200).items:
        guide = queries.guide(entry.key)
        assert guide["summary"] == entry.scenario
        for gap, field in (("materials", "materials"), ("steps", "steps"), ("fee", "fee"), ("result", "result")):
            assert (gap in guide["gaps"]) is (not guide[field]), (entry.key, gap)


@pytest.mark.req("R-099")
def test_the_three_forms_share_field_codes_and_are_json_schema_2020_12():
    forms = [queries.open_version(k, "63", TODAY).form for k in (DRIVER, PENSION, UNEMPLOYMENT)]
    for form in forms:
        jsonschema.Draft202012Validator.check_schema(form)
        assert form["additionalProperties"] is False
        for name, field in form["properties"].items():
            assert field["title"] and field["title_en"], name
    for shared in ("id_number", "mobile", "applicant_name"):
        prefills = {form["properties"][shared]["x-prefill"] for form in forms}
        assert len(prefills) == 1
        assert all(form["properties"][shared]["x-personal"] for form in forms)


def test_only_named_answers_leave_the_place_of_intake():
    for key in (DRIVER, PENSION, UNEMPLOYMENT):
        version = queries.open_version(key, "63", TODAY)
        leaving = set(version.fields_leaving)
        assert leaving < set(version.form["properties"])
        assert "notice_channel" not in leaving
        for part in version.plan:
            assert set(part.fields_leaving) < leaving


def test_every_material_of_an_open_item_has_review_points_in_both_languages():
    for key in (DRIVER, PENSION, UNEMPLOYMENT):
        for material in queries.open_version(key, "63", TODAY).materials:
            assert material.review_points, material.key
            assert len(material.review_points) == len(material.review_points_en), material.key
            assert material.name_en.isascii()
            assert not material.exempt or (material.exempt_by and material.exempt_detail), material.key


def test_with_a_low_credit_grade_the_driver_must_hand_in_proof_of_training():
    proof = queries.open_version(DRIVER, "63", TODAY).material("training_proof")
    assert proof.needed({"credit_grade": "B"})
    assert not proof.needed({"credit_grade": "AA"})


def test_a_version_is_found_by_its_full_reference_only():
    version = queries.open_version(DRIVER, "63", TODAY)
    assert queries.version(version.ref) == version
    ref = version.ref
    for wrong in (
        VersionRef("44", ref.code, ref.version, ref.digest),
        VersionRef(ref.owner, ref.code, 2, ref.digest),
        VersionRef(ref.owner, ref.code, ref.version, "sha-256:" + "0" * 64),
    ):
        assert queries.version(wrong) is None


def test_before_its_first_day_nothing_is_open():
    assert queries.open_version(DRIVER, "63", date(2025, 12, 31)) is None
    assert queries.open_version(DRIVER, "63", date(2026, 1, 1)) is not None


def test_the_database_refuses_two_versions_valid_on_one_day():
    row = Implementation.objects.get(owner="63", entry_key=DRIVER)
    second = {"owner": "63", "code": row.code, "version": 2, "entry_key": DRIVER, "content": {}, "digest": "sha-256:2"}
    with pytest.raises(IntegrityError, match="implementation_one_version_a_day"), transaction.atomic():
        Implementation.objects.create(**second, valid_from=date(2027, 1, 1))
    with transaction.atomic():
        Implementation.objects.filter(pk=row.pk).update(valid_to=date(2027, 1, 1))
        Implementation.objects.create(**second, valid_from=date(2027, 1, 1))
        assert Implementation.objects.filter(owner="63", entry_key=DRIVER).count() == 2
        transaction.set_rollback(True)


def test_published_content_that_changes_under_the_same_number_is_refused():
    with transaction.atomic():
        Implementation.objects.filter(owner="63", entry_key=DRIVER).update(digest="sha-256:other")
        with pytest.raises(loading.VersionChanged):
            loading.load("63")
        transaction.set_rollback(True)


def test_files_that_contradict_each_other_are_refused(tmp_path: Path):
    import shutil

    shutil.copytree(loading.DATA_DIR, tmp_path / "data")
    synonyms = tmp_path / "data" / "items" / "synonyms.yaml"
    synonyms.write_text(synonyms.read_text("utf-8").replace("QH2020-3-08:", "QH2020-9-99:"), "utf-8")
    with pytest.raises(BadCatalogData, match="QH2020-9-99"):
        loading.read_catalog(tmp_path / "data")


def test_wordings_an_item_manager_added_survive_the_next_load():
    with transaction.atomic():
        Synonym.objects.create(entry_key=DRIVER, text="班线司机那个证", source="manager")
        Synonym.objects.filter(entry_key=DRIVER, source="shipped").first().delete()
        assert loading.load("44").written == 1
        assert Synonym.objects.filter(text="班线司机那个证").exists()
        assert queries.search("班线司机那个证")[0].entry.key == DRIVER
        transaction.set_rollback(True)


PLACES = st.sampled_from(("63", "44", "14", "11", "41", "71"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_anchor_gives_exactly_one_unit_that_exists_or_a_refusal(data):
    prefix = data.draw(PLACES)
    codes = sorted(Region.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    code = data.draw(st.sampled_from(codes))
    version = queries.open_version(data.draw(st.sampled_from((DRIVER, PENSION, UNEMPLOYMENT))), "63", TODAY)
    found = queries.resolve(version, code, TODAY)
    assert found == queries.resolve(version, code, TODAY)
    if isinstance(found, Refusal) and found.code == "request.invalid":
        assert code.endswith("0000")  # a province as such decides none of these three
        assert found.fields == {"anchor_region": queries.too_wide(version, code)}
    elif prefix in ("63", "44", "14"):
        assert isinstance(found, Competence)
        assert found.node == prefix
        unit = organizations.authority(found.authority_code)
        assert (unit.region, unit.level, unit.department) == (found.region, found.region_level, version.department)
    else:
        assert isinstance(found, Refusal)
        assert found.code == "state.no_competent_node"


def test_a_whole_province_is_refused_where_a_city_decides_and_the_refusal_names_the_level():
    driver = queries.open_version(DRIVER, "63", TODAY)
    refused = queries.resolve(driver, "630000", TODAY)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.fields) == ("request.invalid", {"anchor_region": "choose_city"})
    assert isinstance(queries.resolve(replace(driver, region_level="province"), "630000", TODAY), Competence)


def test_the_city_decides_on_the_drivers_certificate_and_the_county_on_unemployment():
    driver = queries.resolve(queries.open_version(DRIVER, "63", TODAY), "630102", TODAY)
    assert (driver.node, driver.authority_code) == ("63", "630100-transport")
    job = queries.resolve(queries.open_version(UNEMPLOYMENT, "44", TODAY), "440305", TODAY)
    assert (job.node, job.authority_code) == ("44", "440305-hrss")
    assert isinstance(queries.resolve(queries.open_version(DRIVER, "63", TODAY), "999999", TODAY), Refusal)


def test_lists_are_paged_without_gaps_and_filtered():
    seen, cursor = [], None
    while True:
        page = queries.entries(cursor, 50)
        seen += [e.key for e in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 138
    assert all(e.audience in ("enterprise", "both") for e in queries.entries(limit=200, audience="enterprise").items)
    assert len(queries.entries(limit=200, theme="社保").items) == 26


def test_search_says_why_and_respects_its_filters():
    hit = queries.search("老家的养老保险转过来")[0]
    assert hit.entry.key == PENSION
    assert hit.why.kind == "synonym"
    assert hit.why.text
    assert all(h.entry.theme == "医保" for h in queries.search("转过来", theme="医保"))
    assert queries.search("   ") == ()


def test_codes_of_the_national_standard_hold_on_their_days():
    assert queries.code_list("item_type", TODAY)["01"] == ("行政许可", "Administrative license")
    assert queries.code_list("item_type", date(2019, 1, 1)) == {}
