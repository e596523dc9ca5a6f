"""The closed list of what can be wrong with something that came over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Whose = Literal["sender", "receiver", "nobody"]


@dataclass(frozen=True, slots=True)
class Code:
    """Whose fault it is, whether the same bytes may succeed later, and the sentence in English."""

    whose: Whose
    retry: bool
    sentence: str


CODES: Final[Mapping[str, Code]] = {
    "envelope.too_large": Code("sender", False, "The message is larger than allowed."),
    "envelope.malformed": Code("sender", False, "The message does not have the form of an envelope."),
    "envelope.personal_missing": Code("sender", False, "The personal part that was signed did not come."),
    "envelope.personal_wrong": Code("sender", False, "The personal part is not the one that was signed."),
    "envelope.wrong_receiver": Code("sender", False, "The message is addressed to another node."),
    "envelope.from_the_future": Code("sender", True, "The message is dated more than five minutes ahead."),
    "json.malformed": Code("sender", False, "The bytes are not strict JSON."),
    "json.duplicate_key": Code("sender", False, "A JSON object names the same key twice."),
    "jws.malformed": Code("sender", False, "The signature does not have the form of a compact JWS."),
    "jws.header_not_allowed": Code("sender", False, "The signature's header says what is not allowed."),
    "jws.algorithm_unknown": Code("sender", False, "The signature's algorithm is unknown here."),
    "jws.algorithm_wrong": Code("sender", False, "The signature's algorithm is not its key's."),
    "jws.wrong_type": Code("sender", False, "The signed thing is of another kind."),
    "signature.wrong": Code("sender", False, "The signature does not match the bytes."),
    "key.unknown": Code("nobody", True, "The key is not on the trust list."),
    "key.not_the_senders": Code("sender", False, "The key belongs to another node."),
    "key.not_valid_then": Code("sender", True, "The key was not valid at that time."),
    "key.malformed": Code("sender", False, "The key cannot be read."),
    "power.not_allowed": Code("sender", True, "The trust list does not allow the sender to say this."),
    "message.malformed": Code("sender", False, "A field of the message is missing or wrong."),
    "receipt.malformed": Code("sender", False, "The receipt cannot be read."),
    "receipt.other_message": Code("sender", False, "The receipt is for another message."),
    "trust.malformed": Code("sender", False, "The trust list cannot be read."),
    "trust.wrong_root": Code("sender", False, "The trust list is not signed by the root that was pinned."),
    "trust.contradiction": Code("sender", False, "The trust list contradicts itself."),
    "request.malformed": Code("sender", False, "The request's signature cannot be read."),
    "request.other_request": Code("sender", False, "The signature is for another request."),
    "request.stale": Code("sender", True, "The request was signed more than five minutes ago or ahead."),
    "enrolment.malformed": Code("sender", False, "The enrolment request cannot be read."),
}


class WireProblem(Exception):
    """Something received cannot be relied on. The only exception that leaves this package on hostile bytes.

    ``code`` is one of :data:`CODES`; ``whose`` says whose fault it is; ``detail`` names the place (a field, a
    key id), never a value of a personal field.
    """

    def __init__(self, code: str, detail: str = "", *, whose: Whose | None = None) -> None:
        entry = CODES[code]
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.whose: Whose = whose or entry.whose
        self.detail = detail

    @property
    def retry(self) -> bool:
        """May the very same bytes be accepted later (after a clock, key or list was put right)?"""
        return CODES[self.code].retry

    @property
    def sentence(self) -> str:
        return CODES[self.code].sentence
