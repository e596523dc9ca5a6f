"""What happens at the place of intake: draft, submit, answer a correction, withdraw, check and hand over."""

from .correcting import answer_correction
from .drafting import discard, save_draft, start_draft
from .handing import deliver_result, hand_over
from .submitting import file, submit
from .window import record_checks
from .withdrawing import request_withdrawal

__all__ = [
    "answer_correction", "deliver_result", "discard", "file", "hand_over", "record_checks", "request_withdrawal",
    "save_draft", "start_draft", "submit",
]  # fmt: skip
