"""The places where a process may die. The crash test kills at each one; nothing accepted may be lost or doubled."""

from __future__ import annotations

from typing import Final

ENQUEUED: Final = "exchange.enqueued"  # outbound row written, transaction still open
CLAIMED: Final = "exchange.courier.claimed"  # destination leased, nothing sent
SIGNED: Final = "exchange.courier.signed"  # signed bytes stored, nothing sent
SENT: Final = "exchange.courier.sent"  # the peer has it, its receipts are not stored here
DELIVERED: Final = "exchange.courier.delivered"  # receipts stored, destination still leased
VERIFIED: Final = "exchange.accept.verified"  # envelope opened, nothing stored
STORED: Final = "exchange.accept.stored"  # evidence durable, no receipt given
STREAM_CLAIMED: Final = "exchange.apply.claimed"
HANDLED: Final = "exchange.apply.handled"  # effects and facts written, nothing committed
APPLIED: Final = "exchange.apply.applied"
BLOB_WRITTEN: Final = "exchange.blob.written"  # temporary file complete, not renamed
BLOB_RENAMED: Final = "exchange.blob.renamed"  # file in place, no row
BLOB_STORED: Final = "exchange.blob.stored"  # row written, hook not called

ALL: Final = (
    ENQUEUED, CLAIMED, SIGNED, SENT, DELIVERED, VERIFIED, STORED, STREAM_CLAIMED, HANDLED, APPLIED,
    BLOB_WRITTEN, BLOB_RENAMED, BLOB_STORED,
)  # fmt: skip
