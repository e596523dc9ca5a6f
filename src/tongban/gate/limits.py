"""How much one sender may ask of one process: a token bucket per address and claimed node."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.http import HttpRequest

from tongban.config import config


def address_of(request: HttpRequest) -> str:
    """Who asks, by address: through a proxy of ours the last one that it was asked by, else whoever connected.

    Counted by the proxy's own address, one stranger could use up what all provinces may ask.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    if remote not in config().proxies:
        return remote
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or remote


class Buckets:
    """``rate`` tokens a second flow back, up to ``burst``. Remembers at most ``size`` keys, the least used go first.

    The claimed node is not proven yet when it is asked; the address beside it keeps a liar from using up another's.
    """

    def __init__(
        self, rate: float, burst: float, *, size: int = 4096, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._size, self._now = rate, burst, size, now
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, tokens: float = 1.0) -> bool:
        """Whether ``key`` may have so many tokens now."""
        with self._lock:
            at = self._now()
            level, since = self._levels.pop(key, (self._burst, at))
            level = min(self._burst, level + (at - since) * self._rate)
            granted = level >= tokens
            self._levels[key] = (level - tokens if granted else level, at)
            while len(self._levels) > self._size:
                self._levels.popitem(last=False)
            return granted


class Seen:
    """Remembers keys for ``seconds``, at most ``size`` of them, the oldest go first: a signed request counts once."""

    def __init__(self, seconds: float, size: int = 100_000, *, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._size, self._now = seconds, size, now
        self._keys: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def first_time(self, key: str) -> bool:
        with self._lock:
            at = self._now()
            while self._keys and next(iter(self._keys.values())) < at - self._seconds:
                self._keys.popitem(last=False)
            if key in self._keys:
                return False
            self._keys[key] = at
            while len(self._keys) > self._size:
                self._keys.popitem(last=False)
            return True


seen = Seen(seconds=660)
"""Nonces of signed requests: they are good for five minutes either way, so longer than that they are refused by age.
Per process; what is asked twice at two processes is only answered twice, to the same node."""

messages = Buckets(rate=5_000, burst=20_000)
"""Messages of one sender; far above what a province sends, far below what would starve the node."""

requests = Buckets(rate=200, burst=1_000)
"""Requests of one address, whatever they carry."""
