"""Database addresses, ``postgresql://user:password@host:port/name?host=/socket/folder``: taken apart, put together."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit, urlunsplit


def django_database(url: str, *, pool_size: int | None = None) -> dict[str, Any]:
    """Django's settings for the database at ``url``. ``pool_size`` None: no pool (tests and one-shot commands)."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {k: v for k, v in query.items() if k not in ("host", "port")}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/" + quote(name), parts.query, ""))


def with_role(url: str, user: str, password: str) -> str:
    """The same database, another role."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    who = quote(user, safe="") + (":" + quote(password, safe="") if password else "")
    return urlunsplit((parts.scheme, f"{who}@{place}", parts.path, parts.query, ""))


def address(*, user: str, password: str, host: str, port: int, name: str) -> str:
    """An address from its parts; a ``host`` that starts with "/" is a folder with a Unix socket."""
    who = quote(user, safe="") + (":" + quote(password, safe="") if password else "")
    if host.startswith("/"):
        return f"postgresql://{who}@/{quote(name)}?" + urlencode({"host": host, "port": port})
    return f"postgresql://{who}@{host}:{port}/{quote(name)}"


def without_password(url: str) -> str:
    """The address fit for a screen or a log."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    who = f"{parts.username}@" if parts.username else ""
    return urlunsplit((parts.scheme, who + place, parts.path, parts.query, ""))
