"""Keeping the trust list fresh: the directory signs it anew on a schedule, the others fetch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal
from tongban_wire.problems import WireProblem
from tongban_wire.trust import seal_trust_list

from . import actions, enrolling, installation, keyring, queries
from .ports import SourceUnavailable
from .rules import may_reach, next_list

log = structlog.get_logger(__name__)


def renew() -> None:
    """Take in a list that lies in the file, then publish (at the directory) or fetch (elsewhere) what is newer."""
    adopt_file()
    if config().is_directory:
        publish()
    else:
        fetch()


def adopt_file() -> int | None:
    """Adopt the list handed over by file, if it is newer than what was adopted. Returns the version in force."""
    found = queries.held()
    if found is None:
        return None
    return _adopt(found.signed, "file") or found.trust.version


def publish() -> int | None:
    """At the directory: sign the next list when it is due or a node was enrolled. Returns its version, else None."""
    cfg, at = config(), clock.now()
    if not cfg.root_signing_key_file.exists():
        log.warning("root_key_missing")
        return None
    try:
        found = queries.held()
        due = next_list(found.trust if found else None, enrolling.granted(cfg), at, enrolling.sunsets(cfg))
        if due is None:
            return None
        signed = seal_trust_list(due, enrolling.root_key(cfg))
    except WireProblem as problem:
        log.error("trust_list_not_published", code=problem.code, detail=problem.detail)
        return None
    version = _adopt(signed, "published")
    if version is not None:
        keyring.replace_file(cfg.trust_list_file, signed)
    return version


def fetch() -> int | None:
    """Ask the directory for its list; adopt it if it is newer. Without an answer the present one stays in force."""
    cfg, source, found = config(), installation.source(), queries.held()
    directory = next((n.address for n in found.trust.nodes if n.role == "directory"), "") if found else ""
    address = directory or cfg.directory_url
    if source is None or not address:
        return None
    if not may_reach(address, plain_http_loopback=cfg.plain_http_loopback and cfg.under_demo_root):
        log.error("directory_address_refused")
        return None
    try:
        signed = source.fetch(address)
    except SourceUnavailable as unavailable:
        log.warning("trust_list_not_fetched", code=unavailable.code)
        return None
    return _adopt(signed, "directory")


def _adopt(signed: bytes, source: str) -> int | None:
    try:
        return actions.adopt_trust_list(Act(system(config().node_id), clock.now()), signed, source=source)
    except Refusal as refusal:
        log.error("trust_list_refused", source=source, **refusal.params)
        return None
    finally:
        queries.forget()


PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {actions.RENEWAL: (60.0, renew)}
