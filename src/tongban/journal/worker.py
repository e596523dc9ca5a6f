"""The worker: claims due jobs, does them, puts failures back with a pause, parks what cannot be done.

1. Claim a batch under a lease (``SKIP LOCKED``), so any number of workers on any number of machines share the table.
2. Do each job outside any transaction; what it calls opens its own.
3. Done: delete, a batch at a time. Failed: put back with back-off. Hopeless: park with the reason.
A worker killed between 2 and 3 leaves a lease, freed within a second on the same host and running out otherwise; the
job is done again, so jobs are idempotent. One that kills its worker at every try is parked as well.

Beside the table stand the *woken* duties: functions that look into their own tables for what is due, called whenever
somebody commits (``NOTIFY``) and at every poll. What waits in rows of its own needs no job rows as well.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import close_old_connections, connection

from tongban.kernel.faults import described

from . import crash, jobs, leases, queries, subscriptions

log = structlog.get_logger(__name__)


def run(stop: threading.Event, *, threads: int = 2, batch: int = 10, idle_seconds: float = 1.0) -> None:
    """Work until ``stop`` is set. One thread does periodic duties and the heartbeat, the others the jobs."""
    name = leases.process()
    wake = threading.Event()
    crew = [
        threading.Thread(target=_listen, args=(stop, wake), name="listen", daemon=True),
        threading.Thread(target=_periodic_loop, args=(stop, name), name="periodic", daemon=True),
    ]
    crew += [
        threading.Thread(target=_job_loop, args=(stop, wake, f"{name}:{n}", batch, idle_seconds), name=f"jobs-{n}")
        for n in range(threads)
    ]
    for thread in crew:
        thread.start()
    stop.wait()
    wake.set()
    for thread in crew:
        thread.join(timeout=10)


def drain(limit: int = 1000) -> int:
    """Do everything that is due, here and now, until nothing is; for tests. Returns how many jobs were done."""
    done, me = 0, leases.holder()
    while done < limit:
        claimed = jobs.claim(me, 20)
        done += len(claimed)
        _do_all(claimed, me)
        if not claimed and not _wake_all():
            return done
    raise RuntimeError(f"still work after {limit} jobs")


def _wake_all() -> int:
    """Call every woken duty once; returns how much they did."""
    return sum(duty() for duty in subscriptions.woken().values())


def run_periodic_once(names: set[str] | None = None) -> None:
    """Do the periodic duties once, due or not; for tests."""
    for name, (_seconds, function) in subscriptions.periodic().items():
        if names is None or name in names:
            function()


def react(payload: Mapping[str, Any]) -> None:
    """The handler of kind ``reaction``: hand the fact to its subscriber."""
    subscriptions.subscriber(payload["to"])(queries.fact(UUID(payload["fact"])))


def _do_all(claimed: Sequence[jobs.Claimed], worker: str, stop: threading.Event | None = None) -> None:
    """Do what was claimed, and delete what is done in one statement, at least twice a second."""
    finished: list[jobs.Claimed] = []
    since = time.monotonic()
    try:
        for job in claimed:
            if stop is not None and stop.is_set():
                return
            if _do(job, worker):
                finished.append(job)
            if time.monotonic() - since > 0.5:
                jobs.finish_all(finished, worker)
                finished, since = [], time.monotonic()
    finally:
        jobs.finish_all(finished, worker)


def _do(job: jobs.Claimed, worker: str) -> bool:
    """True if it is done; otherwise it has been put back or parked."""
    try:
        handler = react if job.kind == "reaction" else subscriptions.handler(job.kind)
        crash.point("journal.before_job")
        handler(job.payload)
        crash.point("journal.after_job")
    except jobs.PermanentFailure as failure:
        log.error("job_parked", kind=job.kind, job=job.id, reason=str(failure))
        jobs.park(job, worker, str(failure))
    except Exception as error:
        log.warning(
            "job_failed",
            kind=job.kind,
            job=job.id,
            tries=job.tries,
            error=type(error).__name__,
            exc_info=job.tries >= 3,
        )
        jobs.put_back(job, worker, described(error))
    else:
        return True
    return False


def _job_loop(stop: threading.Event, wake: threading.Event, name: str, batch: int, idle: float) -> None:
    while not stop.is_set():
        wake.clear()
        try:
            claimed = jobs.claim(name, batch)
            _do_all(claimed, name, stop)
            busy = bool(_wake_all()) or bool(claimed)
        except Exception as error:
            log.warning("worker_waits", error=type(error).__name__)
            _forget_connection()
            stop.wait(1.0)
            continue
        if not busy:
            wake.wait(idle)
    _forget_connection()


def _periodic_loop(stop: threading.Event, name: str) -> None:
    beaten = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - beaten > 5:
                jobs.beat(name)
                jobs.park_deadly()
                beaten = time.monotonic()
            leases.free_the_dead()
            for duty, (seconds, function) in subscriptions.periodic().items():
                if not stop.is_set() and jobs.claim_periodic(name, duty, seconds):
                    _do_periodic(name, duty, seconds, function)
        except Exception as error:
            log.warning("periodic_waits", error=type(error).__name__)
            _forget_connection()
        stop.wait(0.5)
    _forget_connection()


def _do_periodic(worker: str, duty: str, seconds: float, function: Any) -> None:
    error = None
    try:
        function()
    except Exception as failure:
        error = described(failure)
        log.warning("periodic_failed", duty=duty, error=type(failure).__name__, exc_info=True)
    jobs.finish_periodic(worker, duty, seconds, error)


def _listen(stop: threading.Event, wake: threading.Event) -> None:
    """Wake the job threads when somebody commits a job; the poll finds it anyway if this connection is lost."""
    while not stop.is_set():
        try:
            with psycopg.connect(**_connect_params(), autocommit=True) as listener:
                listener.execute("LISTEN tongban_jobs")
                while not stop.is_set():
                    ready, _, _ = select.select([listener.fileno()], [], [], 1.0)
                    if ready:
                        for _note in listener.notifies(timeout=0):
                            wake.set()
        except (psycopg.Error, OSError):
            stop.wait(1.0)


def _connect_params() -> dict[str, Any]:
    settings = connection.settings_dict
    known = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return {key: value for key, value in known.items() if value}


def _forget_connection() -> None:
    close_old_connections()
    connection.close()
