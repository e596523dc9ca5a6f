"""Mail to the node's own staff: every alarm is written once to whoever owns it. Applicants get no mail from here.

What could not be sent stays unsent in the alarm's row and goes out when the mail server is back; the alarm itself
stands on the operators' page all the while.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from tongban.journal import clock

from . import observing, queries
from .models import Alarm
from .rules.outage import Dependency

log = structlog.get_logger(__name__)


class MailUnavailable(Exception):
    """The mail did not leave. The message is a code for operators, without addresses or content."""


class Mailer(Protocol):
    """Hands plain-text mail to a server that takes responsibility for it."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Raises :class:`MailUnavailable`."""
        ...

    def check(self) -> None:
        """Whether the server would take mail now. Raises :class:`MailUnavailable`."""
        ...


Wording = Callable[[queries.AlarmView], tuple[str, str]]
"""An alarm → subject and text. Texts live at the edges; ``wiring`` brings them."""


@dataclass(frozen=True, slots=True)
class Post:
    """Who carries mail, in which words, and the address of each owner (operator, supervisor, directory)."""

    mailer: Mailer | None = None
    wording: Wording | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)


_post = Post()


def install(post: Post) -> None:
    global _post
    _post = post


def installed() -> Post:
    return _post


def mailer() -> Mailer | None:
    return _post.mailer


def tell_alarms() -> int:
    """The periodic duty: write every standing alarm that its owner was not written about yet; returns how many."""
    post, done = _post, 0
    if post.mailer is None or post.wording is None:
        return done
    for row in Alarm.objects.filter(cleared_at__isnull=True, mailed_at__isnull=True).order_by("raised_at")[:50]:
        address = post.addresses.get(row.owner) or post.addresses.get("operator")
        if not address:
            continue
        subject, text = post.wording(queries.alarm_view(row))
        try:
            post.mailer.send(address, subject, text)
        except MailUnavailable as unavailable:
            log.warning("alarm_not_mailed", kind=row.kind, code=str(unavailable))
            observing.note(Dependency.MAIL, clock.now(), str(unavailable))
            return done
        observing.note(Dependency.MAIL, clock.now(), None)
        done += Alarm.objects.filter(id=row.id, raised_at=row.raised_at).update(mailed_at=clock.now())
    return done
