"""Somebody outside who stamps the time of day books (RFC 3161). Without one, days close anyway."""

from __future__ import annotations

from typing import Protocol


class StamperUnavailable(Exception):
    """No stamp now; asked again later. The message is a code for operators."""


class TimeStamper(Protocol):
    """``certificate`` is what its tokens are checked with: PEM or DER."""

    @property
    def certificate(self) -> bytes: ...

    def stamp(self, data: bytes) -> bytes:
        """A TimeStampToken (DER) over the SHA-256 of ``data``. Raises :class:`StamperUnavailable`."""
        ...


_stamper: TimeStamper | None = None


def install(stamper: TimeStamper | None) -> None:
    global _stamper
    _stamper = stamper


def stamper() -> TimeStamper | None:
    return _stamper
