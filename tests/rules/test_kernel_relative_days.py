"""Dates bounded from today, and what a granted result must say."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.cases.rules.result import faults as result_faults
from tongban.kernel.relative_days import faults, shifted

TODAY = date(2026, 11, 22)
FORM = {"properties": {"until": {"format": "date", "x-earliest": "-P180D", "x-latest": "P6Y"}, "other": {}}}


@pytest.mark.parametrize(
    ("duration", "day"),
    [("P0D", "2026-11-22"), ("-P180D", "2026-05-26"), ("P6Y", "2032-11-22"), ("P1Y3M9D", "2028-03-02"),
     ("-P9M", "2026-02-22")],
)  # fmt: skip
def test_a_duration_is_counted_from_today(duration, day):
    assert shifted(TODAY, duration).isoformat() == day


def test_a_day_the_month_does_not_have_becomes_its_last():
    assert shifted(date(2026, 8, 31), "P6M") == date(2027, 2, 28)
    assert shifted(date(2028, 2, 29), "P1Y") == date(2029, 2, 28)


@pytest.mark.parametrize("nonsense", ["P", "6Y", "P6W", "", "P-1D", "PT1H"])
def test_what_is_no_duration_is_not_read(nonsense):
    with pytest.raises(ValueError, match="no duration"):
        shifted(TODAY, nonsense)


@pytest.mark.parametrize(
    ("value", "code"),
    [("2020-03-01", "too_early"), ("2026-05-25", "too_early"), ("2026-05-26", None), ("2032-11-22", None),
     ("2032-11-23", "too_late"), ("2040-01-01", "too_late"), ("2026-02-30", None), (20260101, None)],
)  # fmt: skip
def test_an_answer_outside_the_bounds_is_named_with_the_bound(value, code):
    found = faults(FORM, {"until": value, "other": "x"}, TODAY)
    assert found.get("until", (None,))[0] == code


@pytest.mark.parametrize(
    ("kind", "number", "until", "wrong"),
    [("license", None, None, {"number": "required"}), ("license", " ", None, {"number": "required"}),
     ("license", "1", TODAY, {"valid_until": "not_future"}), ("other", None, None, {}),
     ("license", "1", date(2026, 11, 23), {}), (None, None, date(2020, 1, 1), {"valid_until": "not_future"})],
)  # fmt: skip
def test_a_license_has_a_number_and_nothing_granted_has_ended(kind, number, until, wrong):
    assert result_faults(kind, number, until, decided_on=TODAY) == wrong
