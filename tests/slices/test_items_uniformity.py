"""The database's count of what is uniform says what the pure rule says, for every place, item, element and profile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.items import comparing, store
from tongban.items.current import base_elements
from tongban.items.models import BaseItem, Implementation
from tongban.items.rules.content import digest_of
from tongban.items.rules.elements import read_elements
from tongban.items.rules.uniformity import PROFILES, Rate, drift, rate

pytestmark = pytest.mark.django_db

LIKE = "B2020-2-48"
LIMIT = {"value": 20, "unit": "workday"}


@pytest.fixture(autouse=True)
def loaded(catalog_of_44: None) -> Iterator[None]:
    base = BaseItem.objects.get(code=LIKE)
    base.content["elements"]["statutory_limit"] = LIMIT
    base.save()
    forget()
    yield
    forget()


def forget() -> None:
    """What is kept for one state of the catalog; a test's own rows are no state of their own."""
    store.forget()
    comparing._counted.cache_clear()
    comparing._uniformity.cache_clear()


def another(code: str, change: dict[str, Any], *, version: int = 1, owner: str = "65") -> None:
    """An implementation as the shipped one, but for some elements; None takes one away."""
    like = Implementation.objects.get(owner="44", code=LIKE, valid_to__isnull=True)
    elements = {**like.content["elements"], **change}
    content = {**like.content, "elements": {k: v for k, v in elements.items() if v is not None}}
    Implementation.objects.create(
        owner=owner, code=code, version=version, entry_key=like.entry_key, content=content,
        valid_from=like.valid_from + timedelta(days=2 * version - 2),
        valid_to=like.valid_from + timedelta(days=2 * version - 1),
        digest=digest_of(owner, code, version, content),
    )  # fmt: skip


def by_the_rule(profile: str) -> tuple[dict[str, Rate], dict[str, Rate], dict[str, tuple[int, Rate]]]:
    places: dict[str, Rate] = {}
    elements = dict.fromkeys(PROFILES[profile], Rate(0, 0))  # type: ignore[index]
    items: dict[str, tuple[int, Rate]] = {}
    newest = {(row.owner, row.code): row for row in Implementation.objects.order_by("version")}
    for (owner, code), row in newest.items():
        base = code.partition("/")[0]
        lines = drift(base_elements(base), read_elements(row.content["elements"])[0], profile)  # type: ignore[arg-type]
        places[owner] = places.get(owner, Rate(0, 0)) + rate(lines)
        count, before = items.get(base, (0, Rate(0, 0)))
        items[base] = (count + 1, before + rate(lines))
        for line in lines:
            elements[line.path] += rate([line])
    return places, elements, items


@pytest.mark.req("R-033")
@pytest.mark.parametrize("profile", PROFILES)
def test_the_database_counts_as_the_rule_does(profile: Any) -> None:
    another(LIKE, {"statutory_limit": LIMIT})
    another(f"{LIKE}/630100", {"conditions": None, "name": "另一个名称"})
    another(f"{LIKE}/630200", {"statutory_limit": {**LIMIT, "value": 21}})
    another(f"{LIKE}/630200", {"service_objects": None}, version=2)
    another(f"{LIKE}/630300", {"statutory_limit": None, "annual_check": True})
    another(f"{LIKE}/630400", {"statutory_limit": {**LIMIT, "value": 21}})
    another("B2020-1-05", {}, owner="53")
    found = comparing.uniformity(profile)
    places, elements, items = by_the_rule(profile)
    assert found.by_place == dict(sorted(places.items()))
    assert found.by_element == elements
    assert {row.code: (row.places, row.rate) for row in found.by_item} == items
    assert found.whole == sum(places.values(), Rate(0, 0))
    assert (
        found.by_element.get("statutory_limit.unit", Rate(3, 5)).same
        > found.by_element.get("statutory_limit.value", Rate(2, 5)).same
    ), "a limit is compared part by part"
    assert found.by_place["65"].same < found.by_place["65"].known


def test_all_profiles_are_counted_by_two_queries_and_kept_while_the_catalog_stands() -> None:
    store.catalog()
    with CaptureQueriesContext(connection) as caught:
        for profile in PROFILES:
            comparing.uniformity(profile)
    assert sum("content" in (query["sql"] or "") for query in caught.captured_queries) == 2
