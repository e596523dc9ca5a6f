"""Several actions in one transaction, each part undone alone if it fails, their facts written together.

Two things make this cheap. A part's savepoint is set only when the part runs its first statement, and one statement
sets it and releases the one before. The facts of finished actions are written with those of their neighbours, in one
statement, as soon as any statement looks at the journal or the exchange, and at the end at the latest: nobody inside
can see that they were not there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.db import OperationalError, connection, transaction

Unit = TypeVar("Unit")
_LOOKS_AT_FACTS = ("journal_", "exchange_")


def undoes_all(error: BaseException) -> bool:
    """Whether the whole transaction is lost or to be tried again: a deadlock, a full disk, the database away.

    Not so when this statement alone asked for more than the server ever does (SQLSTATE class 54, a value too long for
    an index, say): that will not change, and concerns nobody else.
    """
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, OperationalError) and not state.startswith("54")


class Batch(Generic[Unit]):
    """The parts of one durable transaction. ``write`` makes rows of what actions recorded, in their order.

    With ``deferred=False`` every action's facts are written when it ends, so that whatever is wrong with them shows in
    its own part.
    """

    def __init__(self, write: Callable[[Sequence[Unit]], None], *, deferred: bool = True) -> None:
        self._write = write
        self._deferred = deferred
        self._earlier: list[Unit] = []  # of finished parts, not written yet
        self._mine: list[Unit] = []  # of this part, not written yet
        self._inside: list[Unit] = []  # of finished parts, but written behind this part's savepoint
        self._in_part = self._saved = self._savepoint_open = self._busy = False
        self._actions = 0

    @contextmanager
    def run(self) -> Iterator[None]:
        """The transaction itself."""
        with transaction.atomic(durable=True), connection.execute_wrapper(self._before):
            yield
            self._quietly(self._flush)

    @contextmanager
    def part(self) -> Iterator[None]:
        """What happens inside is undone alone if it fails, unless the failure :func:`undoes_all`."""
        self._in_part, self._saved, self._actions = True, False, 0
        try:
            yield
        except BaseException as error:
            if not undoes_all(error):
                self._undo()
            raise
        finally:
            self._in_part = False
        self._earlier += self._mine
        self._mine, self._inside = [], []

    @contextmanager
    def action(self) -> Iterator[None]:
        """One action inside a part: undone alone, too. The first one shares the part's savepoint."""
        self._actions += 1
        if self._actions > 1:
            self._quietly(self._flush)
            with transaction.atomic():
                yield
            return
        try:
            yield
        except BaseException as error:
            if not undoes_all(error):
                self._undo()
            raise

    def keep(self, unit: Unit) -> None:
        """An action recorded this."""
        self._mine.append(unit)
        if not self._deferred:
            self._quietly(self._flush)

    def _before(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Before every statement of somebody else: the savepoint it may need, the facts it may look at."""
        if not self._busy:
            if any(word in sql for word in _LOOKS_AT_FACTS):
                self._quietly(self._flush)
            elif self._in_part and not self._saved:
                self._quietly(self._save)
        return execute(sql, params, many, context)

    def _quietly(self, work: Callable[[], None]) -> None:
        self._busy = True
        try:
            work()
        finally:
            self._busy = False

    def _save(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("RELEASE SAVEPOINT part; SAVEPOINT part" if self._savepoint_open else "SAVEPOINT part")
        self._saved = self._savepoint_open = True

    def _flush(self) -> None:
        """Write what waits: of finished parts before this part's savepoint if that is still possible, then our own."""
        if self._in_part and not self._saved:
            if self._earlier:
                self._write(self._earlier)
                self._earlier = []
            self._save()
        waiting = self._earlier + self._mine
        if waiting:
            self._write(waiting)
        if self._in_part:
            self._inside += self._earlier
        self._earlier, self._mine = [], []

    def _undo(self) -> None:
        """Back to the beginning of the present part; what finished parts recorded is written again in time."""
        if self._saved:
            connection.set_rollback(False)  # Django forbids statements once a block inside has failed; this one heals
            with connection.cursor() as cursor:
                self._busy = True
                try:
                    cursor.execute("ROLLBACK TO SAVEPOINT part")
                finally:
                    self._busy = False
        self._earlier = self._inside + self._earlier
        self._mine, self._inside = [], []
