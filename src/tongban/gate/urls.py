"""The addresses of the gate. Protocol version 1."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from . import blobs, catalog, messages, node, streams

urlpatterns = [
    path("gate/v1/messages", csrf_exempt(messages.receive), name="gate-messages"),
    path("gate/v1/blobs/<str:digest>", csrf_exempt(blobs.serve), name="gate-blob"),
    path("gate/v1/streams", csrf_exempt(streams.heads), name="gate-streams"),
    path("gate/v1/streams/<str:subject>", csrf_exempt(streams.messages), name="gate-stream"),
    path("gate/v1/trust-list", csrf_exempt(node.trust_list), name="gate-trust-list"),
    path("gate/v1/catalog", csrf_exempt(catalog.releases), name="gate-catalog"),
    path("gate/v1/node", csrf_exempt(node.describe), name="gate-node"),
]
