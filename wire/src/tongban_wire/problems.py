"""The closed list of what can be wrong with something that came over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Whose = Literal["sender", "receiver", "nobody"]


@dataclass(frozen=True, slots=True)
class Code:
    """Whose fault it is, whether the same bytes may succeed later, and the sentence in English and Chinese."""

    whose: Whose
    retry: bool
    sentence: str
    sentence_zh: str


CODES: Final[Mapping[str, Code]] = {
    "envelope.too_large": Code("sender", False, "The message is larger than allowed.", "消息超过允许的大小。"),
    "envelope.malformed": Code(
        "sender", False, "The message does not have the form of an envelope.", "消息不符合信封的形式。"
    ),
    "envelope.personal_missing": Code(
        "sender", False, "The personal part that was signed did not come.", "已签名的个人信息部分没有送达。"
    ),
    "envelope.personal_wrong": Code(
        "sender", False, "The personal part is not the one that was signed.", "个人信息部分与签名时的不一致。"
    ),
    "envelope.wrong_receiver": Code(
        "sender", False, "The message is addressed to another node.", "消息的收件节点不是本节点。"
    ),
    "envelope.from_the_future": Code(
        "sender", True, "The message is dated more than five minutes ahead.", "消息所注时间超前五分钟以上。"
    ),
    "json.malformed": Code("sender", False, "The bytes are not strict JSON.", "字节不是严格的 JSON。"),
    "json.duplicate_key": Code(
        "sender", False, "A JSON object names the same key twice.", "JSON 对象中同一键名出现两次。"
    ),
    "jws.malformed": Code(
        "sender", False, "The signature does not have the form of a compact JWS.", "签名不符合紧凑 JWS 的形式。"
    ),
    "jws.header_not_allowed": Code(
        "sender", False, "The signature's header says what is not allowed.", "签名头部含有不允许的内容。"
    ),
    "jws.algorithm_unknown": Code("sender", False, "The signature's algorithm is unknown here.", "签名算法在此未知。"),
    "jws.algorithm_unavailable": Code(
        "receiver", True, "The library for this algorithm is not installed here.", "本机未安装该算法所需的库。"
    ),
    "jws.algorithm_wrong": Code(
        "sender", False, "The signature's algorithm is not its key's.", "签名算法与其密钥的算法不符。"
    ),
    "jws.wrong_type": Code("sender", False, "The signed thing is of another kind.", "所签的是另一种东西。"),
    "signature.wrong": Code("sender", False, "The signature does not match the bytes.", "签名与字节不符。"),
    "key.unknown": Code("nobody", True, "The key is not on the trust list.", "密钥不在信任清单上。"),
    "key.not_the_senders": Code("sender", False, "The key belongs to another node.", "密钥属于另一节点。"),
    "key.not_valid_then": Code("sender", True, "The key was not valid at that time.", "密钥当时不在有效期内。"),
    "key.malformed": Code("sender", False, "The key cannot be read.", "密钥无法读取。"),
    "power.not_allowed": Code(
        "sender", True, "The trust list does not allow the sender to say this.", "信任清单不允许发送方作此陈述。"
    ),
    "message.malformed": Code(
        "sender", False, "A field of the message is missing or wrong.", "消息缺少某字段或字段有误。"
    ),
    "message.retired": Code(
        "sender", False, "Messages of this type are no longer taken, as was announced.", "此类消息已按预告停止接收。"
    ),
    "receipt.malformed": Code("sender", False, "The receipt cannot be read.", "回执无法读取。"),
    "receipt.other_message": Code("sender", False, "The receipt is for another message.", "回执对应的是另一条消息。"),
    "trust.malformed": Code("sender", False, "The trust list cannot be read.", "信任清单无法读取。"),
    "trust.wrong_root": Code(
        "sender",
        False,
        "The trust list is not signed by the root that was pinned.",
        "信任清单不是由所钉住的根密钥签发。",
    ),
    "trust.contradiction": Code("sender", False, "The trust list contradicts itself.", "信任清单自相矛盾。"),
    "request.malformed": Code("sender", False, "The request's signature cannot be read.", "请求的签名无法读取。"),
    "request.other_request": Code("sender", False, "The signature is for another request.", "签名对应的是另一请求。"),
    "request.stale": Code(
        "sender", True, "The request was signed more than five minutes ago or ahead.", "请求的签名时间相差五分钟以上。"
    ),
    "day_book.malformed": Code("sender", False, "The day book cannot be read.", "日账无法读取。"),
    "day_book.contradiction": Code("sender", False, "Two different day books for one day.", "同一天有两本不同的日账。"),
    "day_book.not_consecutive": Code(
        "sender", False, "The day book does not follow the one of the day before.", "日账与前一日的日账不相衔接。"
    ),
    "time_stamp.malformed": Code("sender", False, "The time-stamp cannot be read.", "时间戳无法读取。"),
    "time_stamp.wrong": Code(
        "sender",
        False,
        "The time-stamp is for something else, or its signature does not hold.",
        "时间戳对应他物，或其签名不成立。",
    ),
    "export.malformed": Code("sender", False, "The exported file cannot be read.", "导出文件无法读取。"),
    "enrolment.malformed": Code("sender", False, "The enrolment request cannot be read.", "加入申请无法读取。"),
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

    @property
    def sentence_zh(self) -> str:
        return CODES[self.code].sentence_zh
