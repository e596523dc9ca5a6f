"""The closed list of problems; the ``type`` of every error resolves here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tongban.api import problem_json
from tongban.api.endpoint import endpoint
from tongban.api.shapes import reply, shape
from tongban.kernel.problems import PROBLEMS, Problem, Refusal

router = Router()


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One code: status, who can repair it, title and remedy in both languages (Chinese is authoritative)."""

    type: str
    code: str
    status: int
    whose: str
    title: str
    title_en: str
    remedy: str
    remedy_en: str


class ProblemList(Schema):
    """All of them."""

    problems: list[shape("Problem", ProblemEntry)]  # type: ignore[valid-type]


@endpoint(router, "GET", "problems", answers={200: ProblemList}, tag="problems")
def list_problems(request: HttpRequest) -> HttpResponse:
    """Every problem this API can answer with."""
    return reply({"problems": [_entry(problem) for problem in PROBLEMS.values()]}, public_seconds=3600)


@endpoint(router, "GET", "problems/{code}", answers={200: shape("ProblemType", ProblemEntry)}, tag="problems")
def get_problem(request: HttpRequest, code: str) -> HttpResponse:
    """What a problem's ``type`` means."""
    problem = PROBLEMS.get(code)
    if problem is None:
        raise Refusal("request.not_found")
    return reply(_entry(problem), public_seconds=3600)


def _entry(problem: Problem) -> ProblemEntry:
    return ProblemEntry(
        problem_json.type_uri(problem.code), problem.code, problem.status, problem_json.whose(problem.code),
        problem.title, problem.title_en, problem.remedy, problem.remedy_en,
    )
