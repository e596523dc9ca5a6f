"""What staff may put into a zone: featured services and supporting policies (R-136). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from tongban.kernel.problems import Refusal

MOST_FEATURED: Final = 12
MOST_POLICIES: Final = 60
STATES: Final = ("submitted", "returned", "published", "replaced", "discarded")
OPEN: Final = ("submitted", "returned")


def read_content(
    featured: Sequence[str], policies: Sequence[Mapping[str, str]], known: Collection[str]
) -> dict[str, Any]:
    """The content as it is kept. Refuses (request.invalid) entries that are not in the catalog, policies without title,
    issuer or day of publication (R-136: each with publication date and source document), too many of either."""
    faults: dict[str, str] = {}
    chosen = list(dict.fromkeys(featured))
    if not chosen:
        faults["featured"] = "required"
    elif len(chosen) > MOST_FEATURED:
        faults["featured"] = "too_long"
    elif not set(chosen) <= set(known):
        faults["featured"] = "choice"
    kept = []
    for number, row in enumerate(policies):
        policy = {name: str(row.get(name, "")).strip() for name in ("title", "number", "issuer", "published_on")}
        if not policy["title"] or len(policy["title"]) > 200:
            faults[f"policy.{number}.title"] = "too_long" if policy["title"] else "required"
        if not policy["issuer"] or len(policy["issuer"]) > 60:
            faults[f"policy.{number}.issuer"] = "too_long" if policy["issuer"] else "required"
        try:
            date.fromisoformat(policy["published_on"])
        except ValueError:
            faults[f"policy.{number}.published_on"] = "date"
        kept.append(policy)
    if len(kept) > MOST_POLICIES:
        faults["policies"] = "too_long"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    return {"featured": chosen, "policies": kept}
