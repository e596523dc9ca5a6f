"""Who the token acts for and what it opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tongban.api.bearer import client_of
from tongban.api.endpoint import endpoint
from tongban.api.shapes import reply, shape
from tongban.kernel.people import Post

router = Router()


class Me(Schema):
    """The actor (no name: it is not needed here), the client and its scopes, and the posts held at this node."""

    ref: str
    kind: str
    node: str
    level: int
    client: str
    scopes: list[str]
    posts: list[shape("Post", Post)]  # type: ignore[valid-type]


@endpoint(router, "GET", "me", signed_in=True, answers={200: Me}, tag="me")
def get_me(request: HttpRequest) -> HttpResponse:
    """The person or client behind this token."""
    client = client_of(request)
    actor = client.actor
    return reply({
        "ref": actor.ref, "kind": actor.kind, "node": actor.node, "level": actor.level,
        "client": client.client_label, "scopes": sorted(client.scopes), "posts": list(actor.posts),
    })
