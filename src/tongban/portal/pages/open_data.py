"""The list of items as a file for everybody: JSON, CSV, XLSX, with an ETag."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from tongban.items import open_data
from tongban.kernel.problems import Refusal
from tongban.portal.downloads import download
from tongban.ui.page import PUBLIC, page

FORMS: Final = {
    "json": ("application/json", open_data.as_json),
    "csv": ("text/csv; charset=utf-8", open_data.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", open_data.as_xlsx),
}
RATES: Final = {
    "json": ("application/json", open_data.rates_as_json),
    "csv": ("text/csv; charset=utf-8", open_data.rates_as_csv),
}


@page("open/uniformity.<str:form>", audience={PUBLIC}, name="open_uniformity")
def uniformity(request: HttpRequest, form: str) -> HttpResponse:
    """Rates of uniformity by place, element and item, under all profiles. 304 while the reader has the present ones."""
    if form not in RATES:
        raise Refusal("request.not_found")
    media_type, made = RATES[form]
    tag = f"{open_data.version()}-rates-{form}"
    return download(request, made, tag=tag, media_type=media_type, name=f"tongban-uniformity.{form}")


@page("open/catalog.<str:form>", audience={PUBLIC}, name="open_catalog")
def catalog(request: HttpRequest, form: str) -> HttpResponse:
    """304 while the reader has the present version."""
    if form not in FORMS:
        raise Refusal("request.not_found")
    media_type, made = FORMS[form]
    tag = f"{open_data.version()}-{form}"
    return download(request, made, tag=tag, media_type=media_type, name=f"tongban-list.{form}")
