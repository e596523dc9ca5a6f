"""Loading the demo's people and tokens into a node, idempotently, through the same actions that anybody uses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Post, Role, system
from tongban.organizations import queries as organizations

from . import actions
from .demo_people import ISSUER, TOKENS_FILE, DemoPerson, demo_people
from .tokens import client_by_token

CLIENT_LABEL = "演示客户端 demo client"


@dataclass(frozen=True, slots=True)
class DemoToken:
    """A demo token of this home, as ``tongban demo`` prints it."""

    subject: str
    name: str
    scopes: tuple[str, ...]
    text: str = field(repr=False)


def load_node(node: str, say: Callable[[str], object]) -> None:
    """What ``tongban load`` calls: the demo's people and tokens at a demo node, nothing elsewhere."""
    if not config().demo:
        return
    people = load_demo(NodeId(node))
    tokens = load_demo_tokens(NodeId(node), config().home / TOKENS_FILE)
    say(f"demo people: {len(people)}, tokens: {len(tokens)}")


def load_demo(node_id: NodeId, people: Sequence[DemoPerson] | None = None) -> dict[str, UUID]:
    """Enrol everybody of the demo who belongs to this node and give staff their posts. Returns subject → person id."""
    act = Act(system(node_id), clock.now())
    ids: dict[str, UUID] = {}
    for person in demo_people() if people is None else people:
        if not person.may_sign_in_at(node_id):
            continue
        ids[person.subject] = actions.enrol_person(act, person.identity(), demo=True)
        if person.posts:
            actions.assign_posts(act, ids[person.subject], [_placed(post) for post in person.posts])
    return ids


def load_demo_tokens(node_id: NodeId, file: Path, people: Sequence[DemoPerson] | None = None) -> list[DemoToken]:
    """The demo tokens of this node, kept in ``file`` (mode 600) so that a second start prints the same ones.

    A token the database does not accept any more (new database, expired, revoked) is replaced. Call after
    :func:`load_demo`.
    """
    act = Act(system(node_id), clock.now())
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    client = actions.register_client(act, CLIENT_LABEL)
    tokens = []
    for person in demo_people() if people is None else people:
        if not person.may_sign_in_at(node_id):
            continue
        for scopes in person.tokens:
            key = f"{person.subject} {' '.join(scopes)}"
            text = kept.get(key, "")
            if not text or client_by_token(text) is None:
                issued = actions.issue_token(
                    act, client, scopes, act.at + timedelta(days=365), person=(ISSUER, person.subject)
                )
                text = kept[key] = issued.text
            tokens.append(DemoToken(person.subject, person.name, scopes, text))
    _write_private(file, json.dumps(kept, ensure_ascii=False, indent=1))
    return tokens


def _placed(post: Post) -> Post:
    """A clerk's post with the code of the first window of its region, where the organizations know one."""
    if post.role != Role.CLERK or post.window:
        return post
    windows = organizations.windows(post.region)
    return replace(post, window=windows[0].code) if windows else post


def _write_private(file: Path, text: str) -> None:
    """Replace the file in one step; only its owner can read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(file)
