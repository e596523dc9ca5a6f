"""The protocol between Tongban nodes: plain Python and ``cryptography``, no network, no framework."""

PROTOCOL_VERSION = 0
"""No promise of compatibility before version 1 (decision 21)."""
