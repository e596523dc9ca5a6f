"""Readers' reports about guides: taken in, answered."""

from .reports import answer_report, report_error

__all__ = ["answer_report", "report_error"]
