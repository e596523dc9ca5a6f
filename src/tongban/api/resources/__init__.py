"""One resource of the API per file; each exports its ``router``."""

from __future__ import annotations

from tongban.api.resources import (
    case_steps,
    cases,
    catalog_changes,
    filing_create,
    filing_steps,
    filings,
    items,
    lists,
    me,
    parts,
    problems,
    regions,
    uploads,
)

MODULES = (
    items, lists, catalog_changes, regions, filing_create, filings, filing_steps, uploads, cases, case_steps, parts, me,
    problems,
)  # fmt: skip

ROUTERS = tuple(dict.fromkeys(module.router for module in MODULES))
"""Creating and listing share one router: Django needs the methods of one address together."""
