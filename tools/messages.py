"""Translations: ``update`` the English message file from the sources, ``compile`` it, ``check`` that it is complete.

Chinese texts in the source are the message ids (Python: ``_`` and the gettext family; templates: ``trans`` and
``blocktrans``). ``check`` fails if a message is untranslated or fuzzy, if the file is not what ``update`` would write,
or if a translation lost one of its ``%(placeholders)s``. Needs Babel alone; no gettext programs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src/tongban"
PO: Final = SOURCE / "locale/en/LC_MESSAGES/django.po"
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_TRANS: Final = re.compile(r"""^trans(?:late)?\s+(?P<quote>["'])(?P<text>.*?)(?P=quote)""", re.DOTALL)
_INLINE: Final = re.compile(r"""_\((?P<quote>["'])(?P<text>.*?)(?P=quote)\)""")
_TAG: Final = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#})", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")

Found = tuple[str | tuple[str, ...], str | None]


def messages_of_template(text: str) -> Iterator[Found]:
    """The messages of one Django template, as Django's own ``blocktrans`` will look them up."""
    block: list[str] | None = None
    singular: str | None = None
    options = ""
    for token in _TAG.split(text):
        inside = token[2:-2].strip() if token[:2] in ("{%", "{{") else ""
        if block is None:
            if token.startswith("{%") and (found := _TRANS.match(inside)):
                yield found["text"].replace("%", "%%"), None
            elif token.startswith("{%") and re.match(r"blocktrans(late)?\b", inside):
                block, singular, options = [], None, inside
            elif inside:
                for found in _INLINE.finditer(inside):
                    yield found["text"].replace("%", "%%"), None
        elif token.startswith("{%") and inside == "plural":
            singular, block = _text(block, options), []
        elif token.startswith("{%") and inside.startswith("endblocktrans"):
            last = _text(block, options)
            yield (last if singular is None else (singular, last)), None
            block = None
        elif token.startswith("{{"):
            block.append(f"%({inside})s")
        else:
            block.append(token.replace("%", "%%"))


def _text(block: list[str], options: str) -> str:
    text = "".join(block)
    if "trimmed" in options.split():
        return " ".join(line.strip() for line in text.strip().splitlines())
    return text


def collected() -> Catalog:
    """Every message of the sources, sorted, with the files it stands in."""
    catalog = Catalog(locale="en", project="tongban", charset="utf-8", fuzzy=False)
    for path in sorted(SOURCE.rglob("*")):
        where = path.relative_to(ROOT).as_posix()
        if path.suffix == ".html":
            for message, context in messages_of_template(path.read_text("utf-8")):
                catalog.add(message, locations=[(where, 1)], context=context)
        elif path.suffix == ".py":
            lines = BytesIO(path.read_bytes())
            for _line, message, _comments, context in extract("python", lines, keywords=_KEYWORDS):
                if message:
                    catalog.add(message, locations=[(where, 1)], context=context)
    return catalog


def current() -> Catalog:
    if not PO.exists():
        return Catalog(locale="en", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def merged() -> Catalog:
    """The sources' messages with the translations there are; what the sources no longer say is dropped."""
    fresh, old = collected(), current()
    for message in fresh:
        if not message.id:
            continue
        known = old.get(message.id, context=message.context)
        if known is not None and known.string:
            message.string = known.string
            message.flags |= known.flags & {"fuzzy"}
        message.locations = sorted(set(message.locations))
    return fresh


def rendered(catalog: Catalog) -> bytes:
    """The file as written: no dates, no places, so that only changed words make differences."""
    out = BytesIO()
    header = '# English for Tongban. Message ids are the authoritative Chinese texts.\nmsgid ""\nmsgstr ""\n'
    header += '"Language: en\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    write_po(out, catalog, width=0, sort_output=True, omit_header=True, no_location=True, ignore_obsolete=True)
    return header.encode() + out.getvalue()


def faults() -> Iterator[str]:
    """What is wrong with the English file, one sentence each."""
    catalog = merged()
    if not PO.exists() or PO.read_bytes() != rendered(catalog):
        yield "django.po is out of step with the sources: run tools/messages.py update"
    for message in catalog:
        if message.id:
            yield from _faults_of(message)


def _faults_of(message: Message) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(strings):
        yield f"untranslated: {ids[0]}"
        return
    if message.fuzzy:
        yield f"fuzzy: {ids[0]}"
    wanted = set(_PLACEHOLDER.findall(ids[-1]))
    for string in strings:
        if set(_PLACEHOLDER.findall(string)) - wanted:
            yield f"unknown placeholder in: {string}"
    if wanted - set(_PLACEHOLDER.findall(strings[-1])):
        yield f"lost placeholder in: {strings[-1]}"


def update() -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(rendered(merged()))


def compile_() -> None:
    """Write ``django.mo`` beside the source; ignored by git, part of the built wheel."""
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, current())


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else "check"
    if command == "update":
        update()
        left = [fault for fault in faults() if fault.startswith("untranslated")]
        print(f"{len(collected())} messages, {len(left)} untranslated")
    elif command == "compile":
        compile_()
    elif command == "check":
        found = list(faults())
        for fault in found:
            print(fault)
        sys.exit(1 if found else 0)
    else:
        sys.exit(f"unknown command {command!r}: update, compile or check")


if __name__ == "__main__":
    main()
