"""Reading filings, cases and parts, from the local database alone. Views come from ``cases/views.py``.

Lists mask persons. A full view of somebody else's matter comes through ``actions.reading``, which records the access
first; asked for without that (``recorded``), the same view masks the person.
"""

from .files import case_view, part_view
from .filings import drafts_alike, filing_version, filing_view, filings_of, receipt_view
from .queue import desk_queue
from .time import silent_cases, unanswered_parts

draft_view = filing_view

__all__ = [
    "case_view", "desk_queue", "draft_view", "drafts_alike", "filing_version", "filing_view", "filings_of", "part_view",
    "receipt_view", "silent_cases", "unanswered_parts",
]  # fmt: skip
