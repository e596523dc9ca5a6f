"""The signed catalog release: what a node published since its last one. Pure; the keys come from the caller.

Versions of base items (the directory's) and implementations, standings; what managers said by hand of reach; editions
of lists.

A node's releases form a chain: numbered from 1 without gaps, each naming the digest of the one before. They are public
documents about things, not people, and therefore fetched like the trust list, not told like messages (ADR 0013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec

from tongban.kernel.events import to_json
from tongban_wire import jws
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.strict import read_object, write_json
from tongban_wire.trust import TrustList

from .annex import Annex
from .scopes import Exemption, Scope

TYPE: Final = "tongban-catalog+jws"
NO_PREVIOUS: Final = "sha-256:" + "0" * 64
MOST_VERSIONS: Final = 100
"""Most versions in one release; a larger change takes several."""
MAX_BYTES: Final = 4_000_000
MOST_EDITION: Final = 2_500_000
"""Most bytes of an edition as JSON: it fits into a release of its own (base64 takes a third more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRelease:
    code: str
    version: int
    content: Mapping[str, Any]
    valid_from: date
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplementationRelease:
    code: str
    version: int
    entry_key: str
    content: Mapping[str, Any]
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRelease:
    code: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRelease:
    """A published edition of a list, whole."""

    list_code: str
    number: int
    annex: Annex
    basis: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDocument:
    """``scopes`` and ``exemptions`` are what managers said by hand, each as it stands now: one that was ended comes
    again. These and ``editions`` came after the others; who does not know them yet reads over them."""

    node: str
    number: int
    previous: str
    issued_at: datetime
    base: Sequence[BaseRelease] = ()
    implementations: Sequence[ImplementationRelease] = ()
    standings: Sequence[StandingRelease] = ()
    scopes: Sequence[Scope] = ()
    exemptions: Sequence[Exemption] = ()
    editions: Sequence[EditionRelease] = ()

    @property
    def is_empty(self) -> bool:
        return not (
            self.base or self.implementations or self.standings or self.scopes or self.exemptions or self.editions
        )


class NotBelieved(ValueError):
    """A release that is signed, but cannot be taken: ``malformed`` or ``not_its_own``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def seal_release(document: ReleaseDocument, key: SigningKey) -> str:
    """The document as a compact JWS."""
    return jws.sign(write_json(to_json(document)), key, TYPE)


def release_digest(signed: str) -> str:
    """The digest the next release names."""
    return digest_of(signed.encode("ascii"))


def open_release(signed: str, trust: TrustList, at: datetime) -> ReleaseDocument:
    """The document, if a node on the list signed it with a key valid now and it is that node's own.

    Base items only from the directory. Raises :class:`NotBelieved`, or ``WireProblem`` with what the signature
    says.
    """
    if len(signed) > MAX_BYTES:
        raise NotBelieved("malformed", "too large")
    payload, kid = jws.verify(signed, TYPE, lambda kid: trust.signer(kid, at)[1])
    try:
        document = msgspec.convert(read_object(payload, "jws.malformed"), ReleaseDocument)
    except msgspec.ValidationError as error:
        raise NotBelieved("malformed", str(error)[:200]) from None
    signer, _ = trust.signer(kid, at)
    if document.node != signer.node or (document.base and signer.role != "directory"):
        raise NotBelieved("not_its_own", document.node[:20])
    return document


def follows(document: ReleaseDocument, last: tuple[int, str] | None) -> bool:
    """Whether it is the next of the chain; ``last`` is (number, digest) of the newest one kept."""
    number, digest = last or (0, NO_PREVIOUS)
    return document.number == number + 1 and document.previous == digest
