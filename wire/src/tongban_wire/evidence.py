"""What a message, its receipt and the trust list prove, in plain words, and what they do not (责任追溯)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import jws
from .envelope import Envelope, Receipt, open_envelope, open_receipt
from .keys import digest_of
from .problems import WireProblem
from .reading import read_instant
from .sayings import Finding, Language, say
from .strict import read_object, write_instant
from .trust import Trusted


@dataclass(frozen=True, slots=True)
class Explanation:
    findings: tuple[Finding, ...]
    envelope: Envelope | None
    receipt: Receipt | None

    @property
    def holds(self) -> bool:
        """Nothing that was checked failed."""
        return all(finding.holds is not False for finding in self.findings)

    def text(self, language: Language = "both") -> str:
        return "\n".join(finding.text(language) for finding in self.findings)


def of_problem(name: str, code: str, problem: WireProblem) -> Finding:
    """A finding that something proves nothing, and why."""
    return say(name, False, code, problem=problem.sentence, problem_zh=problem.sentence_zh, code=str(problem))


def explain(raw: bytes, receipt: str | None, trust: Trusted, *, at: datetime) -> Explanation:
    """Checks a kept message and its receipt offline. ``at``: when it arrived, used if no receipt says when.

    Given several trust lists, the one that held at that time judges.
    """
    findings: list[Finding] = []
    opened_receipt = _receipt(receipt, trust, findings)
    when = opened_receipt.stored_at if opened_receipt else at
    try:
        receiver = opened_receipt.receiver if opened_receipt else claimed_receiver(raw)
        envelope = open_envelope(
            raw, trust.then(when), receiver=receiver, at=when, max_bytes=max(len(raw), 1), erased_ok=True
        )
    except WireProblem as problem:
        findings.append(of_problem("message", "message.proves_nothing", problem))
        return Explanation(tuple(findings), None, opened_receipt)
    findings.extend(about(envelope, trust))
    findings.extend(since_then(envelope, trust, when))
    if opened_receipt is None:
        findings.append(say("receipt", None, "receipt.none"))
    elif opened_receipt.digest != envelope.digest or opened_receipt.message_id != envelope.id:
        findings.append(say("receipt", False, "receipt.other"))
    else:
        stored = write_instant(opened_receipt.stored_at)
        findings.append(say("receipt", True, "receipt.stored", receiver=opened_receipt.receiver, at=stored))
    return Explanation(tuple(findings), envelope, opened_receipt)


def since_then(envelope: Envelope, trust: Trusted, at: datetime) -> list[Finding]:
    """Whether the newest list still vouches for the key that signed what arrived at ``at``."""
    if trust.newest.key(envelope.kid, at) is not None:
        return []
    return [say("key", None, "key.ended_since", kid=envelope.kid, at=write_instant(at))]


def about(envelope: Envelope, trust: Trusted) -> list[Finding]:
    """What a message proves by itself."""
    sender, chain = trust.newest.node(envelope.sender), envelope.chain
    findings = [
        say(
            "message",
            True,
            "message.signed",
            sender=envelope.sender,
            name=sender.name if sender else "?",
            type=envelope.message.type,
            receiver=envelope.receiver,
            at=write_instant(envelope.at),
            kid=envelope.kid,
        ),
        say(
            "chain",
            True,
            "message.chain",
            position=chain.position,
            fact=chain.name,
            subject_type=chain.subject_type,
            subject_id=chain.subject_id,
            digest=chain.digest,
        ),
    ]
    if envelope.personal_erased:
        findings.append(say("personal", None, "message.personal_erased"))
    elif envelope.message.personal is not None:
        findings.append(say("personal", True, "message.personal"))
    if envelope.list_expired:
        findings.append(say("list", None, "message.list_expired"))
    return findings


def stored_at(text: str) -> datetime:
    """What the (unverified) receipt says of its time. Raises ``WireProblem``."""
    if not text.isascii():
        raise WireProblem("receipt.malformed")
    return read_instant(read_object(jws.payload_of(text), "receipt.malformed").get("stored_at"), "stored_at")


def open_kept_receipt(text: str, trust: Trusted) -> Receipt:
    """A receipt from the archive, judged by its own time and the list that held then. Raises ``WireProblem``."""
    at = stored_at(text)
    return open_receipt(text, trust.then(at), at)


def _receipt(text: str | None, trust: Trusted, findings: list[Finding]) -> Receipt | None:
    if text is None:
        return None
    try:
        return open_kept_receipt(text, trust)
    except WireProblem as problem:
        findings.append(of_problem("receipt", "receipt.proves_nothing", problem))
        return None


def claimed_receiver(raw: bytes) -> str:
    """The receiver that the (unverified) signed bytes name."""
    compact = read_object(raw, "envelope.malformed").get("jws")
    if type(compact) is not str or not compact.isascii():
        raise WireProblem("envelope.malformed", "jws")
    return str(read_object(jws.payload_of(compact), "envelope.malformed").get("receiver"))


def message_digest(raw: bytes) -> str | None:
    """The digest by which a receipt names these bytes; None if they are no message."""
    try:
        compact = read_object(raw, "envelope.malformed").get("jws")
    except WireProblem:
        return None
    return digest_of(compact.encode("ascii", "replace")) if type(compact) is str else None
