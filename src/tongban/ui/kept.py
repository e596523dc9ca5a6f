"""What was typed into a form whose session had ended meanwhile: kept for the sign-in, given back on the same page.

Sealed under the node's key and bound to the page's address, in the visitor's anonymous session, for half an hour.
Another person who signs in gets a session of their own, or meets a page that is not theirs; only pages about one
filing keep anything, and they are shown to nobody else. Files are not kept.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, QueryDict

from tongban.journal import clock
from tongban.journal.vault import sealer
from tongban.kernel.sealing import Unsealable

FOR: Final = timedelta(minutes=30)
MOST: Final = 60_000
"""Signs of a posted form; the longest form of the catalog has a tenth of it."""
_KEY: Final = "kept_input"


def keep(request: HttpRequest) -> bool:
    """Keep what this POST says. False if it is too much."""
    text = request.POST.urlencode()
    if not text or len(text) > MOST:
        return False
    value = {"text": text, "at": clock.now().isoformat()}
    sealed = sealer().seal(value, bound_to=_bound(request.path))
    if request.session.is_empty():
        request.session.set_expiry(int(FOR.total_seconds()))
    request.session[_KEY] = {"path": request.path, "sealed": base64.b64encode(sealed).decode()}
    return True


def waiting(request: HttpRequest) -> bool:
    """Whether something waits for a sign-in."""
    return _KEY in request.session


def given_back(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before the session ended, or None. It stays until the page is sent again."""
    held = request.session.get(_KEY)
    if request.method == "POST" or held is None or held["path"] != request.path:
        return None
    try:
        value = sealer().open(base64.b64decode(held["sealed"]), bound_to=_bound(request.path))
    except (Unsealable, ValueError):
        return None
    if clock.now() - datetime.fromisoformat(value["at"]) > FOR:
        return None
    return QueryDict(value["text"])


def drop(request: HttpRequest) -> None:
    """The page has been sent again: nothing is kept any more."""
    held = request.session.get(_KEY)
    if held is not None and held["path"] == request.path:
        del request.session[_KEY]


def _bound(path: str) -> str:
    return f"kept:{path}"
