"""The trust list: who the nodes are, their keys and addresses, what each may say, which regions each answers for.

Signed by the root key, whose fingerprint every node pins at enrolment. The list expires: with an expired list a node
stores what arrives and parks it, but acts on nothing (decision 19).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final, Literal

from . import jws
from .keys import PublicKey, SigningKey
from .problems import WireProblem
from .reading import read_dataclass, to_json
from .strict import read_object, write_json
from .words import TYPE_NAME, Base64, Node

MAX_BYTES: Final = 5_000_000
SKEW: Final = timedelta(minutes=5)
"""How far clocks of two nodes may differ."""
_SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
Pattern = Annotated[str, re.compile(r"\*|[a-z.]+(?:_[a-z]+)*(?:\.\*)?(?:/\d{1,3})?")]
Prefix = Annotated[str, re.compile(r"\d{2}(?:\d{2}){0,2}", re.ASCII)]
Address = Annotated[str, re.compile(r"https?://[^\s/?#]{1,200}(?:/[^\s?#]{0,200})?")]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """One key of a node, valid from ``valid_from`` until before ``valid_to``. ``public``: raw key in base64url."""

    kid: str
    alg: str
    public: Base64
    valid_from: datetime
    valid_to: datetime

    @property
    def key(self) -> PublicKey:
        return PublicKey(self.kid, self.alg, self.public)

    def is_valid(self, at: datetime) -> bool:
        return self.valid_from <= at < self.valid_to


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPrefix:
    """Regions whose code begins with ``prefix`` (2, 4 or 6 digits), from ``from_on`` to ``to_on`` inclusive."""

    prefix: Prefix
    from_on: date
    to_on: date | None = None

    def covers(self, on: date) -> bool:
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    """A node. ``may_say``: message types, or patterns ending in ``.*`` (e.g. ``cn.tongban.case.*``), or ``*``."""

    node: Node
    name: str
    address: Address
    role: Literal["directory", "province"]
    keys: tuple[KeyEntry, ...]
    may_say: tuple[Pattern, ...] = ()
    regions: tuple[RegionPrefix, ...] = ()

    def may(self, type_name: str) -> bool:
        return any(
            pattern in ("*", type_name) or (pattern.endswith(".*") and type_name.startswith(pattern[:-1]))
            for pattern in self.may_say
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sunset:
    """That messages of ``type`` are taken up to ``last_day`` (in UTC+8) and no longer: announced a year ahead."""

    type: Annotated[str, TYPE_NAME]
    last_day: date

    def is_over(self, at: datetime) -> bool:
        return at.astimezone(_SHANGHAI).date() > self.last_day


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """One version of the list. ``root`` is the public root key that signs it."""

    version: int
    issued_at: datetime
    expires_at: datetime
    nodes: tuple[NodeEntry, ...]
    sunsets: tuple[Sunset, ...] = ()

    def node(self, node: str) -> NodeEntry | None:
        return self._nodes.get(node)

    def key(self, kid: str, at: datetime) -> PublicKey | None:
        """The key, if it is on the list and valid at ``at``."""
        found = self._keys.get(kid)
        return found[1].key if found and found[1].is_valid(at) else None

    def knows(self, kid: str) -> bool:
        """Whether the key stands on the list at all, valid or not."""
        return kid in self._keys

    def signer(self, kid: str, at: datetime) -> tuple[NodeEntry, PublicKey]:
        """The node and key behind a key id; ``WireProblem`` if unknown or not valid at ``at``."""
        found = self._keys.get(kid)
        if found is None:
            raise WireProblem("key.unknown", kid[:60])
        if not found[1].is_valid(at):
            raise WireProblem("key.not_valid_then", kid[:60])
        return found[0], found[2]

    def node_of_region(self, code: str, on: date) -> str | None:
        """The one node that answers for a region on a day: longest prefix. None: no node yet."""
        for length in (6, 4, 2):
            for prefix, node in self._prefixes.get(code[:length], ()) if len(code) >= length else ():
                if prefix.covers(on):
                    return node
        return None

    def is_expired(self, at: datetime) -> bool:
        return at >= self.expires_at

    def is_retired(self, type_name: str, at: datetime) -> bool:
        """Whether messages of this type that arrive at ``at`` are refused, as was announced."""
        return bool(self.sunsets) and any(s.type == type_name and s.is_over(at) for s in self.sunsets)

    def then(self, at: datetime) -> TrustList:
        """The list that held at ``at``: this one, for there is no other. See :class:`TrustHistory`."""
        return self

    @property
    def newest(self) -> TrustList:
        return self

    @cached_property
    def _nodes(self) -> Mapping[str, NodeEntry]:
        return {entry.node: entry for entry in self.nodes}

    @cached_property
    def _keys(self) -> Mapping[str, tuple[NodeEntry, KeyEntry, PublicKey]]:
        return {key.kid: (entry, key, key.key) for entry in self.nodes for key in entry.keys}

    @cached_property
    def _prefixes(self) -> Mapping[str, list[tuple[RegionPrefix, str]]]:
        found: dict[str, list[tuple[RegionPrefix, str]]] = {}
        for entry in self.nodes:
            for prefix in entry.regions:
                found.setdefault(prefix.prefix, []).append((prefix, entry.node))
        return found

    def check(self) -> None:
        """Raises ``WireProblem("trust.contradiction")`` if the list says two things at once."""
        if len(self._nodes) != len(self.nodes):
            raise WireProblem("trust.contradiction", "a node stands on it twice")
        if len(self._keys) != sum(len(entry.keys) for entry in self.nodes):
            raise WireProblem("trust.contradiction", "a key stands on it twice")
        if sum(entry.role == "directory" for entry in self.nodes) > 1:
            raise WireProblem("trust.contradiction", "two directories")
        if len({sunset.type for sunset in self.sunsets}) != len(self.sunsets):
            raise WireProblem("trust.contradiction", "a type has two last days")
        if self.expires_at <= self.issued_at:
            raise WireProblem("trust.contradiction", "expires before it was issued")
        for entry, key, public in self._keys.values():
            if public.is_known:  # a key of an algorithm of tomorrow harms nobody: it is never used here
                public.check()
            if key.kid.rpartition(".")[0] != entry.node:
                raise WireProblem("trust.contradiction", f"key {key.kid} stands under node {entry.node}")
        for prefix, claims in self._prefixes.items():
            claims.sort(key=lambda claim: claim[0].from_on)
            for (earlier, _), (later, _) in pairwise(claims):
                if earlier.to_on is None or later.from_on <= earlier.to_on:
                    raise WireProblem("trust.contradiction", f"regions {prefix} have two nodes on one day")


class TrustHistory:
    """Several versions of the list, each already opened under the same root: for checking what is old.

    What was signed is judged by the list that held when it arrived; a key that ended, or was taken off, since then
    does not undo it.
    """

    def __init__(self, lists: Iterable[TrustList]) -> None:
        self.lists = tuple(sorted(lists, key=lambda trust: trust.version))
        if not self.lists:
            raise ValueError("no list at all")

    @property
    def newest(self) -> TrustList:
        return self.lists[-1]

    def then(self, at: datetime) -> TrustList:
        """The newest version issued by then; the oldest known if ``at`` lies before all of them."""
        return next((trust for trust in reversed(self.lists) if trust.issued_at <= at), self.lists[0])


Trusted = TrustList | TrustHistory


def seal_trust_list(trust: TrustList, root_key: SigningKey) -> bytes:
    """The signed list as a compact JWS; it carries the public root key, which counts only when it is the pinned one."""
    trust.check()
    payload = {**to_json(trust), "root": to_json(root_key.public)}
    return jws.sign(write_json(payload), root_key, jws.TRUST_LIST).encode("ascii")


def open_trust_list(
    raw: bytes, root_fingerprint: str, root_public: PublicKey | None = None, at: datetime | None = None
) -> TrustList:
    """The list, if the pinned root signed it; expired or not: ask :meth:`TrustList.is_expired`.

    ``root_public`` may be left out: the list brings the key and the fingerprint decides. With ``at``, a list issued
    more than five minutes later is refused. Raises ``WireProblem``.
    """
    if len(raw) > MAX_BYTES:
        raise WireProblem("trust.malformed", "too large")
    try:
        compact = raw.decode("ascii")
    except UnicodeDecodeError:
        raise WireProblem("trust.malformed", "not a compact JWS") from None
    claimed = read_object(jws.payload_of(compact), "trust.malformed")
    root = root_public or _read_root(claimed.get("root"))
    if root.fingerprint != root_fingerprint:
        raise WireProblem("trust.wrong_root", root.fingerprint)

    def key_of(kid: str) -> PublicKey:
        if kid != root.kid:
            raise WireProblem("trust.wrong_root", kid[:60])
        return root

    jws.verify(compact, jws.TRUST_LIST, key_of)
    try:
        trust = read_dataclass(TrustList, claimed)
    except WireProblem as problem:
        raise WireProblem("trust.malformed", problem.detail) from None
    trust.check()
    if at is not None and trust.issued_at > at + SKEW:
        raise WireProblem("trust.malformed", "issued in the future")
    return trust


def _read_root(value: object) -> PublicKey:
    try:
        root = read_dataclass(PublicKey, value)
        root.check()
    except WireProblem:
        raise WireProblem("trust.malformed", "root") from None
    return root
