"""The list of items as a file for everybody: JSON, CSV, XLSX, with an ETag."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from tongban.items import open_data
from tongban.kernel.problems import Refusal
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
    tag = f'"{open_data.version()}-rates-{form}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    media_type, made = RATES[form]
    response = HttpResponse(made(), content_type=media_type)
    response["ETag"] = tag
    response["Content-Disposition"] = f'attachment; filename="tongban-uniformity.{form}"'
    patch_cache_control(response, public=True, max_age=300)
    return response


@page("open/catalog.<str:form>", audience={PUBLIC}, name="open_catalog")
def catalog(request: HttpRequest, form: str) -> HttpResponse:
    """304 while the reader has the present version."""
    if form not in FORMS:
        raise Refusal("request.not_found")
    tag = f'"{open_data.version()}-{form}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    media_type, made = FORMS[form]
    response = HttpResponse(made(), content_type=media_type)
    response["ETag"] = tag
    response["Content-Disposition"] = f'attachment; filename="tongban-list.{form}"'
    patch_cache_control(response, public=True, max_age=300)
    return response
