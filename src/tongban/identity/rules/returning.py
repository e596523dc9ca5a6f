"""Where a browser may be sent after sign-in: paths of this site, nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_next(path: str | None, otherwise: str = "/") -> str:
    """``path`` if it is a local absolute path, else ``otherwise``.

    Refuses other hosts in every disguise: ``//host``, ``/\\host``, ``https:…``, control signs and white space that
    browsers drop, and the sign-in page itself (a loop).
    """
    if not path or len(path) > 2000 or not path.startswith("/"):
        return otherwise
    if path.startswith("//") or "\\" in path or any(c <= " " or c == "\x7f" for c in path):
        return otherwise
    try:
        parts = urlsplit(path)
    except ValueError:
        return otherwise
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in ("/sign-in", "/sign-out"):
        return otherwise
    return path
