# ruff: noqa: T201
"""``tongban-verify``: checks kept messages, receipts, day books and exports offline and says what they prove.

离线核验消息、回执、日账与导出文件，并用平实的话说明证明了什么、没有证明什么。
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from . import jws
from .evidence import explain, message_digest, open_kept_receipt
from .export import BookLine, Bundle, Head, ListLine, is_export, read_export
from .problems import WireProblem
from .sayings import Language
from .strict import write_instant
from .trust import TrustHistory, open_trust_list
from .verdicts import examine


class _Given:
    """The files, sorted by what they are."""

    def __init__(self) -> None:
        self.messages: list[tuple[Path, bytes]] = []
        self.receipts: list[str] = []
        self.books: list[str] = []
        self.bundles: list[Bundle] = []
        self.lists: list[bytes] = []

    def take(self, path: Path) -> None:
        raw = path.read_bytes().strip()
        if is_export(raw):
            bundle = read_export(raw, path.name)
            self.bundles.append(bundle)
            self.lists += [str(line.trust_list).encode("ascii", "replace") for line in bundle.of(ListLine)]
        elif raw.startswith(b"{"):
            self.messages.append((path, raw))
        else:
            self._take_signed(raw.decode("ascii", "replace"))

    def _take_signed(self, compact: str) -> None:
        kind = jws.read_header(compact).typ
        if kind == jws.TRUST_LIST:
            self.lists.append(compact.encode("ascii", "replace"))
        elif kind == jws.RECEIPT:
            self.receipts.append(compact)
        elif kind == jws.DAY_BOOK:
            self.books.append(compact)
        else:
            raise WireProblem("jws.wrong_type", kind[:60])


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0: everything holds. 1: something does not. 2: nothing to check, or no list to check it against."""
    parser = argparse.ArgumentParser(prog="tongban-verify", description=__doc__)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="messages, receipts, day books, exports (of several nodes, to compare them) and trust lists: the one that"
        " held when something arrived judges it",
    )  # fmt: skip
    parser.add_argument("--root", required=True, metavar="FINGERPRINT", help="of the root key: sha-256:… or sm3:…")
    parser.add_argument("--at", type=datetime.fromisoformat, metavar="INSTANT", help="when they arrived (default: now)")
    parser.add_argument("--tsa", type=Path, metavar="CERTIFICATE", help="of the time-stamper (PEM or DER)")
    parser.add_argument("--lang", choices=("en", "zh", "both"), default="both", help="of the verdicts (default: both)")
    options = parser.parse_args(arguments)
    language = cast(Language, options.lang)
    at = options.at or datetime.now(UTC)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    given, lists = _Given(), []
    for path in options.files:
        try:
            given.take(path)
        except WireProblem as problem:
            print(f"{path}: {problem.sentence} {problem.sentence_zh} ({problem})")
            return 1
    for signed in given.lists:
        try:
            lists.append(open_trust_list(signed, options.root))
        except WireProblem as problem:
            print(f"{problem.sentence} {problem.sentence_zh} ({problem})")
            return 1
    if not lists:
        print("No trust list among the files: nothing can be checked without one.", file=sys.stderr)
        print("文件中没有信任清单：没有它便无法核验。", file=sys.stderr)
        return 2
    trust = TrustHistory(lists)
    for held in trust.lists:
        print(f"Trust list {held.version}, {write_instant(held.issued_at)} to {write_instant(held.expires_at)}, holds.")
    good = _report(given.messages, given.receipts, trust, at, language)
    if given.books:
        lines = tuple(BookLine(day_book=book) for book in given.books)
        given.bundles.append(Bundle("", Head(node="verifier", made_at=at), lines))
    if given.bundles:
        report = examine(given.bundles, trust, certificate=options.tsa.read_bytes() if options.tsa else None)
        print("\n" + ", ".join(bundle.name for bundle in given.bundles if bundle.name) + "\n" + report.text(language))
        good = good and report.holds
    return 0 if good else 1


def _report(
    messages: list[tuple[Path, bytes]], receipts: list[str], trust: TrustHistory, at: datetime, language: Language
) -> bool:
    good, used = True, set()
    named = {text: digest for text in receipts if (digest := _named(text, trust)) is not None}
    for path, raw in messages:
        mine = next((text for text, digest in named.items() if digest == message_digest(raw)), None)
        explained = explain(raw, mine, trust, at=at)
        used.add(mine)
        good = good and explained.holds
        print(f"\n{path}\n{explained.text(language)}")
    for receipt in receipts:
        if receipt not in used:
            good = False
            print("\nA receipt that belongs to none of the messages, or does not hold.")
            print("有一份回执不属于任何一条消息，或不成立。")
    return good


def _named(receipt: str, trust: TrustHistory) -> str | None:
    """The digest of the message that a good receipt is for."""
    try:
        return open_kept_receipt(receipt, trust).digest
    except WireProblem:
        return None


if __name__ == "__main__":
    sys.exit(main())
