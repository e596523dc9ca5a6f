"""Several files of one or more nodes held against each other: what holds, what does not, what is not proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import comparing
from .chains import check_chains, check_facts, check_message, claims_of
from .comparing import Examined, Kept
from .daybook import DayBook, book_digest, open_day_book
from .envelope import Receipt, open_envelope
from .evidence import claimed_receiver, of_problem, open_kept_receipt, since_then
from .export import BookLine, Bundle, MessageLine
from .messages import DayBookClosed
from .problems import WireProblem
from .sayings import Finding, Language, say
from .stamps import read_time_stamp
from .strict import unb64url, write_instant, write_json
from .trust import Trusted


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Nothing that was checked failed."""
        return all(finding.holds is not False for finding in self.findings)

    def text(self, language: Language = "both") -> str:
        return "\n".join(finding.text(language) for finding in self.findings)


def examine(bundles: Sequence[Bundle], trust: Trusted, *, certificate: bytes | None = None) -> Report:
    """Every file by itself, then all against each other. ``certificate``: of the time-stamper, PEM or DER."""
    findings: list[Finding] = []
    examined = [_alone(bundle, trust, findings, certificate) for bundle in bundles]
    comparing.books_together(examined, findings)
    comparing.messages_together(examined, findings)
    comparing.facts_together(examined, findings)
    for one in examined:
        comparing.day(one, examined, findings)
        comparing.inclusions(one, examined, findings)
        comparing.witnesses(one, examined, findings)
    findings.append(say("limits", None, "limits.truth"))
    findings.append(say("limits", None, "limits.time"))
    return Report(tuple(findings))


# ---- one file --------------------------------------------------------------------------------------------------


def _alone(bundle: Bundle, trust: Trusted, findings: list[Finding], certificate: bytes | None) -> Examined:
    from .export import FactLine

    one = Examined(bundle)
    one.facts, found = check_facts(bundle.of(FactLine))
    findings += found
    head = bundle.head
    whole = (head.subject_type, str(head.subject_id)) if head.subject_type and head.subject_id else None
    findings += check_chains(one.facts, whole=whole)
    for line in bundle.of(BookLine):
        _book(line, one, trust, findings, certificate)
    good, receipts = 0, 0
    for message in bundle.of(MessageLine):
        kept = _message(message, one, trust, findings)
        if kept is not None:
            good, receipts = good + 1, receipts + (kept.receipt is not None)
    if good:
        findings.append(say("message", True, "messages.hold", count=good))
        findings.append(say("receipt", True, "receipts.hold", count=receipts))
    return one


def _message(line: MessageLine, one: Examined, trust: Trusted, findings: list[Finding]) -> Kept | None:
    """Signature, receipt, columns, and the chain if the file holds it. None (and a finding) if any of it fails."""
    before = len(findings)
    receipt = _receipt(line, trust, findings)
    try:
        raw = write_json(line.raw)
        at = receipt.stored_at if receipt else line.at or one.bundle.head.made_at
        envelope = open_envelope(
            raw, trust.then(at), receiver=claimed_receiver(raw), at=at, max_bytes=max(len(raw), 1), erased_ok=True
        )
    except (WireProblem, UnicodeEncodeError) as error:
        problem = error if isinstance(error, WireProblem) else WireProblem("json.malformed")
        findings.append(of_problem("message", "message.proves_nothing", problem))
        return None
    if receipt is not None and (receipt.message_id, receipt.digest) != (envelope.id, envelope.digest):
        findings.append(say("receipt", False, "receipt.other"))
    claims = claims_of(envelope)
    differ = sorted(name for name, value in line.claims.items() if name in claims and claims[name] != value)
    if differ:
        findings.append(say("message", False, "message.claims_differ", id=envelope.id, what=", ".join(differ)))
    if envelope.sender == one.node:
        facts = {(*fact.subject, fact.position): fact for fact in one.facts}
        findings += [f for f in check_message(envelope, facts) if f.holds is False]
    if any(finding.holds is False for finding in findings[before:]):
        return None
    findings += since_then(envelope, trust, at)
    kept = Kept(envelope, receipt, line.receipt if receipt else None)
    one.messages[str(envelope.id)] = kept
    if isinstance(envelope.message, DayBookClosed):
        _carried_book(kept, one, trust, findings)
    return kept


def _receipt(line: MessageLine, trust: Trusted, findings: list[Finding]) -> Receipt | None:
    if line.receipt is None:
        return None
    try:
        return open_kept_receipt(str(line.receipt), trust)
    except WireProblem as problem:
        findings.append(of_problem("receipt", "receipt.proves_nothing", problem))
        return None


def _book(line: BookLine, one: Examined, trust: Trusted, findings: list[Finding], certificate: bytes | None) -> None:
    try:
        text = str(line.day_book)
        book = open_day_book(text, trust)
    except WireProblem as problem:
        findings.append(of_problem("book", "book.proves_nothing", problem))
        return
    claims = {"node": book.node, "day": book.day.isoformat(), "facts": book.facts, "root": book.root,
              "digest": book_digest(text)}  # fmt: skip
    differ = sorted(name for name, value in line.claims.items() if name in claims and claims[name] != value)
    if differ:
        row = WireProblem("day_book.malformed", "row: " + ", ".join(differ))
        findings.append(of_problem("book", "book.proves_nothing", row))
    _add_book(one, text, book, findings)
    if line.time_stamp is not None:
        findings.append(_stamp(str(line.time_stamp), text, book, certificate))


def _carried_book(kept: Kept, one: Examined, trust: Trusted, findings: list[Finding]) -> None:
    """The day book inside a message, and its receipt as countersignature."""
    message = kept.envelope.message
    assert isinstance(message, DayBookClosed)
    try:
        book = open_day_book(message.day_book, trust)
    except WireProblem as problem:
        findings.append(of_problem("book", "book.proves_nothing", problem))
        return
    _add_book(one, message.day_book, book, findings)


def _add_book(one: Examined, text: str, book: DayBook, findings: list[Finding]) -> None:
    key = (book.node, book.day)
    if key in one.books:
        if book_digest(one.books[key][0]) != book_digest(text):
            findings.append(say("book", False, "book.contradiction", node=book.node, day=book.day))
        return
    one.books[key] = (text, book)
    findings.append(
        say(
            "book", True, "book.signed", node=book.node, day=book.day, facts=book.facts, root=book.root,
            at=write_instant(book.closed_at),
        )
    )  # fmt: skip


def _stamp(token: str, text: str, book: DayBook, certificate: bytes | None) -> Finding:
    try:
        stamp = read_time_stamp(unb64url(token, "time_stamp.malformed"), text.encode("ascii"), certificate)
    except WireProblem as problem:
        return say("stamp", False, "stamp.wrong", code=str(problem))
    at = write_instant(stamp.at)
    if not stamp.verified:
        return say("stamp", None, "stamp.unchecked", at=at)
    return say("stamp", True, "stamp.holds", policy=stamp.policy, node=book.node, day=book.day, at=at)
