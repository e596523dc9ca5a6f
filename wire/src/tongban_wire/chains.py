"""Facts against their digests, links and messages: what of a chain is proven, and to whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .envelope import Envelope
from .export import FactLine
from .keys import digest_of
from .problems import WireProblem
from .reading import to_json
from .sayings import Finding, say
from .strict import read_object, write_instant

_HEADER: Final = frozenset(
    ("subject_type", "subject_id", "position", "name", "version", "at", "actor", "body_digest", "personal_digest",
     "previous")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact whose header could be read; ``sound`` says whether everything about it agrees."""

    line: FactLine
    header: Mapping[str, Any]
    sound: bool

    @property
    def subject(self) -> tuple[str, str]:
        return str(self.header["subject_type"]), str(self.header["subject_id"])

    @property
    def position(self) -> int:
        return int(self.header["position"])


def check_facts(lines: Iterable[FactLine]) -> tuple[list[Fact], list[Finding]]:
    """Every fact by itself: header against digest, columns, body and personal part against the header."""
    facts: list[Fact] = []
    findings: list[Finding] = []
    erased = 0
    for number, line in enumerate(lines, start=1):
        header = _header(line.header)
        if header is None:
            findings.append(say("fact", False, "fact.unreadable", where=f"#{number}"))
            continue
        where = f"{header['subject_type']} {header['subject_id']} #{header['position']}"
        wrong = list(_wrong(line, header, where))
        findings += wrong
        erased += line.personal is None and header["personal_digest"] is not None
        facts.append(Fact(line, header, not wrong))
    if facts and not findings:
        findings.append(say("fact", True, "facts.hold", count=len(facts), erased=erased))
    return facts, findings


def _header(text: Any) -> Mapping[str, Any] | None:
    if type(text) is not str:
        return None
    try:
        header = read_object(text.encode("utf-8"), "export.malformed")
    except (WireProblem, UnicodeEncodeError):
        return None
    if header.keys() != _HEADER or type(header["position"]) is not int:
        return None
    return header


def _wrong(line: FactLine, header: Mapping[str, Any], where: str) -> Iterable[Finding]:
    if digest_of(str(line.header).encode()) != line.digest:
        yield say("fact", False, "fact.digest", where=where)
    differ = sorted(name for name, value in line.claims.items() if name in _HEADER and header[name] != value)
    if differ:
        yield say("fact", False, "fact.row", where=where, what=", ".join(differ))
    if line.body is not None and _text_digest(line.body) != header["body_digest"]:
        yield say("fact", False, "fact.body", where=where)
    if line.personal is not None or line.salt is not None:
        try:
            salt = bytes.fromhex(line.salt)
            found = "sha-256:" + hashlib.sha256(salt + str(line.personal).encode()).hexdigest()
        except (TypeError, ValueError):
            found = ""
        if found != header["personal_digest"]:
            yield say("fact", False, "fact.personal", where=where)


def _text_digest(text: Any) -> str:
    try:
        return digest_of(text.encode("utf-8")) if type(text) is str else ""
    except UnicodeEncodeError:
        return ""


def check_chains(facts: Sequence[Fact], *, whole: tuple[str, str] | None) -> list[Finding]:
    """The links. ``whole``: the subject whose chain the file claims to hold from its first fact on."""
    by_subject: dict[tuple[str, str], dict[int, Fact]] = {}
    findings: list[Finding] = []
    for fact in facts:
        others = by_subject.setdefault(fact.subject, {})
        if fact.position in others:
            findings.append(_broken(fact.subject, fact.position))
        others[fact.position] = fact
    for subject, chain in by_subject.items():
        positions = sorted(chain)
        for position in positions:
            previous = chain.get(position - 1)
            named = chain[position].header["previous"]
            if (previous is not None and named != previous.line.digest) or ((position == 1) != (named == "")):
                findings.append(_broken(subject, position))
        if subject == whole:
            if positions != list(range(1, len(positions) + 1)):
                missing = next(n for n in range(1, positions[-1] + 1) if n not in chain)
                findings.append(_broken(subject, missing))
            elif not findings:
                last = chain[positions[-1]].line.digest
                findings.append(
                    say("chain", True, "chain.whole", subject=" ".join(subject), count=len(positions), digest=last)
                )
    return findings


def _broken(subject: tuple[str, str], position: int) -> Finding:
    return say("chain", False, "chain.broken", subject=" ".join(subject), position=position)


def check_message(envelope: Envelope, facts: Mapping[tuple[str, str, int], Fact]) -> list[Finding]:
    """A message of the chain's owner against the owner's facts: reported fact, its link, and what was skipped."""
    chain = envelope.chain
    key = (chain.subject_type, str(chain.subject_id))
    fact = facts.get((*key, chain.position))
    if fact is None:
        return []
    what = [
        name
        for name, said, found in (
            ("digest", chain.digest, fact.line.digest),
            ("name", chain.name, fact.header["name"]),
            ("previous", chain.previous or "", fact.header["previous"]),
        )
        if said != found
    ]
    first = chain.position - len(envelope.skipped)
    for position, digest in enumerate(envelope.skipped, start=first):
        other = facts.get((*key, position))
        if other is not None and other.line.digest != digest:
            what.append(f"skipped fact {position}")
    if what:
        return [say("chain", False, "message.fact_differs", id=envelope.id, what=", ".join(what))]
    return [say("chain", True, "message.fact_agrees")]


def claims_of(envelope: Envelope) -> Mapping[str, Any]:
    """What the signed bytes say of that which a node keeps in columns of its own."""
    return {
        "id": str(envelope.id),
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "stream_subject": envelope.stream_subject,
        "position": envelope.position,
        "type": envelope.message.type,
        "digest": envelope.digest,
        "kid": envelope.kid,
        "at": write_instant(envelope.at),
        "body": _canonical(envelope.message.body()),
        "chain": _canonical(to_json(envelope.chain)),
    }


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
