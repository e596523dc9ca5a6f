"""The probe: uses each dependency a little, so that its loss is noticed before somebody needs it.

Peers and the directory are asked for real every few seconds and minutes; nothing is probed there.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from tongban.journal import clock

from . import blobs, mailing, observing, timestamping
from .rules.outage import Dependency

STAMPER_EVERY: Final = timedelta(hours=1)
"""A stamper that works is asked this often; stamps may cost money. One that fails is asked at every probe."""


def probe() -> None:
    """The periodic duty."""
    at = clock.now()
    observing.note(Dependency.STORAGE, at, storage_error())
    _mail(at)
    _stamper(at)


def storage_error() -> str | None:
    """Why no attachment can be kept now, found by writing a small file and flushing it; None if one can."""
    try:
        place = blobs.folder("partial") / f"probe-{uuid4().hex}"
        try:
            with place.open("wb") as file:
                file.write(b"x" * 4096)
                file.flush()
        finally:
            place.unlink(missing_ok=True)
    except OSError as error:
        return f"storage.{type(error).__name__}"
    return None


def _mail(at: datetime) -> None:
    mailer = mailing.mailer()
    if mailer is None:
        return
    try:
        mailer.check()
    except mailing.MailUnavailable as unavailable:
        observing.note(Dependency.MAIL, at, str(unavailable))
    else:
        observing.note(Dependency.MAIL, at, None)


def _stamper(at: datetime) -> None:
    stamper = timestamping.stamper()
    tried = observing.last_tried(Dependency.TIME_STAMPER)
    working = observing.failing_since(Dependency.TIME_STAMPER) is None
    if stamper is None or (working and tried is not None and timedelta() <= at - tried < STAMPER_EVERY):
        return
    try:
        stamper.stamp(secrets.token_bytes(32))
    except timestamping.StamperUnavailable as unavailable:
        observing.note(Dependency.TIME_STAMPER, at, str(unavailable))
    else:
        observing.note(Dependency.TIME_STAMPER, at, None)
