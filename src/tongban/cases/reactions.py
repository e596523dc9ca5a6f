"""What follows from our own facts, and what time brings. Each reaction calls one action, safely repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from tongban.config import config
from tongban.journal import clock
from tongban.journal.values import Fact
from tongban.kernel import people
from tongban.kernel.events import Event
from tongban.kernel.faults import described
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

from . import events, queries
from .actions import filing, intake, joint

log = structlog.get_logger(__name__)


def when_decision_noted(fact: Fact) -> None:
    """At the place of intake: a decision is known and stands on the applicant's page, unless a window hands over."""
    if fact.body["said"] == events.CaseDecided.name:
        filing.deliver_result(_by_ourselves(fact), fact.subject_id)


def when_accepted(fact: Fact) -> None:
    """At the lead: a joint case is accepted, the first part is called. Any other case: nothing."""
    joint.advance(_by_ourselves(fact), fact.subject_id)


def when_part_answered(fact: Fact) -> None:
    """At the lead: a part has answered; the next is called, or the case is concluded."""
    if fact.body["outcome"] is not None:
        joint.advance(_by_ourselves(fact), fact.subject_id)


def when_done(fact: Fact) -> None:
    """At the competent node: delivered or not accepted, nothing is left to do."""
    intake.close(_by_ourselves(fact), fact.subject_id)


SUBSCRIBERS: Final[Mapping[type[Event], Sequence[Callable[[Fact], None]]]] = {
    events.FilingCaseNoted: (when_decision_noted,),
    events.CaseAccepted: (when_accepted,),
    events.CaseCorrectionTaken: (when_accepted,),
    events.CasePartNoted: (when_part_answered,),
    events.CaseDelivered: (when_done,),
    events.CaseNotAccepted: (when_done,),
}


def deem_acceptance() -> None:
    """Accept what nobody said anything about for five working days (行政许可法 §32)."""
    _in_time(intake.deem_accepted, queries.silent_cases(clock.now()))


def lapse_parts() -> None:
    """Let parts lapse that nobody answered in twice their time."""
    _in_time(joint.lapse_part, queries.unanswered_parts(clock.now()))


PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {
    "cases.deem_acceptance": (60.0, deem_acceptance),
    "cases.lapse_parts": (300.0, lapse_parts),
}


def _by_ourselves(fact: Fact) -> Act:
    return Act(people.system(config().node_id), clock.now(), traceparent=fact.traceparent)


def _in_time(what: Callable[[Act, UUID], UUID], ids: Sequence[UUID]) -> None:
    """One at a time: somebody who acts at the same moment wins, and one that fails does not hold up the others, whose
    right it is. Raises the last failure once everybody has had their turn."""
    failed: Exception | None = None
    for id in ids:
        try:
            what(Act(people.clock(config().node_id), clock.now()), id)
        except Refusal as refusal:
            log.info("time_came_second", step=what.__name__, reason=refusal.code)
        except (OperationalError, InterfaceError):
            raise  # the database is away: for all of them
        except Exception as error:
            log.error("time_came_in_vain", step=what.__name__, subject=str(id), error=described(error))
            failed = error
    if failed is not None:
        raise failed
