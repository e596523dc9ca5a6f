"""Regions, authorities, windows and the calendar, for reading."""

from __future__ import annotations

from .views import AnchorPlace, AuthorityView, RegionLevel, RegionView, WindowView

__all__ = ["AnchorPlace", "AuthorityView", "RegionLevel", "RegionView", "WindowView"]
