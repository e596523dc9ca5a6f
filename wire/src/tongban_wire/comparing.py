"""What one file is held to by the others: day books, messages and facts of one or more nodes side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from . import daybook
from .chains import Fact, check_message
from .daybook import DayBook, Inclusion, Leaf, book_digest
from .envelope import Envelope, Receipt
from .export import Bundle, InclusionLine
from .jws import read_header
from .messages import DayBookClosed
from .sayings import Finding, say
from .strict import write_instant


@dataclass(slots=True)
class Kept:
    """A message in one file."""

    envelope: Envelope
    receipt: Receipt | None
    receipt_text: str | None


@dataclass(slots=True)
class Examined:
    """One file after its own checks."""

    bundle: Bundle
    facts: list[Fact] = field(default_factory=list)
    messages: dict[str, Kept] = field(default_factory=dict)
    books: dict[tuple[str, date], tuple[str, DayBook]] = field(default_factory=dict)

    @property
    def node(self) -> str:
        return self.bundle.head.node


_TWICE: Final = {False: "differs", True: "again"}


def books_together(examined: Sequence[Examined], findings: list[Finding]) -> None:
    found: dict[tuple[str, date], tuple[str, DayBook]] = {}
    for one in examined:
        for key, (text, book) in one.books.items():
            if key in found and book_digest(found[key][0]) != book_digest(text):
                findings.append(say("book", False, "book.contradiction", node=book.node, day=book.day))
            found.setdefault(key, (text, book))
    for (node, day), (_, book) in found.items():
        before = found.get((node, day - timedelta(days=1)))
        if before is not None and book.previous != book_digest(before[0]):
            findings.append(say("book", False, "book.gap", node=node, day=day))


def messages_together(examined: Sequence[Examined], findings: list[Finding]) -> None:
    for place, one in enumerate(examined):
        for other in examined[place + 1 :]:
            for id_, kept in one.messages.items():
                theirs = other.messages.get(id_)
                if theirs is None:
                    continue
                if kept.envelope.digest != theirs.envelope.digest:
                    findings.append(say("message", False, "message.differs", id=id_))
                both = (kept.receipt_text, theirs.receipt_text)
                if both[0] is not None and both[1] is not None and both[0] != both[1]:
                    again = read_header(both[0]).kid != read_header(both[1]).kid
                    findings.append(say("receipt", None if again else False, f"receipt.{_TWICE[again]}", id=id_))
            for keeper, lacking in ((one, other), (other, one)):
                _missing(keeper, lacking, findings)


def _missing(keeper: Examined, lacking: Examined, findings: list[Finding]) -> None:
    """Messages between the two nodes that one of two files about the same day lacks."""
    day = keeper.bundle.head.day
    if day is None or lacking.bundle.head.day != day:
        return
    for id_, kept in keeper.messages.items():
        between = {kept.envelope.sender, kept.envelope.receiver} == {keeper.node, lacking.node}
        if between and kept.receipt is not None and id_ not in lacking.messages:
            findings.append(say("message", None, "message.missing", keeper=keeper.node, id=id_, other=lacking.node))


def facts_together(examined: Sequence[Examined], findings: list[Finding]) -> None:
    """The same fact in two files of one node; and messages another node keeps against the owner's facts."""
    for place, one in enumerate(examined):
        mine = {(*fact.subject, fact.position): fact for fact in one.facts}
        for other in examined:
            if other is one:
                continue
            for kept in other.messages.values():
                if kept.envelope.sender == one.node and str(kept.envelope.id) not in one.messages:
                    findings += [f for f in check_message(kept.envelope, mine) if f.holds is False]
        for other in examined[place + 1 :]:
            if other.node == one.node:
                for fact in other.facts:
                    same = mine.get((*fact.subject, fact.position))
                    if same is not None and same.line.digest != fact.line.digest:
                        where = f"{' '.join(fact.subject)} #{fact.position}"
                        findings.append(say("fact", False, "fact.differs", where=where))


def day(one: Examined, examined: Sequence[Examined], findings: list[Finding]) -> None:
    """A file that claims to hold a node's whole day, against every book of that day in any of the files."""
    day, node = one.bundle.head.day, one.node
    if day is None:
        return
    leaves = sorted(Leaf(*fact.subject, fact.position, fact.line.digest, fact.line.recorded_at) for fact in one.facts)
    books = [other.books[(node, day)] for other in examined if (node, day) in other.books]
    if not books:
        findings.append(say("book", None, "book.unknown", node=node, day=day))
    root = daybook.root_of([leaf.data for leaf in leaves])
    for text in {text for text, _ in books}:
        book = next(book for other, book in books if other == text)
        agrees = (book.facts, book.root) == (len(leaves), root)
        code = "book.facts_agree" if agrees else "book.facts_differ"
        findings.append(say("book", agrees, code, node=node, day=day, count=len(leaves)))


def inclusions(one: Examined, examined: Sequence[Examined], findings: list[Finding]) -> None:
    for line in one.bundle.of(InclusionLine):
        books = [other.books[(line.node, line.day)][1] for other in examined if (line.node, line.day) in other.books]
        if not books:
            findings.append(say("book", None, "book.unknown", node=line.node, day=line.day))
            continue
        inclusion = Inclusion(node=line.node, day=line.day, index=line.index, facts=line.facts, path=line.path)
        data = daybook.leaf_data(line.fact, line.recorded_at)
        stood = all(daybook.includes(book, inclusion, data) for book in books)
        code = "book.includes" if stood else "book.includes_not"
        findings.append(say("book", stood, code, digest=line.fact, node=line.node, day=line.day))


def witnesses(one: Examined, examined: Sequence[Examined], findings: list[Finding]) -> None:
    """Up to where another node holds proof of a chain, and of which day books."""
    told: dict[tuple[str, str], tuple[int, datetime]] = {}
    countersigned: dict[str, list[Receipt]] = {}
    for other in examined:
        for kept in other.messages.values():
            if kept.envelope.sender != one.node or kept.receipt is None or kept.receipt.receiver == one.node:
                continue
            chain = kept.envelope.chain
            subject = (chain.subject_type, str(chain.subject_id))
            told[subject] = max(
                told.get(subject, (0, kept.receipt.stored_at)), (chain.position, kept.receipt.stored_at)
            )
            if isinstance(kept.envelope.message, DayBookClosed):
                receipts = countersigned.setdefault(book_digest(kept.envelope.message.day_book), [])
                if kept.receipt not in receipts:
                    receipts.append(kept.receipt)
    for (node, day), (text, _) in one.books.items():
        if node != one.node:
            continue
        for receipt in countersigned.get(book_digest(text), ()):
            at = write_instant(receipt.stored_at)
            findings.append(say("book", True, "book.witnessed", receiver=receipt.receiver, at=at))
        if book_digest(text) not in countersigned:
            findings.append(say("book", None, "book.alone", node=node, day=day))
    head = one.bundle.head
    if head.subject_type and head.subject_id and one.facts:
        _tail((head.subject_type, str(head.subject_id)), one, told, findings)


def _tail(
    subject: tuple[str, str],
    one: Examined,
    told: Mapping[tuple[str, str], tuple[int, datetime]],
    findings: list[Finding],
) -> None:
    last = max((fact.position for fact in one.facts if fact.subject == subject), default=0)
    known, at = told.get(subject, (0, None))
    words = " ".join(subject)
    if known and at:
        findings.append(say("chain", True, "chain.witnessed", position=known, subject=words, at=write_instant(at)))
    if known < last:
        findings.append(say("chain", None, "chain.tail", first=known + 1, last=last, subject=words))
