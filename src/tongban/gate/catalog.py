"""``GET /gate/v1/catalog?after=<number>``: the signed catalog releases of this node, in order.

Public, like the items.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest, HttpResponse

from tongban.items import releasing

from . import answers, limits

_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


def releases(request: HttpRequest) -> HttpResponse:
    """200 with ``{"releases": [compact JWS, …], "last": number}``; the list is empty when nothing came after."""
    if request.method != "GET":
        return answers.problem("request.method_not_allowed", whose="sender")
    if not limits.requests.take(limits.address_of(request)):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    after = request.GET.get("after", "0")
    if not _NUMBER.fullmatch(after):
        return answers.problem("request.malformed", whose="sender", detail="after")
    found, last = releasing.releases_after(int(after))
    tag = f'"{last}-{after}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = answers.as_json({"releases": found, "last": last})
    response["ETag"] = tag
    return response
