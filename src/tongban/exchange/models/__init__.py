"""Messages out and in, their streams, the peers they go to, attachments, and how everything outside stands.

What proves something (signed bytes, receipts) is written once; a trigger refuses to change it. Only the columns that
say how far delivery got may move. Personal parts stand in tables of their own and can be deleted (decision 14).
"""

from __future__ import annotations

from .blobs import Blob, BlobGrant
from .inbound import Inbound, InboundPersonal, InboundStream
from .outbound import Outbound, OutboundPersonal, OutboundStream, ToldChain
from .standing import Alarm, Dependency, Destination

__all__ = [
    "Alarm", "Blob", "BlobGrant", "Dependency", "Destination", "Inbound", "InboundPersonal", "InboundStream",
    "Outbound", "OutboundPersonal", "OutboundStream", "ToldChain",
]  # fmt: skip
