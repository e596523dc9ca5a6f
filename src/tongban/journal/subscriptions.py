"""The installed tables: which event is heard by whom, and which is told over the border. Filled by ``wiring``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tongban.kernel.events import Event

from .values import ChainHeader, Fact

Subscriber = Callable[[Fact], None]
"""A reaction to one's own fact; run by a worker, at least once, so it must be idempotent."""

Teller = Callable[[Any, ChainHeader], Sequence[Any]]
"""A pure function: event and chain header → what to say to which node (values the exchange understands)."""

Post = Callable[[Any, ChainHeader, UUID], None]
"""Takes what a teller said and keeps it with the fact, in the same transaction."""

_subscribers: dict[str, tuple[str, ...]] = {}
_functions: dict[str, Subscriber] = {}
_tellers: dict[type[Event], tuple[Teller, ...]] = {}
_post: Post | None = None
_kinds: dict[str, Callable[[Mapping[str, Any]], None]] = {}
_periodic: dict[str, tuple[float, Callable[[], None]]] = {}
_woken: dict[str, Callable[[], int]] = {}


def install(
    *,
    subscribers: Mapping[type[Event], Sequence[Subscriber]],
    tellers: Mapping[type[Event], Sequence[Teller]],
    post: Post | None,
    handlers: Mapping[str, Callable[[Mapping[str, Any]], None]],
    periodic: Mapping[str, tuple[float, Callable[[], None]]],
    woken: Mapping[str, Callable[[], int]] | None = None,
) -> None:
    """Replace the installed tables. ``handlers``: job kind → function; ``periodic``: name → (seconds, function);
    ``woken``: name → function that does a bounded piece of what is due and returns how much it did."""
    global _post
    for table in (_subscribers, _functions, _tellers, _kinds, _periodic, _woken):
        table.clear()
    for event, heard in subscribers.items():
        names = []
        for function in heard:
            name = f"{function.__module__}.{function.__qualname__}"
            _functions[name] = function
            names.append(name)
        _subscribers[event.name] = tuple(names)
    _tellers.update({event: tuple(told) for event, told in tellers.items()})
    _kinds.update(handlers)
    _periodic.update(periodic)
    _woken.update(woken or {})
    _post = post


def subscribers_of(event_name: str) -> tuple[str, ...]:
    return _subscribers.get(event_name, ())


def subscriber(name: str) -> Subscriber:
    return _functions[name]


def tellers_of(event: type[Event]) -> tuple[Teller, ...]:
    return _tellers.get(event, ())


def post() -> Post | None:
    return _post


def handler(kind: str) -> Callable[[Mapping[str, Any]], None]:
    return _kinds[kind]


def periodic() -> Mapping[str, tuple[float, Callable[[], None]]]:
    return _periodic


def woken() -> Mapping[str, Callable[[], int]]:
    return _woken
