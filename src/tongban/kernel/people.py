"""Who acts: the actor, the post that gives powers, and the act itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from .ids import NodeId, new_id
from .problems import Refusal


class ActorKind(StrEnum):
    """The kinds of someone who can do something."""

    APPLICANT = "applicant"  # 申请人: acts in their own matter
    STAFF = "staff"  # a person with posts at one node
    CLIENT = "client"  # a registered system acting for itself
    NODE = "node"  # another node, by signed message
    CLOCK = "clock"  # the passing of time
    SYSTEM = "system"  # this node itself, following a recorded rule


class Role(StrEnum):
    """What a post lets a member of staff do (requirements §7.4)."""

    CLERK = "clerk"  # 窗口收件人员: takes papers in, never decides
    REVIEWER = "reviewer"  # 业务属地审批人员
    ITEM_MANAGER = "item_manager"  # 事项管理
    SUPERVISOR = "supervisor"  # 监测督办
    OPERATOR = "operator"  # 运维


@dataclass(frozen=True, slots=True)
class Post:
    """A duty held at this node: a role, at an authority or a window, for a region.

    ``authority`` and ``window`` are codes of the organizations slice; ``region`` is the region the post is answerable
    for (six digits); ``department`` is the department key, e.g. ``"transport"``.
    """

    role: Role
    region: str
    authority: str | None = None
    department: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts. A person is (issuer, subject); staff belong to one node (decision 16).

    ``client`` is the registered API client the act came through, if any. ``level`` is the real-name level 1–4
    (standards §5). ``name`` is never written to a fact or a log.
    """

    kind: ActorKind
    issuer: str
    subject: str
    node: NodeId
    posts: tuple[Post, ...] = ()
    level: int = 1
    client: str | None = None
    name: str = field(default="", repr=False, compare=False)

    @property
    def ref(self) -> str:
        """The reference kept in facts: kind, issuer and subject, no personal data."""
        return f"{self.kind}:{self.issuer}:{self.subject}"

    def holds(self, role: Role) -> bool:
        return any(post.role == role for post in self.posts)

    @property
    def operates(self) -> bool:
        """This node itself, or a member of staff who operates it."""
        return self.kind is ActorKind.SYSTEM or (self.kind is ActorKind.STAFF and self.holds(Role.OPERATOR))


def refuse_operating(actor: Actor) -> None:
    """What is the operator's alone to do, and this node's by itself. Raises ``permission.denied`` for anybody else."""
    if not actor.operates:
        raise Refusal("permission.denied")


def system(node: NodeId) -> Actor:
    """This node following its own recorded rules."""
    return Actor(ActorKind.SYSTEM, issuer=node, subject="system", node=node, level=4)


def clock(node: NodeId) -> Actor:
    """The passing of time, for deadlines."""
    return Actor(ActorKind.CLOCK, issuer=node, subject="clock", node=node, level=4)


def peer(sender: NodeId) -> Actor:
    """Another node that told us something."""
    return Actor(ActorKind.NODE, issuer=sender, subject=sender, node=sender, level=4)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing someone does: who, when, through which request. Time enters the system here and only here."""

    actor: Actor
    at: datetime
    request_id: UUID = field(default_factory=new_id)
    traceparent: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an act needs an aware instant")
