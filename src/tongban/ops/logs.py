"""Logs: one JSON object a line on standard error. Keys and references, never names or identity numbers."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
import structlog.tracebacks
import structlog.typing

from tongban.kernel.faults import described

_frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)


def without_values(exc_info: structlog.typing.ExcInfo) -> list[dict[str, Any]]:
    """Where and of what type it and its causes are; neither local variables nor texts, for both hold people's data."""
    return _described(_frames(exc_info), exc_info[1])


def _described(stacks: list[dict[str, Any]], error: BaseException | None) -> list[dict[str, Any]]:
    for stack in stacks:
        stack.update(exc_value=described(error) if error is not None else "", exc_notes=[], syntax_error=None)
        if isinstance(error, BaseExceptionGroup):
            for inner, member in zip(stack["exceptions"], error.exceptions, strict=False):
                _described(inner, member)
        if error is not None:
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return stacks


def configure(level: str = "info") -> None:
    """Send structlog and the standard logger (Django, psycopg, granian) to standard error, in the same form."""
    number = getattr(logging, level.upper(), logging.INFO)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(without_values),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    logging.getLogger("django.server").setLevel(logging.WARNING)
    for noisy in ("httpx2", "httpcore2", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
