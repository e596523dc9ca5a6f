"""Checking the loaded catalog: what contradicts itself, what is not known, how complete every item is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tongban.kernel.ids import DIRECTORY

from .models import CodeList, Implementation, ListEntry
from .rules.elements import read_elements
from .rules.quality import Finding, completeness, findings


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing of the catalog with its findings. ``kind``: entry or implementation; ``owner`` of the latter."""

    kind: str
    key: str
    owner: str
    name: str
    known: int
    required: int
    findings: tuple[Finding, ...]
    gaps: tuple[str, ...] = ()
    """Of an entry: the parts its guide lacks (``rules.guide.ALL_GAPS``)."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.level == "error")


@dataclass(frozen=True, slots=True)
class Report:
    entries: tuple[Checked, ...]
    implementations: tuple[Checked, ...]

    @property
    def errors(self) -> int:
        return sum(len(c.errors) for c in (*self.entries, *self.implementations))

    @property
    def warnings(self) -> Counter[str]:
        """Finding code (and element for what is missing) → how often."""
        found: Counter[str] = Counter()
        for checked in (*self.entries, *self.implementations):
            found.update(f"{f.code}:{f.field}" for f in checked.findings if f.level == "warning")
        return found


def codes_on(day: date) -> dict[str, frozenset[str]]:
    """List name → its codes that hold on the day."""
    rows = CodeList.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)
    found: dict[str, set[str]] = {}
    for name, code in rows.values_list("list_name", "code"):
        found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def check(day: date) -> Report:
    """Every list entry, and every implementation in force on ``day``."""
    codes = codes_on(day)

    def checked(kind: str, rows: Iterator[tuple[str, str, str, dict[str, object]]]) -> Iterator[Checked]:
        for key, owner, name, raw in rows:
            elements, faults = read_elements(raw)
            bad = tuple(Finding("code_malformed", "error", f.field, {"fault": f.code}) for f in faults)
            known, required = completeness(elements)
            left = gaps.get(key, ()) if kind == "entry" else ()
            yield Checked(kind, key, owner, name, known, required, bad + findings(elements, codes), left)

    entries = list(ListEntry.objects.order_by("list_code", "batch", "seq"))
    gaps = {e.key: tuple(e.content.get("guide", {}).get("gaps", ())) for e in entries}
    current = Implementation.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)
    return Report(
        tuple(checked("entry", ((e.key, DIRECTORY, e.name, e.content.get("elements", {})) for e in entries))),
        tuple(
            checked(
                "implementation",
                (
                    (i.entry_key, i.owner, i.content["name"], i.content.get("elements", {}))
                    for i in current.order_by("entry_key", "owner").iterator(chunk_size=500)
                ),
            )
        ),
    )
