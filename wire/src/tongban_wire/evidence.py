"""What a message, its receipt and the trust list prove, in plain words, and what they do not (责任追溯)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import jws
from .envelope import Envelope, Receipt, open_envelope, open_receipt
from .problems import WireProblem
from .strict import read_object, write_instant
from .trust import TrustList


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``holds`` is True, False, or None when it could not be made."""

    name: str
    holds: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    findings: tuple[Finding, ...]
    envelope: Envelope | None
    receipt: Receipt | None

    @property
    def holds(self) -> bool:
        """Nothing that was checked failed."""
        return all(finding.holds is not False for finding in self.findings)

    def text(self) -> str:
        marks = {True: "ok  ", False: "FAIL", None: " -- "}
        return "\n".join(f"{marks[f.holds]} {f.words}" for f in self.findings)


def explain(raw: bytes, receipt: str | None, trust: TrustList, *, at: datetime) -> Explanation:
    """Checks a kept message and its receipt offline. ``at``: when it arrived, used if no receipt says when."""
    findings: list[Finding] = []
    opened_receipt = _receipt(receipt, trust, at, findings)
    when = opened_receipt.stored_at if opened_receipt else at
    try:
        receiver = opened_receipt.receiver if opened_receipt else _claimed_receiver(raw)
        envelope = open_envelope(raw, trust, receiver=receiver, at=when, max_bytes=max(len(raw), 1), erased_ok=True)
    except WireProblem as problem:
        findings.append(Finding("message", False, f"The message proves nothing: {problem.sentence} ({problem})"))
        return Explanation(tuple(findings), None, opened_receipt)
    sender, chain = trust.node(envelope.sender), envelope.chain
    findings.append(
        Finding(
            "message",
            True,
            f"Node {envelope.sender} ({sender.name if sender else '?'}) signed {envelope.message.type} for node "
            f"{envelope.receiver}, dated {write_instant(envelope.at)}, with key {envelope.kid}; it cannot deny it.",
        )
    )
    findings.append(
        Finding(
            "chain",
            True,
            f"It reports fact {chain.position} ({chain.name}) of {chain.subject_type} {chain.subject_id}, "
            f"{chain.digest}; later facts of that chain must build on it.",
        )
    )
    if envelope.personal_erased:
        findings.append(Finding("personal", None, "The personal part has been erased; the signature still holds."))
    elif envelope.message.personal is not None:
        findings.append(Finding("personal", True, "The personal part is the one that was signed."))
    if envelope.list_expired:
        findings.append(Finding("list", None, "The trust list had expired when the message arrived."))
    if opened_receipt is None:
        findings.append(Finding("receipt", None, "Without a receipt: no proof that the receiver ever had it."))
    elif opened_receipt.digest != envelope.digest or opened_receipt.message_id != envelope.id:
        findings.append(Finding("receipt", False, "The receipt is for another message."))
    else:
        findings.append(
            Finding(
                "receipt",
                True,
                f"Node {opened_receipt.receiver} confirmed that it had stored exactly these bytes at "
                f"{write_instant(opened_receipt.stored_at)}. It did not thereby agree to anything.",
            )
        )
    return Explanation(tuple(findings), envelope, opened_receipt)


def _receipt(text: str | None, trust: TrustList, at: datetime, findings: list[Finding]) -> Receipt | None:
    if text is None:
        return None
    try:
        return open_receipt(text, trust, at)
    except WireProblem as problem:
        findings.append(Finding("receipt", False, f"The receipt proves nothing: {problem.sentence} ({problem})"))
        return None


def _claimed_receiver(raw: bytes) -> str:
    compact = read_object(raw, "envelope.malformed").get("jws")
    if type(compact) is not str or not compact.isascii():
        raise WireProblem("envelope.malformed", "jws")
    return str(read_object(jws.payload_of(compact), "envelope.malformed").get("receiver"))
