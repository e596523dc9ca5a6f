"""The catalog's public face for reading. Views are exported here; the functions follow the build contract."""

from __future__ import annotations

from .views import (
    Competence,
    EntryView,
    Guide,
    Hit,
    MaterialReq,
    PartStep,
    Twin,
    VersionRef,
    VersionView,
    Why,
)

__all__ = [
    "Competence",
    "EntryView",
    "Guide",
    "Hit",
    "MaterialReq",
    "PartStep",
    "Twin",
    "VersionRef",
    "VersionView",
    "Why",
]
