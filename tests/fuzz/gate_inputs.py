"""Hostile requests for the gate: drawn by hypothesis, made concrete with a node's key, put through the whole door.

What is drawn holds no keys, times or fresh ids, so the same draw means the same request in every run.
"""

from __future__ import annotations

import copy
import json
import sys
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_OID, NAMESPACE_URL, uuid5

from hypothesis import strategies as st

from tongban.journal import clock
from tongban.kernel.ids import new_id
from tongban_wire import jws
from tongban_wire.keys import SigningKey
from tongban_wire.requests import sign_request
from tongban_wire.strict import write_json

VECTORS = Path(__file__).parents[1] / "vectors"
GATE = "/gate/v1"


def _events() -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Every golden message, as (signed event, parts beside it)."""
    found = []
    for vector in json.loads((VECTORS / "envelopes.json").read_text(encoding="utf-8")):
        raw = json.loads(vector["raw"])
        found.append((json.loads(jws.payload_of(raw["jws"])), raw["parts"]))
    return found


EVENTS = _events()


# --- what strangers write --------------------------------------------------------------------------------------------

NASTY = (
    "", "\x00", "\ud800", "\U0010ffff", "０", "²", "../../etc/passwd", "' OR 1=1 --", "%00", "\r\nX: y", "a" * 20_000,
    "sha-256:" + "0" * 64, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "1e400", "NaN", "💩" * 3000,
)  # fmt: skip
leaves = (
    st.none() | st.booleans() | st.integers() | st.sampled_from((2**31, 2**63, 2**64, -1, 0, 10**300))
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30) | st.sampled_from(NASTY)
)  # fmt: skip
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
nested = st.integers(1, 3000).map(lambda depth: b"[" * depth + b"]" * depth)
words = st.text(max_size=40) | st.sampled_from(NASTY)


@dataclass(frozen=True)
class Change:
    """Something done to one place of a JSON value; ``at`` picks the place."""

    at: int
    how: str  # replace | remove | add | wrap
    value: Any = None


@dataclass(frozen=True)
class Said:
    """Golden message ``which``, changed, then signed. ``by``: whose key. ``raw``: these bytes."""

    which: int = 0
    changes: tuple[Change, ...] = ()
    by: str = "63"
    typ: str = jws.ENVELOPE
    parts: Any = None
    splice: tuple[int, bytes] | None = None
    raw: bytes | None = None


@dataclass(frozen=True)
class Hostile:
    """One request. ``signed`` says how the Authorization header is made: not, well, or with a change to the note."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    messages: tuple[Said, ...] | None = None
    signed: str = "no"
    changes: tuple[Change, ...] = ()


changes = st.lists(
    st.builds(Change, st.integers(0, 10_000), st.sampled_from(("replace", "remove", "add", "wrap")), anything),
    max_size=3,
).map(tuple)
said = st.builds(
    Said,
    which=st.integers(0, len(EVENTS) - 1),
    changes=changes,
    by=st.sampled_from(("63", "63", "63", "14", "00", "stranger")),
    typ=st.sampled_from((jws.ENVELOPE,) * 5 + (jws.RECEIPT, "none")),
    parts=st.none() | st.none() | st.builds(lambda v: {"personal": v}, anything) | anything,
    splice=st.none() | st.none() | st.tuples(st.integers(0, 3000), st.binary(max_size=8)),
    raw=st.none()
    | st.none()
    | st.none()
    | st.binary(max_size=60)
    | nested
    | anything.map(lambda v: json.dumps(v).encode()),
)
names = st.sampled_from(("range", "accept", "accept-language", "if-none-match", "traceparent", "content-encoding",
                         "transfer-encoding", "expect", "x-forwarded-for", "host", "cookie"))  # fmt: skip
values = st.sampled_from(
    ("bytes=0-", "bytes=999999999999-", "bytes=-1", "bytes=1-2,4-5", "bytes=a-b", "gzip", "chunked", "*/*;q=x", '"x"',
     "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 9000, "é", "\x00", "127.0.0.1, evil")
) | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)  # fmt: skip
headers = st.dictionaries(names, values, max_size=3)
queries = st.one_of(
    st.just(""),
    st.dictionaries(st.sampled_from(("after", "first", "x")), words, max_size=2).map(
        lambda found: urlencode(found, errors="replace")
    ),
    st.sampled_from(
        ("after=%00", "after=%ff%fe", "first=%00", "first=1&first=2", "after=-1", "after=" + "9" * 400, "&&=")
    ),
)
methods = st.sampled_from(("GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"))
signed = st.sampled_from(("no", "well", "well", "well", "changed", "garbage"))

batches = st.builds(
    Hostile, method=st.just("POST"), path=st.just(f"{GATE}/messages"), headers=headers,
    messages=st.lists(said, min_size=1, max_size=4).map(tuple),
)  # fmt: skip
bodies = st.builds(
    Hostile, method=methods | st.just("POST"), path=st.just(f"{GATE}/messages"), headers=headers,
    body=st.one_of(
        st.binary(max_size=200), nested, anything.map(lambda v: json.dumps(v).encode()),
        anything.map(lambda v: json.dumps({"messages": v}).encode()),
        st.integers(95, 105).map(lambda n: b'{"messages":[' + b",".join([b"{}"] * n) + b"]}"),
    ),
)  # fmt: skip
segments = st.one_of(
    st.sampled_from(("sha-256:" + "0" * 64, "told", "filing:00000000-0000-0000-0000-000000000000", "stream",
                     "daybook:63", "sha-256:..", "%2e%2e", "sha-256:" + "A" * 64)),
    words.map(lambda text: quote(text, safe="", errors="replace")),
)  # fmt: skip
paths = st.one_of(
    st.sampled_from(
        [f"{GATE}/{name}" for name in ("streams", "trust-list", "catalog", "node", "blobs/", "streams/", "")]
    ),
    segments.map(lambda s: f"{GATE}/blobs/{s}"),
    segments.map(lambda s: f"{GATE}/streams/{s}"),
    segments.map(lambda s: f"/gate/{s}"),
)
questions = st.builds(
    Hostile, method=methods, path=paths, query=queries, headers=headers, signed=signed, changes=changes,
    body=st.sampled_from((b"", b"x")),
)  # fmt: skip


# --- from what was drawn to a request -------------------------------------------------------------------------------


def changed(value: Any, done: tuple[Change, ...]) -> Any:
    """``value`` after all changes."""
    value = copy.deepcopy(value)
    for change in done:
        places = [place for place in _places(value) if place]
        if not places:
            return change.value
        *above, last = places[change.at % len(places)]
        holder = value
        for step in above:
            holder = holder[step]
        if change.how == "remove":
            del holder[last]
        elif change.how == "wrap":
            holder[last] = {"x": [holder[last]]}
        elif change.how == "add" and isinstance(holder, dict):
            holder["added"] = change.value
        else:
            holder[last] = change.value
    return value


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*here, key))
    return found


def _json(value: Any) -> bytes:
    try:
        return write_json(value)
    except (UnicodeEncodeError, ValueError):
        return json.dumps(value).encode()


def envelope(said: Said, keys: dict[str, SigningKey], me: str) -> bytes:
    """The bytes of one message."""
    if said.raw is not None:
        return said.raw
    event, parts = EVENTS[said.which]
    name = repr((said.which, said.changes, said.by))  # the same draw is the same message, so that some come twice
    fresh = {**event, "id": str(uuid5(NAMESPACE_OID, name)), "source": f"/nodes/{said.by}", "receiver": me,
             "subject": f"filing:{uuid5(NAMESPACE_URL, name)}", "position": 1}  # fmt: skip
    key = keys[said.by]
    compact = jws.sign(_json(changed(fresh, said.changes)), key, said.typ)
    raw = _json({"jws": compact, "parts": parts if said.parts is None else said.parts})
    if said.splice is not None:
        place = said.splice[0] % len(raw)
        raw = raw[:place] + said.splice[1] + raw[place + len(said.splice[1]) :]
    return raw


def body_of(hostile: Hostile, keys: dict[str, SigningKey], me: str) -> bytes:
    if hostile.messages is None:
        return hostile.body
    return b'{"messages":[' + b",".join(envelope(said, keys, me) for said in hostile.messages) + b"]}"


def authorization(hostile: Hostile, full_path: str, key: SigningKey, me: str) -> str | None:
    """The header's value; None for none at all."""
    if hostile.signed == "no":
        return None
    if hostile.signed == "garbage":
        return "Tongban " + urlsafe_b64encode(repr(hostile.changes).encode()).decode()[:300] + ".x.y"
    note = sign_request(key, hostile.method, full_path, clock.now(), str(new_id()), receiver=me)
    if hostile.signed == "well":
        return note
    said = json.loads(jws.payload_of(note.removeprefix("Tongban ")))
    return "Tongban " + jws.sign(_json(changed(said, hostile.changes)), key, jws.REQUEST)


# --- how much work it was --------------------------------------------------------------------------------------------


class TooMuchWork(Exception):
    """A request made the node call more functions than its length allows."""


@contextmanager
def bounded(calls: int) -> Any:
    """At most so many function calls inside, as the interpreter counts them: the same on a fast and a slow machine."""
    left = [calls]

    def count(frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            left[0] -= 1
            if left[0] == 0:
                raise TooMuchWork(f"more than {calls} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield left
    finally:
        sys.setprofile(before)
