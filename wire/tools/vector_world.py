"""The world of the golden vectors: fixed keys, one trust list, one sentence of every type.

``TONGBAN_VECTOR_SUITE`` names the algorithm of all keys. SM2 signatures are random, so they are kept: what was signed
once is looked up in ``signatures.json`` of the vectors' folder, and only new things are signed anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tongban_wire import daybook, envelope, messages, trust
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.suites import SUITES, Signer

SUITE = SUITES[os.environ.get("TONGBAN_VECTOR_SUITE", "EdDSA")]
VECTORS = Path(__file__).parents[2] / "tests" / "vectors"
FOLDER = "." if SUITE.alg == "EdDSA" else "sm2"

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SALT = bytes(range(16))


def _kept_signatures() -> dict[str, str]:
    file = VECTORS / FOLDER / "signatures.json"
    found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return found


@dataclass
class Remembering:
    """A signer that gives the signature it gave before."""

    signer: Signer
    before: dict[str, str]
    given: dict[str, str] = field(default_factory=dict)

    @property
    def public_raw(self) -> bytes:
        return self.signer.public_raw

    def sign(self, data: bytes) -> bytes:
        name = hashlib.sha256(self.public_raw + data).hexdigest()
        found = self.given.get(name) or self.before.get(name) or self.signer.sign(data).hex()
        self.given[name] = found
        return bytes.fromhex(found)

    def pkcs8(self) -> bytes:
        return self.signer.pkcs8()


REMEMBERED = _kept_signatures()
SIGNATURES: dict[str, str] = {}
"""What this run signed."""


def key(name: str, node: str) -> SigningKey:
    seed = hashlib.sha256(f"tongban vector key {name}".encode()).digest()
    if SUITE.alg == "EdDSA":
        return SigningKey.from_seed(seed, node)
    return SigningKey.of(Remembering(SUITE.from_seed(seed), REMEMBERED, SIGNATURES), node, SUITE.alg)


ROOT, K00, K44, K63, K14, OLD63, REVOKED63, NEXT63, STRANGER = (
    key("root", "root"), key("00", "00"), key("44", "44"), key("63", "63"), key("14", "14"), key("63 old", "63"),
    key("63 revoked", "63"), key("63 next", "63"), key("stranger", "44"),
)  # fmt: skip
KEYS = {
    "root": ROOT, "00": K00, "44": K44, "63": K63, "14": K14, "63-old": OLD63, "63-revoked": REVOKED63,
    "63-next": NEXT63, "stranger": STRANGER,
}  # fmt: skip
REVOKED_AT = AT - timedelta(hours=1)
NEXT_FROM = AT + timedelta(days=1)
RETIRED = "cn.tongban.case.nudged/1"
EVERYTHING = ("cn.tongban.filing.*", "cn.tongban.case.*", "cn.tongban.part.*", "cn.tongban.daybook.*")


def node(name: str, node_id: str, *keys: trust.KeyEntry, **more: Any) -> trust.NodeEntry:
    return trust.NodeEntry(
        node=node_id, name=name, address=f"http://127.0.0.1:80{node_id}", keys=keys,
        **{"role": "province", "may_say": EVERYTHING, **more},
    )  # fmt: skip


def entry(of: SigningKey, start: datetime = AT - timedelta(days=60), days: int = 365) -> trust.KeyEntry:
    return trust.KeyEntry(
        kid=of.kid, alg=of.alg, public=of.public.public, valid_from=start, valid_to=start + timedelta(days=days)
    )


def regions(*prefixes: str) -> tuple[trust.RegionPrefix, ...]:
    return tuple(trust.RegionPrefix(prefix=p, from_on=date(2025, 1, 1)) for p in prefixes)


TRUST = trust.TrustList(
    version=7, issued_at=AT - timedelta(days=1), expires_at=AT + timedelta(days=6),
    nodes=(
        node("目录", "00", entry(K00), role="directory", may_say=()),
        node("广东省", "44", entry(K44), regions=regions("44")),
        node("青海省", "63", entry(K63), entry(OLD63, AT - timedelta(days=400)),
             replace(entry(REVOKED63), valid_to=REVOKED_AT), entry(NEXT63, NEXT_FROM), regions=regions("63")),
        node("山西省", "14", entry(K14), regions=regions("14"), may_say=("cn.tongban.filing.*",)),
    ),
    sunsets=(trust.Sunset(type=RETIRED, last_day=date(2026, 3, 1)),),
)  # fmt: skip

CASE, FILING, PART = (UUID(f"0195-5000-0000-7000-8000-{n:012d}".replace("-", "")) for n in (1, 2, 3))
NUMBER = "44-7K3F9Q2M-X"
D1, D2 = digest_of(b"one"), digest_of(b"two")
ITEM = messages.ItemRef(entry_key="QH2020-2-48", owner="63", code="driver-renewal", version=1, digest=D1)
FILE = messages.Attachment(key="photo", digest=digest_of(b"photo"), media_type="image/jpeg", size=48213)
DUE = messages.DueDate(on=date(2026, 3, 9), calendar_version="2026", estimated=False)
PERSON = {"name": "张三", "id_number": "440101199001010000", "mobile": "13800000000"}
OF_CASE: dict[str, Any] = {"case_id": CASE, "filing_id": FILING, "filing_number": NUMBER}
OF_PART: dict[str, Any] = {**OF_CASE, "part_id": PART, "step_key": "release", "seq": 2}
OF_FILING: dict[str, Any] = {"filing_id": FILING, "filing_number": NUMBER, "revision": 1}
FIRST: dict[str, Any] = {
    **OF_FILING, "content_digest": D1, "item": ITEM, "mode": "proxy", "channel": "window", "intake_node": "44",
    "intake_region": "440106", "anchor_region": "630105", "anchor_kind": "issuing_place", "window": "w-440106",
    "checks": messages.Checks(passed=("photo",), failed=(), identity_method="id_card_reader", window="w-440106"),
    "attachments": (FILE,),
    "personal": {"applicant": PERSON, "answers": {"license_number": "630105199001010000"},
                 "filenames": {FILE.digest: "照片.jpg"}},
}  # fmt: skip
M = messages
DAY = date(2026, 3, 1)
LEAVES = [
    daybook.Leaf("case", str(CASE), n, digest_of(f"fact {n}".encode()), AT - timedelta(hours=12, minutes=10 - n))
    for n in range(1, 6)
]
FIRST_BOOK, _ = daybook.close(
    "63", DAY - timedelta(days=1), [], previous=None, closed_at=daybook.end_of(DAY) - timedelta(hours=23)
)
SEALED_FIRST_BOOK = daybook.seal_day_book(FIRST_BOOK, K63)
BOOK, LEAVES_IN_ORDER = daybook.close(
    "63", DAY, LEAVES, previous=daybook.book_digest(SEALED_FIRST_BOOK),
    closed_at=daybook.end_of(DAY) + timedelta(minutes=5),
)  # fmt: skip
SEALED_BOOK = daybook.seal_day_book(BOOK, K63)
SENTENCES: list[tuple[SigningKey, messages.Message]] = [
    (K44, M.FilingSubmitted(**FIRST)),
    (K44, M.FilingRevised(
        filing_id=FILING, filing_number=NUMBER, revision=2, content_digest=D2, intake_node="44", answers_round=1,
        attachments=(FILE,),
        personal={"applicant": PERSON, "answers": {"license_number": "1"}, "point_answers": {"p1": "已更正"}})),
    (K44, M.FilingWithdrawalRequested(**OF_FILING, case_id=CASE, personal={"reason": "不办了"})),
    (K44, M.FilingResultDelivered(**OF_CASE, method="electronic")),
    (K63, M.FilingDeclined(**OF_FILING, reason="item_version_unknown", params={"version": 3})),
    (K63, M.CaseOpened(**OF_CASE, revision=1, mode="proxy", region="630105", received_on=date(2026, 3, 2),
                       tell_once_due=DUE, authority="630105-transport", authority_name="城北区交通运输局")),
    (K63, M.CaseCorrectionRequested(
        **OF_CASE, round=1, about_revision=1,
        points=(M.CorrectionPoint(key="p1", target="material:photo", code="unclear"),),
        personal={"texts": {"p1": "照片不清晰"}, "reason": None})),
    (K63, M.CaseCorrectionTaken(**OF_CASE, round=1, revision=2, returns_to="received", tell_once_due=DUE)),
    (K63, M.CaseAccepted(**OF_CASE, deemed=False, accepted_on=date(2026, 3, 3), handling_days=5, handling_due=DUE)),
    (K63, M.CaseNotAccepted(**OF_CASE, reasons=("other",), personal={"texts": {"other": "不属本机关"}})),
    (K63, M.CaseDecided(**OF_CASE, outcome="granted", decided_on=date(2026, 3, 4), result_type="certificate",
                        personal={"result": {"number": "青运证1", "valid_until": "2032-03-03", "text": "准予换证"}})),
    (K63, M.CaseDelivered(**OF_CASE, method="electronic")),
    (K63, M.CaseClosed(**OF_CASE, reason="completed")),
    (K63, M.CaseWithdrawalRefused(**OF_CASE, reason="state.already_decided")),
    (K63, M.CaseRebased(
        **OF_CASE, item=replace(ITEM, version=2, digest=D2),
        from_version=1, reason="base_item_changed", handling_due=DUE, handling_days=3)),
    (K44, M.PartCalled(**OF_PART, node="63", lead_node="44", intake_node="44", region="630100", limit_days=15,
                       item=ITEM, place="releasing", personal={"applicant": PERSON, "answers": {"account": "1"}})),
    (K63, M.PartOpened(**OF_PART, opened_on=date(2026, 3, 2), due=DUE)),
    (K63, M.PartDecided(**OF_PART, outcome="completed", decided_on=date(2026, 3, 4), personal={"note": "已转出"})),
    (K63, M.DayBookClosed(node="63", day=BOOK.day, digest=daybook.book_digest(SEALED_BOOK), day_book=SEALED_BOOK)),
    (K44, M.PartRebased(**OF_PART, item=replace(ITEM, version=2, digest=D2), from_version=1, reason="law_changed")),
]  # fmt: skip


def draft(signer: SigningKey, message: messages.Message, number: int = 1, **more: Any) -> envelope.Draft:
    name = message.type.removeprefix("cn.tongban.").partition("/")[0]
    chain = envelope.ChainHeader(
        subject_type=name.partition(".")[0], subject_id=FILING, position=2, name=name, digest=D2, previous=D1
    )
    subject = daybook.stream_of(signer.node) if name.startswith("daybook.") else f"filing:{FILING}"
    fields: dict[str, Any] = {
        "id": UUID(int=(0x0195_5000_0000_7000_8000 << 48) + 1000 + number), "sender": signer.node,
        "receiver": "63" if signer.node != "63" else "44", "stream_subject": subject, "position": number,
        "at": AT - timedelta(minutes=1), "chain": chain, "message": message, "skipped": (D1,),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }  # fmt: skip
    return envelope.Draft(**{**fields, **more})
