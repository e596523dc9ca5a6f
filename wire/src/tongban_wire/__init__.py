"""The protocol between Tongban nodes: plain Python and ``cryptography``, no network, no framework."""

PROTOCOL_VERSION = 1
"""Frozen: ``docs/protocol.md`` §1.1 says what may still be added and how (decision 21)."""
