"""Changing one byte of what a column holds, as somebody who owns the database could."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"


def column_kind(cursor: Any, table: str, column: str) -> str:
    """The column's type as PostgreSQL names it."""
    cursor.execute(
        "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s", [table, column]
    )
    return str(cursor.fetchone()[0])


def altered(chance: random.Random, text: str, kind: str) -> str:
    """Another value of the same type, one byte (or one step of a number, a day, a microsecond) away."""
    if kind == "bytea":
        raw = bytearray.fromhex(text.removeprefix("\\x"))
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        return "\\x" + raw.hex()
    if kind.startswith("timestamp"):
        return (datetime.fromisoformat(text) + timedelta(microseconds=chance.choice([-1, 1]))).isoformat()
    if kind == "date":
        return (date.fromisoformat(text) + timedelta(days=chance.choice([-1, 1]))).isoformat()
    if kind in ("integer", "bigint", "smallint"):
        return str(int(text) + chance.choice([1, 2, 10, 100]))
    letters = "0123456789abcdef" if kind == "uuid" else LETTERS
    while True:
        at = chance.randrange(len(text))
        new = text[:at] + chance.choice(letters) + text[at + 1 :]
        if new == text or (kind == "uuid" and text[at] == "-"):
            continue
        if kind != "jsonb" or _is_other_json(text, new):
            return new


def _is_other_json(old: str, new: str) -> bool:
    try:
        return bool(json.loads(old) != json.loads(new))
    except ValueError:
        return False
