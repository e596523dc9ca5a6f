"""What can be wrong with a file: a closed list."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Codes for the field ``file`` of a refusal ``request.file_type``."""

    EMPTY = "empty"  # no content
    UNKNOWN_TYPE = "unknown_type"  # not PDF, JPEG or PNG by its bytes, or not what this requirement takes
    NAME_MISMATCH = "name_mismatch"  # the extension says something else than the bytes
    TYPE_MISMATCH = "type_mismatch"  # the declared media type says something else than the bytes
    DAMAGED = "damaged"  # cut off or not readable as its type
    BAD_DIMENSIONS = "bad_dimensions"  # an image without size, or one that would burst when opened
    ACTIVE_CONTENT = "active_content"  # PDF with script, launch action, embedded file, form submission
    ENCRYPTED = "encrypted"  # PDF with a password: nobody could check or read it
    SECOND_NATURE = "second_nature"  # also an archive, a program, a web page or another document


class Faulty(Exception):
    """A file is refused for ``fault``; :mod:`files` turns it into a refusal."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
