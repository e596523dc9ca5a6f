# ruff: noqa: E501 — one sentence a line reads best
"""What a check found, in plain words: English and Chinese. Codes in, sentences out; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Language = Literal["en", "zh", "both"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``holds`` is True, False, or None when it could not be made or nothing was to be proven."""

    name: str
    holds: bool | None
    words: str
    words_zh: str

    def text(self, language: Language = "both") -> str:
        mark = {True: "ok  ", False: "FAIL", None: " -- "}[self.holds]
        if language == "en":
            return f"{mark} {self.words}"
        if language == "zh":
            return f"{mark} {self.words_zh}"
        return f"{mark} {self.words}\n     {self.words_zh}"


def say(name: str, holds: bool | None, code: str, /, **params: Any) -> Finding:
    """A finding with the sentence of ``code``."""
    english, chinese = SAYINGS[code]
    return Finding(name, holds, english.format(**params), chinese.format(**params))


SAYINGS: Final[Mapping[str, tuple[str, str]]] = {
    "message.proves_nothing": (
        "The message proves nothing: {problem} ({code})", "这条消息不能证明任何事：{problem_zh}（{code}）"),
    "message.signed": (
        "Node {sender} ({name}) signed {type} for node {receiver}, dated {at}, with key {kid}; it cannot deny it.",
        "节点 {sender}（{name}）用密钥 {kid} 签署了发给节点 {receiver} 的 {type}，注明时间 {at}；它无法否认。"),
    "message.chain": (
        "It reports fact {position} ({fact}) of {subject_type} {subject_id}, {digest}; later facts of that chain must "
        "build on it.",
        "它报告了 {subject_type} {subject_id} 的第 {position} 项事实（{fact}），摘要 {digest}；该链其后的事实必须以它为基础。"),
    "message.personal_erased": (
        "The personal part has been erased; the signature still holds.", "个人信息部分已删除；签名仍然成立。"),
    "message.personal": (
        "The personal part is the one that was signed.", "个人信息部分就是签名时的那一份。"),
    "message.list_expired": (
        "The trust list had expired when the message arrived.", "消息到达时信任清单已经过期。"),
    "key.ended_since": (
        "The newest trust list given no longer vouches for key {kid} at {at}: it was revoked or taken off after the "
        "message had arrived. The list that held then vouched for it.",
        "所给最新信任清单已不再为密钥 {kid} 在 {at} 作保：该密钥在消息到达之后被吊销或移除。当时有效的清单曾为其作保。"),
    "message.claims_differ": (
        "Message {id}: the keeping node's row says something else than the signed bytes ({what}).",
        "消息 {id}：保存节点的记录与已签名的字节不一致（{what}）。"),
    "message.fact_agrees": (
        "The message's chain header is that of the fact in the file.", "消息中的链头与文件中的事实一致。"),
    "message.fact_differs": (
        "Message {id} reports another fact than the file holds: {what}. One of the two was altered.",
        "消息 {id} 所报告的事实与文件中的不同：{what}。两者之一被改动过。"),
    "messages.hold": ("{count} messages hold.", "{count} 条消息成立。"),
    "message.differs": (
        "Message {id} is kept in two forms: one of the two keepers altered it, or the sender signed it twice.",
        "消息 {id} 有两种存本：其中一方改动过，或发送方签署了两次。"),
    "message.missing": (
        "Node {keeper} keeps message {id} of that day; node {other}'s file lacks it. Ask it for the message.",
        "节点 {keeper} 保存着当日的消息 {id}，而节点 {other} 的文件中没有，应向其索取。"),
    "receipt.proves_nothing": (
        "The receipt proves nothing: {problem} ({code})", "这份回执不能证明任何事：{problem_zh}（{code}）"),
    "receipt.none": (
        "Without a receipt: no proof that the receiver ever had it.", "没有回执：不能证明收件节点收到过。"),
    "receipt.other": ("The receipt is for another message.", "回执对应的是另一条消息。"),
    "receipt.stored": (
        "Node {receiver} confirmed that it had stored exactly these bytes at {at}. It did not thereby agree to anything.",
        "节点 {receiver} 确认已于 {at} 完整存下这些字节；这并不表示它同意任何内容。"),
    "receipt.differs": (
        "Two different receipts of one node for message {id}.", "同一节点对消息 {id} 有两份不同的回执。"),
    "receipt.again": (
        "Two receipts of one node for message {id}, under two of its keys: it confirmed again after a change of key.",
        "同一节点用两把密钥对消息 {id} 各有一份回执：更换密钥后又确认了一次。"),
    "receipts.hold": ("{count} receipts hold and belong to messages here.", "{count} 份回执成立，且各有对应的消息。"),
    "fact.unreadable": ("A fact's header cannot be read ({where}).", "一项事实的头部无法读取（{where}）。"),
    "fact.digest": (
        "Fact {where}: the header is not the one its digest names.", "事实 {where}：头部与其摘要不符。"),
    "fact.row": (
        "Fact {where}: the row says something else than the header ({what}).", "事实 {where}：记录与头部不一致（{what}）。"),
    "fact.body": ("Fact {where}: the body is not the one the header names.", "事实 {where}：正文与头部所记摘要不符。"),
    "fact.personal": (
        "Fact {where}: the personal part is not the one the header names.", "事实 {where}：个人信息部分与头部所记摘要不符。"),
    "fact.differs": (
        "Fact {where} has two digests in the files given.", "事实 {where} 在所给文件中有两个不同的摘要。"),
    "facts.hold": (
        "{count} facts are what their digests say; of {erased} the personal part is erased or not given.",
        "{count} 项事实与其摘要相符；其中 {erased} 项的个人信息部分已删除或未提供。"),
    "chain.broken": (
        "The chain of {subject} is broken at position {position}: a fact was altered, added or removed.",
        "{subject} 的链在第 {position} 项处断开：有事实被改动、添加或移除。"),
    "chain.whole": (
        "The chain of {subject} is whole: {count} facts from the first to {digest}.",
        "{subject} 的链完整：共 {count} 项事实，从第一项至 {digest}。"),
    "chain.witnessed": (
        "Up to fact {position} of {subject} another node holds proof: since {at} the owner cannot change it unseen.",
        "{subject} 至第 {position} 项事实，另一节点持有证据：自 {at} 起，其所有者无法不留痕迹地更改。"),
    "chain.tail": (
        "Facts {first} to {last} of {subject} are proven by nobody but their owner, who could still rewrite them.",
        "{subject} 的第 {first} 至 {last} 项事实除其所有者外无人可证，所有者仍可能改写。"),
    "book.proves_nothing": (
        "A day book proves nothing: {problem} ({code})", "一本日账不能证明任何事：{problem_zh}（{code}）"),
    "book.signed": (
        "Node {node} closed {day} with {facts} facts under {root}, signed at {at}.",
        "节点 {node} 于 {at} 签署关账：{day} 共 {facts} 项事实，根摘要 {root}。"),
    "book.witnessed": (
        "Node {receiver} keeps this day book since {at} (its receipt is the countersignature).",
        "节点 {receiver} 自 {at} 起保存这本日账（其回执即为会签）。"),
    "book.alone": (
        "No other node's receipt for the day book of {node} for {day}: its owner could still replace it.",
        "节点 {node} {day} 的日账没有其他节点的回执：其所有者仍可能更换。"),
    "book.contradiction": (
        "Node {node} signed two different day books for {day}. This alone proves that it rewrote its past.",
        "节点 {node} 为 {day} 签署了两本不同的日账。仅此即可证明它改写了过去。"),
    "book.gap": (
        "The day books of node {node} for {day} and the day before do not follow each other.",
        "节点 {node} {day} 的日账与前一日的不相衔接。"),
    "book.facts_agree": (
        "The {count} facts in the file are exactly those of node {node}'s {day} as signed then: none altered, added, "
        "removed.",
        "文件中的 {count} 项事实与节点 {node} 当时签署的 {day} 日账完全一致：无改动、无添加、无移除。"),
    "book.facts_differ": (
        "The facts in the file are not those of node {node}'s {day} as signed then: something was altered, added or "
        "removed since.",
        "文件中的事实与节点 {node} 当时签署的 {day} 日账不一致：其后有改动、添加或移除。"),
    "book.includes": (
        "Fact {digest} stood in node {node}'s day book of {day}.", "事实 {digest} 列于节点 {node} {day} 的日账之中。"),
    "book.includes_not": (
        "The path given does not lead from fact {digest} to the root of node {node}'s {day}.",
        "所给路径不能从事实 {digest} 通到节点 {node} {day} 的根摘要。"),
    "book.unknown": (
        "No day book of node {node} for {day} among the files: whether its facts were changed later is not proven.",
        "文件中没有节点 {node} {day} 的日账：其事实其后是否被更改，未得证明。"),
    "stamp.holds": (
        "A time-stamper ({policy}) saw the day book of {node} for {day} at {at}.",
        "时间戳机构（{policy}）于 {at} 见证了节点 {node} {day} 的日账。"),
    "stamp.unchecked": (
        "A time-stamp says {at}; the stamper's certificate was not given, so its signature was not checked.",
        "时间戳所记时间为 {at}；未提供时间戳机构证书，故未验其签名。"),
    "stamp.wrong": ("The time-stamp proves nothing ({code}).", "时间戳不能证明任何事（{code}）。"),
    "limits.truth": (
        "Not proven by any of this: that what was recorded is true, and who the people behind the references are.",
        "以上均不能证明：所记内容属实，以及引用背后的人是谁。"),
    "limits.time": (
        "Times are those of the clocks of the nodes named; they may differ by five minutes and more.",
        "时间为所述各节点的时钟；可能相差五分钟以上。"),
}  # fmt: skip
