"""What other slices and edges may do with the exchange. All of it is idempotent except an operator's replay."""

from tongban.exchange.events import Outgoing, PermanentRefusal

from .alarming import settle_alarm
from .attaching import expect_blobs
from .receiving import Answer, accept, accept_batch
from .replaying import replay_inbound, replay_outbound
from .telling import enqueue

__all__ = [
    "Answer",
    "Outgoing",
    "PermanentRefusal",
    "accept",
    "accept_batch",
    "enqueue",
    "expect_blobs",
    "replay_inbound",
    "replay_outbound",
    "settle_alarm",
]
