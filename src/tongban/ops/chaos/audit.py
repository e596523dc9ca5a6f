"""The audit: with everything healed and at rest, is anything lost, doubled, unverifiable or different elsewhere?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Books = Mapping[str, Mapping[str, list[dict[str, Any]]]]
"""Node → table → rows, as :func:`hands.books` tells them."""


@dataclass
class Findings:
    """Each list must be empty. ``counts`` are what was looked at."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.different or self.unverifiable or self.parked or self.open)

    def all(self) -> dict[str, list[str]]:
        return {"lost": self.lost, "doubled": self.doubled, "different": self.different,
                "unverifiable": self.unverifiable, "parked": self.parked, "not finished": self.open}  # fmt: skip


def compare(acknowledged: Mapping[str, tuple[str, str]], books: Books) -> Findings:
    """``acknowledged``: filing number → (intake node, owner of its case)."""
    found = Findings()
    _cases(acknowledged, books, found)
    _parts(books, found)
    _streams(books, found)
    return found


def _cases(acknowledged: Mapping[str, tuple[str, str]], books: Books, found: Findings) -> None:
    filings = {row["number"]: (node, row) for node, tables in books.items() for row in tables["filings"]}
    cases: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for node, tables in books.items():
        for row in tables["cases"]:
            cases.setdefault(row["filing_number"], []).append((node, row))
        for row in tables["opened"]:
            if row["n"] != 1:
                found.doubled.append(f"{row['number']}: opened {row['n']} times at {node}")
    found.counts["acknowledged"] = len(acknowledged)
    found.counts["filings"] = len(filings)
    for number, (intake, owner) in acknowledged.items():
        if filings.get(number, ("", {}))[0] != intake:
            found.lost.append(f"{number}: acknowledged by {intake}, which does not have it")
        if [node for node, _ in cases.get(number, [])] != [owner]:
            here = [node for node, _ in cases.get(number, [])]
            found.lost.append(f"{number}: its cases are at {here}, not at {owner}")
    for number, owned in cases.items():
        found.counts["cases"] += len(owned)
        if len(owned) != 1:
            found.doubled.append(f"{number}: {len(owned)} cases")
        if number not in filings:
            found.lost.append(f"{number}: a case without a filing")
    for number, (intake, filing) in filings.items():
        owned = cases.get(number, [])
        if len(owned) != 1:
            if number not in acknowledged and not owned:
                found.lost.append(f"{number}: filed at {intake}, though nobody was told, and no case was opened")
            continue
        owner, case = owned[0]
        if differing := _differing(filing, case):
            found.different.append(f"{number} ({intake} mirrors {owner}): {differing}")
        else:
            found.counts["mirrors equal"] += 1
        if case["status"] != "closed" or filing["status"] != "concluded":
            found.open.append(f"{number}: filing {filing['status']} at {intake}, case {case['status']} at {owner}")


def _differing(filing: Mapping[str, Any], case: Mapping[str, Any]) -> list[str]:
    mirrored = {"case_id": "id", "mirror_status": "status", "mirror_close_reason": "close_reason",
                "mirror_outcome": "outcome", "mirror_reasons": "reasons", "mirror_revision": "revision",
                "mirror_decided_on": "decided_on", "result_digest": "result_digest"}  # fmt: skip
    return [
        f"{there}: {filing[here]} ≠ {case[there]}" for here, there in mirrored.items() if filing[here] != case[there]
    ]


def _parts(books: Books, found: Findings) -> None:
    owned: Counter[tuple[str, str]] = Counter()
    for owner, tables in books.items():
        for part in tables["parts"]:
            found.counts["parts"] += 1
            owned[part["case_id"], part["step_key"]] += 1
            for node in dict.fromkeys((part["lead_node"], part["intake_node"])):
                mirror = next((m for m in books[node]["part_mirrors"] if m["part_id"] == part["id"]), None)
                same = mirror is not None and all(mirror[k] == part[k] for k in ("status", "decided_on", "reasons"))
                if not same:
                    found.different.append(f"part {part['id']} ({node} mirrors {owner}): {mirror} ≠ {part}")
    found.doubled += [f"part {key}: {n} times" for key, n in owned.items() if n != 1]


def _streams(books: Books, found: Findings) -> None:
    """What was said is what was heard: heads equal, every position once."""
    for sender, tables in books.items():
        for said in tables["said"]:
            found.counts["messages"] += said["n"]
            receiver = books.get(said["receiver"])
            if receiver is None:
                continue
            same = [h for h in receiver["heard"] if (h["sender"], h["stream"]) == (sender, said["stream"])]
            heard = same[0] if same else {"head": 0, "n": 0}
            if (said["head"], said["n"]) != (heard["head"], heard["n"]):
                found.lost.append(f"stream {sender}→{said['receiver']} {said['stream']}: said {said}, heard {heard}")


def table(rows: list[tuple[str, object]]) -> list[str]:
    """Two columns of text."""
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}  {value}" for name, value in rows]
