"""One decorator for every endpoint: address, scope, what it answers, which headers it needs; registered, documented."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tongban.api.bearer import Bearer
from tongban.api.scopes import Scope
from tongban.kernel.problems import Refusal

View = Callable[..., HttpResponse]


class Fault(Schema):
    """One faulty input. ``field``: JSON pointer into the body, or ``?name`` for a query parameter."""

    field: str
    code: str
    message: str


class ProblemDocument(Schema):
    """RFC 9457. ``code`` is from the closed list at /api/v1/problems; ``whose``: caller, state, peer or node."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    whose: str
    remedy: str
    errors: list[Fault]
    params: dict[str, Any]
    instance: str | None = None


_IF_MATCH: Final = {
    "in": "header", "name": "If-Match", "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "The ETag of the version you have seen. Missing: 428. Outdated: 412.",
}
_IF_NONE_MATCH: Final = {
    "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "An ETag you hold; answered 304 if it is still good.",
}
_KEY: Final = {
    "in": "header", "name": "Idempotency-Key", "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "A fresh key for every new thing; the same key with the same request gives the same answer.",
}


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    scope: Scope | None = None,
    signed_in: bool = False,
    answers: Mapping[int, Any],
    problems: tuple[int, ...] = (),
    changes: bool = False,
    conditional: bool = False,
    keyed: bool = False,
    tag: str,
    extra: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Register a view.

    ``scope``: the power a token needs (``signed_in``: any token; neither: public). ``changes``: a step, needs If-Match.
    ``conditional``: has an ETag and answers 304. ``keyed``: creates, needs Idempotency-Key. ``problems``: further error
    statuses; those that any endpoint of the kind can give are added here.
    """
    statuses = {400, 404, 405, 422, 500, 503, *problems}
    parameters: list[dict[str, Any]] = []
    if scope or signed_in:
        statuses |= {401, 403}
    if method == "POST":
        statuses |= {409, 413, 415}
    if changes:
        statuses |= {409, 412, 428}
        parameters.append(_IF_MATCH)
    if keyed:
        parameters.append(_KEY)
    documented: dict[Any, Any] = dict(answers)
    if conditional:
        parameters.append(_IF_NONE_MATCH)
        documented[304] = None
    documented.update(dict.fromkeys(sorted(statuses), ProblemDocument))
    openapi: dict[str, Any] = {**(extra or {}), "x-scope": str(scope) if scope else None}
    if parameters:
        openapi["parameters"] = parameters

    def register(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            for name in request.GET:
                if name not in known:
                    raise Refusal("request.invalid", fields={f"?{name[:50]}": "unknown"})
            return view(request, *args, **kwargs)

        checked.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        router.api_operation(
            [method], path, auth=Bearer(scope) if scope or signed_in else None, response=documented,
            operation_id=view.__name__, summary=_title(view), description=_rest(view), tags=[tag],
            openapi_extra=openapi,
        )(checked)
        operation = next(
            op for path in router.path_operations.values() for op in path.operations if op.view_func is checked
        )
        known = {
            name
            for model in operation.models
            if model.__ninja_param_source__ == "query"
            for name in model.__ninja_flatten_map__
        }
        return view

    return register


def _title(view: View) -> str:
    return (view.__doc__ or view.__name__).strip().splitlines()[0].rstrip(".")


def _rest(view: View) -> str:
    lines = [line.strip() for line in (view.__doc__ or "").strip().splitlines()[1:]]
    return " ".join(line for line in lines if line)
