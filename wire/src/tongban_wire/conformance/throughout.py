"""Scenarios: what holds for every answer of the whole trial; they look back, so they run last."""

from __future__ import annotations

from .trial import IN_TIME, Trial, expect, scenario


@scenario("no request of the whole trial was answered with 5xx or not at all")
def nothing_ended_in_a_server_error(trial: Trial) -> None:
    for name, answer in trial.answers:
        expect(0 < answer.status < 500, f"{name}: {answer.status or 'no answer'}")


@scenario("every answer came within ten seconds")
def every_answer_came_in_time(trial: Trial) -> None:
    for name, answer in trial.answers:
        expect(answer.seconds <= IN_TIME, f"{name}: {answer.seconds:.1f} s")
