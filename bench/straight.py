"""The same rows written by one statement straight through the driver: what the database alone allows.

One intake is made through the action and the rows it left, in every table, are read back as JSON. A statement with
one INSERT per table (a CTE) writes a copy with fresh ids, keys and numbers, in one round trip and one commit.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg

_IGNORED = ("django_migrations",)


@dataclass(frozen=True, slots=True)
class Rows:
    """What one intake leaves: table → rows as JSON text."""

    tables: dict[str, list[dict[str, Any]]]

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.tables.values())


def snapshot(db: psycopg.Connection[Any]) -> dict[str, int]:
    """Transaction id horizon per table: rows written later have a younger xmin."""
    return {"xid": db.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()[0]}  # type: ignore[index]


def rows_since(db: psycopg.Connection[Any], horizon: dict[str, int]) -> Rows:
    """All rows of all tables of this database inserted after ``horizon`` and still there."""
    names = [r[0] for r in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    found = {}
    for name in names:
        rows = [r[0] for r in db.execute(
            f'SELECT to_jsonb(t) FROM public."{name}" t WHERE t.xmin::text::bigint > %s', [horizon["xid"]])]
        if rows and name not in _IGNORED:
            found[name] = rows
    return Rows(found)


class Copier:
    """Writes copies of :class:`Rows`: every UUID, and every text that must be unique, is replaced everywhere."""

    def __init__(self, db: psycopg.Connection[Any], rows: Rows) -> None:
        self.statement, self.template = self._build(db, rows)
        text = json.dumps(self.template)
        self.old = sorted(set(_uuids(text)))
        self.digests = sorted(set(re.findall(r"sha-256:([0-9a-f]{64})", text)))
        self.uniques = self._unique_texts(db, rows)

    @staticmethod
    def _build(db: psycopg.Connection[Any], rows: Rows) -> tuple[str, list[list[dict[str, Any]]]]:
        parts, template = [], []
        for number, (name, found) in enumerate(rows.tables.items()):
            serial = {r[0] for r in db.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attidentity <> '' AND attnum > 0",
                [f'public."{name}"'])}
            columns = [c for c in found[0] if c not in serial]
            listed = ", ".join(f'"{c}"' for c in columns)
            parts.append(
                f't{number} AS (INSERT INTO public."{name}" ({listed}) SELECT {listed} FROM'
                f' jsonb_populate_recordset(NULL::public."{name}", %s::jsonb) RETURNING 1)'
            )
            template.append([{c: row[c] for c in columns} for row in found])
        return f"WITH {', '.join(parts)} SELECT 1", template

    @staticmethod
    def _unique_texts(db: psycopg.Connection[Any], rows: Rows) -> list[str]:
        """Values of text columns in unique indexes that hold no UUID (numbers, keys)."""
        found = []
        for name, table in rows.tables.items():
            columns = {r[0] for r in db.execute(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = %s::regclass AND i.indisunique"
                " AND a.atttypid = 'text'::regtype", [f'public."{name}"'])}
            for column in columns & {"number", "key", "filing_number"}:
                found += [r[column] for r in table if r[column] and not _uuids(str(r[column]))]
        return found

    def fresh(self) -> list[str]:
        texts = [json.dumps(rows, ensure_ascii=False) for rows in self.template]
        replaced = {old: str(uuid.uuid4()) for old in self.old}
        replaced |= {old: uuid.uuid4().hex[:13] for old in self.uniques}
        replaced |= {old: uuid.uuid4().hex * 2 for old in self.digests}
        for old, new in replaced.items():
            texts = [t.replace(old, new) for t in texts]
        return texts


def measure(url: str, copier: Copier, *, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Copies per second by ``clients`` connections, and the latencies in ms. Texts are prepared beforehand."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    ready = threading.Barrier(clients + 1)
    stop = threading.Event()

    def work(mine: list[float]) -> None:
        with psycopg.connect(url, autocommit=True) as db:
            ready.wait()
            while not stop.is_set():
                texts = copier.fresh()
                started = time.perf_counter()
                db.execute(copier.statement, texts)
                mine.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in latencies]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    flat = [ms for mine in latencies for ms in mine]
    return len(flat) / (time.perf_counter() - started), flat


def _uuids(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text)
