"""The invented people of ``data/demo/people.yaml``, read and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tongban.kernel.ids import NodeId
from tongban.kernel.numbers import is_id_number, is_mobile
from tongban.kernel.people import ActorKind, Post, Role

from .ports import Identity

ISSUER: Final = "demo"
PEOPLE_FILE: Final = Path(__file__).resolve().parents[3] / "data" / "demo" / "people.yaml"
FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


TOKENS_FILE: Final = "demo-tokens.json"
"""In a demo node's home: its API tokens in readable form. A real node has no such file."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One invented person. ``nodes``: where they may sign in; staff have exactly one."""

    subject: str
    name: str
    kind: ActorKind
    group: str
    nodes: tuple[str, ...]
    level: int
    label: str
    label_en: str
    id_number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    posts: tuple[Post, ...] = ()
    tokens: tuple[tuple[str, ...], ...] = ()  # one set of scopes per demo token

    def may_sign_in_at(self, node: NodeId | str) -> bool:
        return node in self.nodes

    def identity(self, ticket: str = "", ends: datetime = FAR) -> Identity:
        return Identity(
            ISSUER, self.subject, self.kind, self.level, ticket, ends, self.name, self.id_number, self.mobile
        )


@cache
def demo_people(file: Path = PEOPLE_FILE) -> tuple[DemoPerson, ...]:
    """Everybody in the file, in its order. Raises ValueError for a person that breaks the rules of the file."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["people"]
    people = tuple(_person(row) for row in rows)
    if len({p.subject for p in people}) != len(people):
        raise ValueError("two demo people share a subject")
    return people


def demo_tokens(home: Path) -> dict[str, str]:
    """The tokens that ``tongban load`` made in this home: ``"li-mei filings:read filings:write"`` → token."""
    file = home / TOKENS_FILE
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def demo_person(subject: str) -> DemoPerson:
    return next(p for p in demo_people() if p.subject == subject)


def _person(row: dict[str, Any]) -> DemoPerson:
    kind = ActorKind(row["kind"])
    person = DemoPerson(
        row["subject"],
        row["name"],
        kind,
        row["group"],
        tuple(row["nodes"]),
        row["level"],
        row["label"],
        row["label_en"],
        row.get("id_number", ""),
        row.get("mobile", ""),
        tuple(_post(post) for post in row.get("posts", ())),
        tuple(tuple(t) for t in row.get("tokens", ())),
    )
    if person.id_number and not is_id_number(person.id_number):
        raise ValueError(f"{person.subject}: bad identity number")
    if person.mobile and not is_mobile(person.mobile):
        raise ValueError(f"{person.subject}: bad mobile number")
    if (kind == ActorKind.STAFF) != bool(person.posts) or (kind == ActorKind.STAFF and len(person.nodes) != 1):
        raise ValueError(f"{person.subject}: staff have posts at one node, applicants none")
    return person


def _post(row: dict[str, Any]) -> Post:
    return Post(Role(row["role"]), row["region"], row.get("authority"), row.get("department"), row.get("window"))
