"""What the competent node does with what the place of intake says, and what time makes of silence."""

from .closing import close
from .deeming import deem_accepted
from .delivery import note_delivery
from .receiving import receive_filing
from .revision import take_revision
from .withdrawal import answer_withdrawal

__all__ = [
    "answer_withdrawal", "close", "deem_accepted", "note_delivery", "receive_filing", "take_revision",
]  # fmt: skip
