"""What may be said of an exception where nobody's data may stand: in logs, and in rows that operators read.

The text of an exception is not ours: a database quotes the row that failed, a conversion the value it could not read.
"""

from __future__ import annotations

import errno

from .problems import Refusal


def described(error: BaseException) -> str:
    """The name of its type, and behind a colon what is known to hold no value: the code of a refusal, the error number
    of the system, the SQLSTATE with the constraint or the table it names."""
    said = _said(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _said(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return error.code
    diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)  # psycopg's, or Django's of it
    if diagnosis is not None:
        names = (diagnosis.sqlstate, diagnosis.constraint_name or diagnosis.table_name)
        return " ".join(name for name in names if name)
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    return ""
