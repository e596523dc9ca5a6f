"""The list as open data."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tongban.items.spreadsheets import read_xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.mark.req("R-043")
def test_the_list_is_one_download_in_three_forms_of_138_rows() -> None:
    client = Client()
    whole = client.get("/open/catalog.json").json()
    assert (whole["schema"], whole["count"], len(whole["items"])) == ("tongban:list/1", 138, 138)
    driver = next(item for item in whole["items"] if item["key"] == "QH2020-2-48")
    assert driver["scenario"] and driver["deadline"] and driver["modes"]
    rows = list(csv.reader(io.StringIO(client.get("/open/catalog.csv").content.decode("utf-8-sig"))))
    sheet = read_xlsx(client.get("/open/catalog.xlsx").content)
    assert len(rows) == len(sheet) == 139
    assert {"应用场景", "实现时间", "办理模式"} <= set(rows[0])
    assert [row[3] for row in rows] == [row[3] for row in sheet]


def test_who_has_the_present_version_is_told_so_and_other_forms_do_not_exist() -> None:
    client = Client()
    tag = client.get("/open/catalog.csv")["ETag"]
    assert client.get("/open/catalog.csv", headers={"if-none-match": tag}).status_code == 304
    assert client.get("/open/catalog.pdf").status_code == 404
