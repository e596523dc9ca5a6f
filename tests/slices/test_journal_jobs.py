"""Jobs: leases, back-off, parking, replay, periodic duties."""

from __future__ import annotations

import pytest

from tongban.journal import actions, clock, jobs, models, queries, subscriptions, worker
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db

done: list[str] = []


def do(payload):
    done.append(payload["what"])
    if payload["what"] == "hopeless":
        raise jobs.PermanentFailure("peer.refused")
    if payload["what"] == "flaky" and done.count("flaky") < 3:
        raise OSError("not yet")


@pytest.fixture(autouse=True)
def one_kind():
    done.clear()
    subscriptions.install(subscribers={}, tellers={}, post=None, handlers={"do": do}, periodic={})
    yield
    from tongban import wiring

    wiring.install()


def make_all_due():
    models.Job.objects.update(run_at="2000-01-01T00:00:00Z")


def test_a_job_is_enqueued_once_per_kind_and_key():
    jobs.enqueue("do", "k", {"what": "a"})
    jobs.enqueue("do", "k", {"what": "b"})
    assert worker.drain() == 1
    assert done == ["a"]


def test_a_failing_job_waits_and_then_succeeds():
    jobs.enqueue("do", "k", {"what": "flaky"})
    for _ in range(3):
        make_all_due()
        worker.drain()
    assert done == ["flaky"] * 3
    assert models.Job.objects.count() == 0


def test_a_hopeless_job_is_parked_with_its_reason_and_can_be_replayed():
    jobs.enqueue("do", "k", {"what": "hopeless"})
    worker.drain()
    (parked,) = queries.parked_jobs()
    assert (parked.kind, parked.reason) == ("do", "peer.refused")
    assert worker.drain() == 0
    operator = Actor(ActorKind.STAFF, "test", "liang-wei", NodeId("44"), (Post(Role.OPERATOR, "440000"),))
    subject = actions.replay_job(Act(operator, clock.now()), parked.id)
    (fact,) = queries.facts("job", subject)
    assert (fact.name, fact.body["kind"], fact.body["parked_reason"]) == ("journal.job_replayed", "do", "peer.refused")
    assert "liang-wei" in fact.actor
    assert worker.drain() == 1
    with pytest.raises(Refusal, match=r"request\.not_found"):
        actions.replay_job(Act(operator, clock.now()), 999_999)


def test_a_member_of_staff_who_does_not_operate_the_node_replays_nothing():
    jobs.enqueue("do", "k", {"what": "hopeless"})
    worker.drain()
    (parked,) = queries.parked_jobs()
    reviewer = Actor(ActorKind.STAFF, "test", "chen-qiang", NodeId("44"), (Post(Role.REVIEWER, "440000"),))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        actions.replay_job(Act(reviewer, clock.now()), parked.id)
    assert queries.parked_jobs() == [parked]


def test_a_job_under_a_lease_is_not_taken_twice_but_an_expired_lease_is():
    jobs.enqueue("do", "k", {"what": "a"})
    (held,) = jobs.claim("first", 10)
    assert jobs.claim("second", 10) == []
    models.Job.objects.filter(id=held.id).update(leased_until="2000-01-01T00:00:00Z")
    (again,) = jobs.claim("second", 10)
    assert (again.id, again.tries) == (held.id, 2)
    jobs.finish(held, "first")
    assert models.Job.objects.filter(id=held.id).exists(), "the first worker lost its lease and may not finish"
    jobs.finish(again, "second")
    assert not models.Job.objects.filter(id=held.id).exists()


def test_after_many_failures_a_job_is_parked_not_dropped():
    jobs.enqueue("do", "k", {"what": "never"})
    subscriptions.install(subscribers={}, tellers={}, post=None, handlers={"do": lambda _: 1 / 0}, periodic={})
    for _ in range(jobs.MAX_TRIES):
        make_all_due()
        worker.drain()
    (parked,) = queries.parked_jobs()
    assert parked.tries == jobs.MAX_TRIES
    assert "ZeroDivisionError" in parked.reason


def test_a_job_that_kills_its_worker_at_every_try_is_parked_and_taken_no_more():
    jobs.enqueue("do", "k", {"what": "deadly"})
    for _ in range(jobs.MAX_TRIES):
        assert jobs.park_deadly() == 0
        (held,) = jobs.claim("dead", 10)
        models.Job.objects.filter(id=held.id).update(leased_until="2000-01-01T00:00:00Z")  # nobody came back from it
    assert jobs.claim("next", 10) == []
    assert jobs.park_deadly() == 1
    (parked,) = queries.parked_jobs()
    assert (parked.reason, parked.tries) == ("worker.died", jobs.MAX_TRIES)


def test_a_job_at_its_last_try_is_left_to_whoever_is_at_it():
    jobs.enqueue("do", "k", {"what": "a"})
    models.Job.objects.update(tries=jobs.MAX_TRIES - 1)
    (held,) = jobs.claim("first", 10)
    assert jobs.park_deadly() == 0
    jobs.finish(held, "first")
    assert models.Job.objects.count() == 0


def test_the_reason_kept_of_a_failure_quotes_nobodys_data():
    def fails(_):
        raise ValueError("身份证号 630104198503219974")

    subscriptions.install(
        subscribers={}, tellers={}, post=None, handlers={"do": fails}, periodic={"look": (60, lambda: fails(None))}
    )
    jobs.enqueue("do", "k", {"what": "a"})
    worker.drain()
    assert models.Job.objects.get().last_error == "ValueError"
    assert jobs.claim_periodic("w", "look", 60)
    worker._do_periodic("w", "look", 60, lambda: fails(None))
    assert models.Periodic.objects.get().last_error == "ValueError"


def test_a_periodic_duty_is_claimed_by_one_worker_and_returns_later():
    assert jobs.claim_periodic("a", "sweep", 60)
    assert not jobs.claim_periodic("b", "sweep", 60)
    jobs.finish_periodic("a", "sweep", 60, None)
    assert not jobs.claim_periodic("b", "sweep", 60)
    models.Periodic.objects.update(next_at="2000-01-01T00:00:00Z")
    assert jobs.claim_periodic("b", "sweep", 60)
