"""Another province, made of nothing but the protocol package; and this node standing opposite it, without a network.

``Peer`` keeps what it receives in memory, receipts it, and can say things itself. ``ground`` connects this node's real
exchange, journal and database with it through the in-memory carrier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from tests.trust import FixedKeys, address_of, trust_list

from tongban.config import config
from tongban.exchange import installation
from tongban.exchange.actions import enqueue
from tongban.exchange.adapters.double import MemoryCarrier
from tongban.exchange.events import Outgoing
from tongban.exchange.ports import CarrierError
from tongban.exchange.reactions import HANDLERS, PERIODIC, WOKEN
from tongban.journal import clock, subscriptions, worker
from tongban.journal.action import action, record
from tongban.kernel.events import Event
from tongban.kernel.ids import NodeId, new_id
from tongban.kernel.people import Act, system
from tongban_wire.envelope import (
    ChainHeader,
    Draft,
    Envelope,
    Receipt,
    open_envelope,
    open_receipt,
    seal,
    seal_receipt,
)
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.messages import CaseClosed, CaseNotAccepted, Message
from tongban_wire.problems import WireProblem
from tongban_wire.requests import verify_request

ME = "44"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@dataclass
class Peer:
    """A node that speaks protocol 1 and remembers. ``refuse`` answers a message type with a problem."""

    node: str
    key: SigningKey
    keys: FixedKeys
    received: dict[UUID, tuple[Envelope, str]] = field(default_factory=dict)
    order: list[Envelope] = field(default_factory=list)
    duplicates: int = 0
    refuse: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)

    def gate(self, raws: Sequence[bytes]) -> list[dict[str, Any]]:
        return [self._take(raw) for raw in raws]

    def _take(self, raw: bytes) -> dict[str, Any]:
        at = clock.now()
        try:
            envelope = open_envelope(raw, self.keys.trust(), receiver=self.node, at=at)
        except WireProblem as problem:
            return {"problem": {"code": problem.code, "whose": problem.whose, "retry": problem.retry}}
        if envelope.message.type in self.refuse:
            return {"problem": self.refuse[envelope.message.type]}
        known = self.received.get(envelope.id)
        if known is not None:
            assert known[0].digest == envelope.digest, "the same message came with other bytes"
            self.duplicates += 1
            return {"receipt": known[1]}
        receipt = seal_receipt(
            Receipt(
                message_id=envelope.id,
                digest=envelope.digest,
                sender=envelope.sender,
                receiver=self.node,
                stream_subject=envelope.stream_subject,
                position=envelope.position,
                stored_at=at,
            ),
            self.key,
        )
        self.received[envelope.id] = (envelope, receipt)
        self.order.append(envelope)
        return {"receipt": receipt}

    def blob_gate(self, path: str, authorization: str) -> tuple[str, bytes]:
        try:
            verify_request(
                authorization, self.keys.trust(), method="GET", path=path, receiver=self.node, at=datetime.now(UTC)
            )
        except WireProblem as problem:
            raise CarrierError("blob.refused", detail=problem.code) from None
        digest = path.rpartition("/")[2]
        if digest not in self.blobs:
            raise CarrierError("blob.not_found")
        return "application/pdf", self.blobs[digest]

    def says(self, message: Message, subject: str, **changes: Any) -> bytes:
        """A sealed message to this node at the next position of its stream."""
        position = changes.pop("position", None)
        if position is None:
            position = self.positions[subject] = self.positions.get(subject, 0) + 1
        chain = ChainHeader(
            subject_type="case", subject_id=uuid4(), position=1, name="case.closed", digest=digest_of(b"fact")
        )
        known: dict[str, Any] = {
            "id": new_id(), "sender": self.node, "receiver": ME, "stream_subject": subject, "position": position,
            "at": datetime.now(UTC), "chain": chain, "message": message, "traceparent": TRACEPARENT,
        }  # fmt: skip
        return seal(Draft(**{**known, **changes}), self.key).raw


def closed() -> CaseClosed:
    return CaseClosed(case_id=uuid4(), filing_id=uuid4(), filing_number="44-7K3F-9Q2M-X", reason="completed")


def not_accepted() -> CaseNotAccepted:
    return CaseNotAccepted(
        case_id=uuid4(),
        filing_id=uuid4(),
        filing_number="44-7K3F-9Q2M-X",
        reasons=("out_of_scope",),
        personal={"texts": {"out_of_scope": "李梅的从业资格证已注销"}},
    )


@dataclass(frozen=True, kw_only=True)
class LanternTold(Event):
    """A fictional fact that is told to whoever it names."""

    name: ClassVar[str] = "lantern.told"
    subject_type: ClassVar[str] = "lantern"

    to: tuple[str, ...]
    stream_subject: str
    message: Message = field(default_factory=closed)

    def body(self) -> dict[str, Any]:
        return {"to": list(self.to), "message": self.message.type}


def tell(event: LanternTold, header: Any) -> list[Outgoing]:
    return [Outgoing(NodeId(node), event.stream_subject, event.message) for node in event.to]


@action
def light(act: Act, lantern: UUID, *, to: Sequence[str], message: Message | None = None, subject: str = "") -> UUID:
    """Record a fact about a lantern and tell it. ``to`` may be empty: a fact not meant for anyone."""
    record(
        LanternTold(
            subject_id=lantern, to=tuple(to), stream_subject=subject or f"filing:{lantern}", message=message or closed()
        )
    )
    return lantern


def an_act(traceparent: str | None = TRACEPARENT) -> Act:
    return Act(system(NodeId(ME)), datetime.now(UTC), traceparent=traceparent)


@dataclass
class Ground:
    """This node (44), a peer (63) and what is between them."""

    peer: Peer
    carrier: MemoryCarrier
    keys: FixedKeys
    all_keys: dict[str, SigningKey]
    applied: list[tuple[Message, Envelope]] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)

    def cut(self, node: str) -> None:
        self.carrier.cut.add(address_of(node))

    def mend(self, node: str) -> None:
        self.carrier.cut.discard(address_of(node))

    def hear(self, message: Message, envelope: Envelope) -> None:
        self.applied.append((message, envelope))

    def add_peer(self, node: str) -> Peer:
        peer = Peer(node, self.all_keys[node], FixedKeys(self.all_keys[node], self.keys.list))
        self.carrier.gates[address_of(node)] = peer.gate
        self.carrier.blob_gates[address_of(node)] = peer.blob_gate
        return peer

    def receipt(self, text: str) -> Receipt:
        return open_receipt(text, self.keys.list, datetime.now(UTC))


@pytest.fixture(params=["EdDSA", "SM2-SM3"])
def ground(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Ground]:
    """A fresh pair; the node's own wiring is put back afterwards. Everything on it happens under both suites:

    both nodes sign with Ed25519, or both with SM2; the third one (14) always with the other suite.
    """
    assert config().node_id == ME
    at = datetime.now(UTC) - timedelta(minutes=1)
    other = "SM2-SM3" if request.param == "EdDSA" else "EdDSA"
    suites = {"00": request.param, ME: request.param, "63": request.param, "14": other}
    keys = {node: SigningKey.generate(node, suite) for node, suite in suites.items()}
    mine = FixedKeys(keys[ME], trust_list(keys, at=at))
    carrier = MemoryCarrier()
    found = Ground(None, carrier, mine, keys)  # type: ignore[arg-type]
    found.peer = found.add_peer("63")
    before = installation.installed()
    installation.install(
        keys=mine,
        carrier=carrier,
        fetcher=carrier,
        inbound={CaseClosed.TYPE: found.hear, CaseNotAccepted.TYPE: found.hear},
        on_blob_arrived=found.arrived.append,
        threads=0,
    )
    subscriptions.install(
        subscribers={}, tellers={LanternTold: [tell]}, post=enqueue, handlers=HANDLERS, periodic=PERIODIC, woken=WOKEN
    )
    yield found
    installation.install(**{name: getattr(before, name) for name in before.__dataclass_fields__})
    from tongban import wiring

    wiring.install()


def sweep() -> int:
    """The periodic duties of the exchange, then every job that is due."""
    worker.run_periodic_once({name for name in PERIODIC if name.startswith("exchange.sweep")})
    return worker.drain()
