"""Readers' reports, contents of zones, contacts, what a person follows: taken in, answered, published."""

from .contacts import confirm_contact, record_contact, remove_contact
from .following import follow, unfollow
from .reports import answer_report, report_error
from .zones import publish_content, return_content, submit_content

__all__ = [
    "answer_report", "confirm_contact", "follow", "publish_content", "record_contact", "remove_contact", "report_error",
    "return_content", "submit_content", "unfollow",
]  # fmt: skip
