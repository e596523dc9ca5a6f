"""The OpenAPI 3.1 description: made from the endpoints, served, and committed as ``docs/openapi.json``."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse

from tongban.api import etags
from tongban.api.problem_json import MEDIA_TYPE
from tongban.api.scopes import DESCRIPTIONS
from tongban.api.shapes import unchanged


def openapi() -> dict[str, Any]:
    """The description as JSON values. The same on every node and every run."""
    from tongban.api.app import api

    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="api/v1/"), default=str))
    found["servers"] = [{"url": "/"}]
    found["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    for operations in found["paths"].values():
        for operation in operations.values():
            _finish(operation)
    found["components"]["responses"] = {
        "Problem": {
            "description": "What is wrong, whose it is to repair, and how.",
            "headers": {"Content-Language": {"schema": {"enum": ["zh-CN", "en"]}}},
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
    }
    schemes = found["components"]["securitySchemes"]
    schemes["Bearer"]["x-scopes"] = {str(scope): {"zh": zh, "en": en} for scope, (zh, en) in DESCRIPTIONS.items()}
    found["components"]["schemas"] = dict(sorted(found["components"]["schemas"].items()))
    return found


def text() -> str:
    """The description as it is committed and served."""
    return json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n"


def _finish(operation: dict[str, Any]) -> None:
    """Errors share one answer; the scope stands in the security requirement (OpenAPI 3.1 allows roles there)."""
    scope = operation.pop("x-scope", None)
    for requirement in operation.get("security", []):
        requirement["Bearer"] = [scope] if scope else []
    for status in operation["responses"]:
        if int(status) >= 400:
            operation["responses"][status] = {"$ref": "#/components/responses/Problem"}


@cache
def _served() -> tuple[bytes, str]:
    content = text().encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def serve(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/openapi.json``."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    content, etag = _served()
    if etags.is_known(request, etag):
        return unchanged(etag)
    return HttpResponse(content, content_type="application/vnd.oai.openapi+json;version=3.1", headers={"ETag": etag})
