"""How bodies and query strings are read: strictly (see :mod:`tongban.api.strict_json`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from tongban.api import strict_json
from tongban.kernel.problems import Refusal


class StrictParser(Parser):
    """JSON in one reading; every query parameter at most once and without NUL."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Refusal("request.unsupported_media_type")
        return strict_json.decode(request.body)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            if len(values) > 1:
                raise Refusal("request.invalid", fields={f"?{name[:50]}": "given_twice"})
            if isinstance(values[0], str) and ("\x00" in values[0] or "\ufffd" in values[0]):
                raise Refusal("request.invalid", fields={f"?{name[:50]}": "pattern"})
        return {name: data[name] for name in data}
