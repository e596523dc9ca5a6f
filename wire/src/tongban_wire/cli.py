# ruff: noqa: T201
"""``tongban-verify``: checks kept messages, receipts and trust lists offline and says what they prove."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import jws
from .envelope import open_receipt
from .evidence import explain
from .problems import WireProblem
from .strict import write_instant
from .trust import TrustList, open_trust_list


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0: everything holds. 1: something does not. 2: nothing to check, or no list to check it against."""
    parser = argparse.ArgumentParser(prog="tongban-verify", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="messages, receipts and one trust list")
    parser.add_argument("--root", required=True, metavar="FINGERPRINT", help="of the root key: sha-256:…")
    parser.add_argument("--at", type=datetime.fromisoformat, metavar="INSTANT", help="when they arrived (default: now)")
    given = parser.parse_args(arguments)
    at = given.at or datetime.now(UTC)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    messages: list[tuple[Path, bytes]] = []
    receipts: list[str] = []
    trust: TrustList | None = None
    for path in given.files:
        raw = path.read_bytes().strip()
        try:
            kind = None if raw.startswith(b"{") else jws.read_header(raw.decode("ascii", "replace")).typ
            if kind == jws.TRUST_LIST:
                trust = open_trust_list(raw, given.root)
            elif kind == jws.RECEIPT:
                receipts.append(raw.decode("ascii"))
            elif kind is None:
                messages.append((path, raw))
            else:
                raise WireProblem("jws.wrong_type", kind[:60])
        except WireProblem as problem:
            print(f"{path}: {problem.sentence} ({problem})")
            return 1
    if trust is None:
        print("No trust list among the files: nothing can be checked without one.", file=sys.stderr)
        return 2
    print(f"Trust list {trust.version}, {write_instant(trust.issued_at)} to {write_instant(trust.expires_at)}, holds.")
    return _report(messages, receipts, trust, at)


def _report(messages: list[tuple[Path, bytes]], receipts: list[str], trust: TrustList, at: datetime) -> int:
    good, used = True, set()
    for path, raw in messages:
        alone = explain(raw, None, trust, at=at)
        mine = [r for r in receipts if alone.envelope and _names(r, trust, at, str(alone.envelope.id))]
        explained = explain(raw, mine[0], trust, at=at) if mine else alone
        used.update(mine)
        good = good and explained.holds
        print(f"\n{path}\n{explained.text()}")
    for receipt in receipts:
        if receipt not in used:
            good = False
            print("\nA receipt that belongs to none of the messages, or does not hold.")
    return 0 if good else 1


def _names(receipt: str, trust: TrustList, at: datetime, message_id: str) -> bool:
    try:
        return str(open_receipt(receipt, trust, at).message_id) == message_id
    except WireProblem:
        return False


if __name__ == "__main__":
    sys.exit(main())
