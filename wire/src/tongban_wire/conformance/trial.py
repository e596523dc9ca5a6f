"""The words in which scenarios are written: say, send, expect a receipt, expect a problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from tongban_wire import jws
from tongban_wire.envelope import ChainHeader, Draft, Receipt, Sealed, open_receipt, seal
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.messages import FilingSubmitted
from tongban_wire.problems import WireProblem
from tongban_wire.strict import read_json, read_object, unb64url, write_json
from tongban_wire.words import Attachment, ItemRef, Message

from .kit import A, Kit
from .ports import Answer, Door, Ear

GATE: Final = "/gate/v1"
IN_TIME: Final = 10.0
"""Seconds within which a gate answers a batch."""
EFFECT: Final = 30.0
"""Seconds within which what was receipted takes effect on an idle node."""


class Failed(Exception):
    """The candidate did something else than the protocol promises."""


class NotRun(Exception):
    """What the scenario needs was not given."""


def expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


@dataclass
class Trial:
    """One candidate under test. ``attachment``: the digest of a file that ``kit-a`` may fetch there, if any."""

    kit: Kit
    door: Door
    ear: Ear | None = None
    attachment: str | None = None
    answers: list[tuple[str, Answer]] = field(default_factory=list)

    # --- asking ---------------------------------------------------------------------------------------------------
    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        answer = self.door.ask(method, GATE + path, headers or {}, body)
        self.answers.append((f"{method} {GATE + path}", answer))
        expect(answer.status != 0, f"no answer to {method} {path}")
        expect(answer.status < 500, f"{answer.status} to {method} {path}")
        return answer

    def get_json(self, path: str) -> dict[str, Any]:
        answer = self.ask("GET", path)
        expect(answer.status == 200, f"{answer.status} to GET {path}")
        return self.json(answer)

    def json(self, answer: Answer) -> dict[str, Any]:
        try:
            return read_object(answer.body, "json.malformed")
        except WireProblem as problem:
            raise Failed(f"an answer that is not a JSON object: {problem}") from None

    # --- saying ---------------------------------------------------------------------------------------------------
    def filing(self, **changes: Any) -> FilingSubmitted:
        """A filing for a version of an item that nobody has: to be stored, then declined; it touches nobody."""
        known: dict[str, Any] = {
            "filing_id": uuid4(), "filing_number": "kit-" + uuid4().hex[:12], "revision": 1,
            "content_digest": digest_of(uuid4().bytes), "mode": "online", "channel": "self", "intake_node": A,
            "intake_region": "999900", "anchor_region": "999900",
            "item": ItemRef(entry_key="KIT-0", owner=self.kit.candidate, code="kit-0", version=1,
                            digest=digest_of(b"no such version")),
            "personal": {"answers": {"note": "conformance kit"}, "applicant": {"name": "套件"}},
        }  # fmt: skip
        return FilingSubmitted(**{**known, **changes})

    def says(self, message: Message | None = None, *, key: SigningKey | None = None, **changes: Any) -> Sealed:
        """Sealed for the candidate; a stream of its own at position 1 unless ``changes`` say otherwise."""
        return seal(self.draft(message, key=key, **changes), key or self.kit.a)

    def draft(self, message: Message | None = None, *, key: SigningKey | None = None, **changes: Any) -> Draft:
        message = message or self.filing()
        subject: UUID = getattr(message, "filing_id", None) or uuid4()
        known: dict[str, Any] = {
            "id": uuid4(), "sender": (key or self.kit.a).node, "receiver": self.kit.candidate, "position": 1,
            "stream_subject": f"filing:{subject}", "at": datetime.now(UTC), "message": message,
            "chain": ChainHeader(subject_type="filing", subject_id=subject, position=1, name="filing.submitted",
                                 digest=digest_of(subject.bytes)),
        }  # fmt: skip
        return Draft(**{**known, **changes})

    def rewritten(self, change: Callable[[dict[str, Any]], object], *, key: SigningKey | None = None) -> Sealed:
        """A message whose event was changed before it was signed (again): a good signature over unusual content."""
        sealed = self.says(key=key)
        outer = json.loads(sealed.raw)
        event = read_json(unb64url(outer["jws"].split(".")[1], "jws.malformed"))
        change(event)
        compact = jws.sign(write_json(event), key or self.kit.a, jws.ENVELOPE)
        raw = write_json({"jws": compact, "parts": outer["parts"]})
        return Sealed(raw, sealed.id, digest_of(compact.encode("ascii")))

    # --- sending --------------------------------------------------------------------------------------------------
    def post(self, body: bytes, content_type: str = "application/json") -> Answer:
        return self.ask("POST", "/messages", {"Content-Type": content_type}, body)

    def send(self, *raws: bytes) -> list[dict[str, Any]]:
        """A batch; its answers, one for each."""
        answer = self.post(batch(*raws))
        expect(answer.status == 200, f"{answer.status} to a batch of {len(raws)}: {answer.body[:200]!r}")
        found = self.json(answer).get("answers")
        if not isinstance(found, list) or len(found) != len(raws) or not all(isinstance(a, dict) for a in found):
            raise Failed("not one answer for each message of the batch")
        return found

    def receipted(self, answer: Mapping[str, Any], sealed: Sealed, *, position: int = 1) -> str:
        """The receipt, verified: signed by the candidate, for exactly this message."""
        text = answer.get("receipt")
        if not isinstance(text, str):
            raise Failed(f"no receipt but {answer}")
        try:
            receipt: Receipt = open_receipt(text, self.kit.trust, datetime.now(UTC))
        except WireProblem as problem:
            raise Failed(f"the receipt does not verify: {problem}") from None
        expect(receipt.receiver == self.kit.candidate, f"the receipt is from {receipt.receiver}")
        expect((receipt.message_id, receipt.digest, receipt.position) == (sealed.id, sealed.digest, position),
               "the receipt is for another message")  # fmt: skip
        expect(abs(receipt.stored_at - datetime.now(UTC)) < timedelta(minutes=6), "the receipt is of another time")
        return text

    def refused(self, answer: Mapping[str, Any], *codes: str, whose: str = "sender") -> None:
        """A problem with one of these codes."""
        problem = answer.get("problem")
        if not isinstance(problem, dict):
            raise Failed(f"taken, though it had to be refused with {' or '.join(codes)}")
        expect(problem.get("code") in codes, f"refused with {problem.get('code')}, expected {' or '.join(codes)}")
        expect(problem.get("whose") == whose, f"{problem.get('code')}: laid at the door of {problem.get('whose')}")
        expect(isinstance(problem.get("retry"), bool), "a problem says whether the same bytes may be sent again")

    def must_hear(self) -> Ear:
        if self.ear is None:
            raise NotRun("the candidate cannot reach the kit: no address to listen on was given")
        return self.ear

    def declined(self, filing_id: UUID) -> bool:
        """Whether the candidate has told the kit that it declines this filing: the effect that shows here."""
        return any(
            e.message.type == "cn.tongban.filing.declined/1" and getattr(e.message, "filing_id", None) == filing_id
            for e in self.must_hear().heard()
        )


def batch(*raws: bytes) -> bytes:
    return b'{"messages":[' + b",".join(raws) + b"]}"


def attached(digest: str, size: int) -> Attachment:
    return Attachment(key="kit", digest=digest, media_type="application/pdf", size=size)


@dataclass(frozen=True, slots=True)
class Scenario:
    """``promise`` is what the protocol says; ``run`` raises :class:`Failed` or :class:`NotRun`, or returns."""

    name: str
    promise: str
    run: Callable[[Trial], None]


SCENARIOS: Final[list[Scenario]] = []


def scenario(promise: str) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Puts a function on the list, in the order of import."""

    def keep(run: Callable[[Trial], None]) -> Callable[[Trial], None]:
        SCENARIOS.append(Scenario(run.__name__, promise, run))
        return run

    return keep


__all__ = ["SCENARIOS", "Failed", "NotRun", "Scenario", "Trial", "attached", "batch", "expect", "scenario"]
