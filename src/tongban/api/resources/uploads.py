"""Files on their way to a filing: sent first, named by id when filing."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tongban.api.bearer import act_of
from tongban.api.endpoint import endpoint
from tongban.api.scopes import Scope
from tongban.api.shapes import reply
from tongban.items import queries as items
from tongban.kernel.problems import Refusal
from tongban.materials import actions

router = Router()

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "material"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "PDF, JPG or PNG."},
                        "material": {"type": "string", "minLength": 1, "maxLength": 100,
                                     "description": "Key of a material of the version; any other is refused."},
                    },
                },
                "encoding": {"file": {"contentType": "application/pdf, image/jpeg, image/png"}},
            }
        },
    }
}


class Upload(Schema):
    """A stored file; ``digest`` names its content (``sha-256:<hex>``)."""

    upload_id: UUID
    material: str
    filename: str
    media_type: str
    size: int
    digest: str


@endpoint(router, "POST", "uploads", scope=Scope.FILINGS_WRITE, answers={201: Upload}, extra=_BODY, tag="filings")
def create_upload(request: HttpRequest) -> HttpResponse:
    """Send a file before filing.

    Its content must be what its name says; type and size are checked before anything is kept. An upload that no filing
    names within a day is taken back, and can be named no more. Sending it twice makes two uploads and no harm.
    """
    if request.content_type != "multipart/form-data":
        raise Refusal("request.unsupported_media_type")
    fields, files = request.POST, request.FILES
    faults = {f"/{name}": "unknown" for name in {*fields, *files} - {"material", "file"}}
    file, material = files.get("file"), fields.get("material", "")
    if file is None:
        faults["/file"] = "required"
    if not 1 <= len(material) <= 100 or "\x00" in material:
        faults["/material"] = "required" if not material else "pattern"
    elif not items.is_material(material):
        faults["/material"] = "unknown_material"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    assert file is not None
    act = act_of(request)
    made = actions.add_upload(
        act, file, file.name or "", owner_ref=act.actor.ref, requirement_key=material,
        declared_type=file.content_type or "",
    )
    return reply(
        {"upload_id": made.id, "material": made.requirement_key, "filename": made.filename,
         "media_type": made.media_type, "size": made.size, "digest": made.digest},
        status=201,
    )
