"""The identity provider this process signs people in with; put here by the composition root."""

from __future__ import annotations

from .ports import SignIn

_provider: SignIn | None = None


def install(provider: SignIn | None) -> None:
    """Choose the provider of this process. Called by ``wiring`` once; tests may call it again."""
    global _provider
    _provider = provider


def current() -> SignIn | None:
    """The provider, or None where nobody can sign in yet."""
    return _provider
