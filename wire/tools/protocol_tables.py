"""Writes the tables of ``docs/protocol.md`` from the program and the golden vectors: fields, codes, limits.

``python wire/tools/protocol_tables.py [--check]``. What stands between ``<!-- name -->`` and ``<!-- /name -->`` is
replaced; the prose around it is written by people. A test says when the document is behind.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from tongban_wire import (
    daybook,
    enrolment,
    envelope,
    export,
    messages,
    problems,
    reading,
    requests,
    stamps,
    strict,
    trust,
)
from tongban_wire import words as w
from tongban_wire.jws import payload_of
from tongban_wire.keys import PublicKey

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
NAMED = {
    w.Node: "node id", w.Region: "region code", w.Digest: "digest", w.Key: "key", w.Compact: "compact JWS",
    w.Base64: "base64url", trust.Pattern: "power", trust.Prefix: "region prefix", trust.Address: "address",
    Annotated[str, trust.TYPE_NAME]: "message type",
}  # fmt: skip
SCALARS = {
    str: "text", int: "whole number", bool: "true or false", datetime: "instant", date: "day", UUID: "UUID", Any: "any",
}  # fmt: skip
LIMITS: tuple[tuple[str, object, str], ...] = (
    ("MAX_BYTES", envelope.MAX_BYTES, "bytes of one envelope, personal part included"),
    ("MAX_TEXT", reading.MAX_TEXT, "characters of a text field"),
    ("MAX_INTEGER", reading.MAX_INTEGER, "greatest whole number"),
    ("MAX_DEPTH", strict.MAX_DEPTH, "nesting of JSON objects and lists"),
    ("SALT_BYTES", envelope.SALT_BYTES, "bytes of the salt before a personal part"),
    ("SKEW", int(trust.SKEW.total_seconds()), "seconds two clocks may differ"),
    ("trust.MAX_BYTES", trust.MAX_BYTES, "bytes of a signed trust list"),
    ("MAX_BOOK", daybook.MAX_BOOK, "characters of a signed day book"),
    ("MAX_TOKEN", stamps.MAX_TOKEN, "bytes of a time-stamp token"),
    ("MAX_LINE", export.MAX_LINE, "bytes of a line of an export"),
)


def kind_of(annotation: Any) -> str:
    """A field's type in the words of §3 of the document."""
    if annotation in NAMED:
        return NAMED[annotation]
    if annotation in SCALARS:
        return SCALARS[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return " \\| ".join(f"`{a}`" for a in arguments)
    if origin in (Union, types.UnionType):
        return kind_of(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return f"list of {kind_of(arguments[0])}"
    if origin is Mapping:
        return "object"
    if dataclasses.is_dataclass(annotation):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"  # type: ignore[union-attr]
    return str(annotation)


def table(kind: type[Any], example: Mapping[str, Any]) -> str:
    hints = typing.get_type_hints(kind, include_extras=True)
    lines = ["| Field | Type | | Example |", "|---|---|---|---|"]
    for f in dataclasses.fields(kind):
        if not f.metadata.get("wire", True):
            continue
        given = f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING
        shown = json.dumps(example[f.name], ensure_ascii=False) if f.name in example else "–"
        shown = (shown if len(shown) <= 90 else shown[:86] + " …").replace("|", "\\|")
        lines.append(f"| `{f.name}` | {kind_of(hints[f.name])} | {'optional' if given else ''} | `{shown}` |")
    return "\n".join(lines)


def read(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def said(compact: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(payload_of(compact))
    return found


def message_tables() -> str:
    examples = {v["type"]: v for v in reversed(read("envelopes.json")) if "erased_ok" not in v}
    parts = []
    for kind in messages.SENTENCES:
        vector = examples[kind.TYPE]
        text = _doc(kind) if "(" not in (kind.__doc__ or "")[: len(kind.__name__) + 1] else ""
        personal = ", ".join(f"`{name}`" for name in sorted(kind.PERSONAL)) or "nothing"
        parts.append(
            f"#### `{kind.TYPE}`\n\n{text}\n\nMay stand in `personal`: {personal}.\n\n{table(kind, vector['body'])}"
        )
        if vector["personal"]:
            shown = json.dumps(vector["personal"], ensure_ascii=False)
            parts.append(f"Example of `personal`: `{shown}`")
    return "\n\n".join(parts)


def structures() -> Mapping[str, str]:
    first = read("envelopes.json")[0]
    event = said(json.loads(first["raw"])["jws"])
    bodies = [v["body"] for v in read("envelopes.json")]

    def one(field: str) -> dict[str, Any]:
        found = next(b[field] for b in bodies if b.get(field))
        return typing.cast(dict[str, Any], found[0] if isinstance(found, list) else found)

    trust_list = said(read("trust_list.json")["trust_list"])
    node = trust_list["nodes"][1]
    request = said(read("requests.json")[0]["header"].removeprefix("Tongban "))
    asked = said(json.loads(read("enrolments.json")[0]["raw"])["enrolment"][0])
    shown: list[tuple[type[Any], Mapping[str, Any]]] = [
        (w.ItemRef, one("item")), (w.Attachment, one("attachments")), (w.Checks, one("checks")),
        (w.CorrectionPoint, one("points")), (w.DueDate, one("tell_once_due")),
    ]  # fmt: skip
    words = "\n\n".join(f"#### {kind.__name__}\n\n{_doc(kind)}\n\n{table(kind, example)}" for kind, example in shown)
    return {
        "words": words,
        "chain": table(envelope.ChainHeader, event["data"]["chain"]),
        "receipt": table(envelope.Receipt, said(read("receipts.json")[0]["receipt"])),
        "trust_list": table(trust.TrustList, trust_list),
        "node": "\n\n".join(
            f"#### {kind.__name__}\n\n{_doc(kind)}\n\n{table(kind, example)}"
            for kind, example in (
                (trust.NodeEntry, node),
                (trust.KeyEntry, node["keys"][0]),
                (trust.RegionPrefix, node["regions"][0]),
                (trust.Sunset, trust_list["sunsets"][0]),
            )
        ),
        "request": table(requests.SignedRequest, request),
        "enrolment": table(enrolment.Enrolment, asked) + "\n\n#### PublicKey\n\n" + table(PublicKey, asked["keys"][0]),
        "day_book": table(daybook.DayBook, read("day_books.json")["said"][1]),
        "export": "\n\n".join(
            f"#### {kind.__name__}\n\n{_doc(kind)}\n\n{table(kind, {})}"
            for kind in (
                export.Head,
                export.FactLine,
                export.MessageLine,
                export.BookLine,
                export.InclusionLine,
                export.ListLine,
            )
        ),
        "event": "```json\n" + json.dumps(event, ensure_ascii=False, indent=1) + "\n```",
    }


def _doc(kind: type[Any]) -> str:
    return " ".join((kind.__doc__ or "").replace("``", "`").split())


def codes() -> str:
    lines = ["| Code | Whose fault | Same bytes later? | Meaning | 含义 |", "|---|---|---|---|---|"]
    for name, code in sorted(problems.CODES.items()):
        again = "perhaps" if code.retry else "never"
        lines.append(f"| `{name}` | {code.whose} | {again} | {code.sentence} | {code.sentence_zh} |")
    return "\n".join(lines)


def limits() -> str:
    rows = [f"| `{name}` | {value} | {meaning} |" for name, value, meaning in LIMITS]
    return "\n".join(["| Name | Value | Of what |", "|---|---|---|", *rows])


def rendered(document: str) -> str:
    for name, text in {**structures(), "messages": message_tables(), "codes": codes(), "limits": limits()}.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        document, count = pattern.subn(lambda m, text=text: f"{m[1]}\n{text}\n\n{m[2]}", document)
        if count != 1:
            raise SystemExit(f"docs/protocol.md has {count} places named {name}")
    return document


if __name__ == "__main__":
    path = ROOT / "docs" / "protocol.md"
    before = path.read_text(encoding="utf-8")
    after = rendered(before)
    if "--check" in sys.argv:
        sys.exit(before != after)
    path.write_text(after, encoding="utf-8")
