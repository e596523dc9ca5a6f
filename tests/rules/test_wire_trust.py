"""The trust list says one thing about each node, key and region; the verifier program says what holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tongban_wire.cli import main
from tongban_wire.enrolment import open_enrolment, seal_enrolment
from tongban_wire.envelope import ChainHeader, Draft, Receipt, open_envelope, seal, seal_receipt
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.messages import CaseClosed
from tongban_wire.problems import WireProblem
from tongban_wire.trust import (
    KeyEntry,
    NodeEntry,
    RegionPrefix,
    Sunset,
    TrustHistory,
    TrustList,
    open_trust_list,
    seal_trust_list,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)
ALGORITHM = ["EdDSA"]


@pytest.fixture(autouse=True, params=["EdDSA", "SM2-SM3"])
def algorithm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test here runs with keys of each suite."""
    ALGORITHM[0] = request.param
    yield
    ALGORITHM[0] = "EdDSA"


def fresh(node: str) -> SigningKey:
    return SigningKey.generate(node, ALGORITHM[0])


VECTORS = Path(__file__).parents[1] / "vectors"


def node(name: str, *prefixes: RegionPrefix, key: SigningKey | None = None) -> NodeEntry:
    key = key or fresh(name)
    entry = KeyEntry(
        kid=key.kid, alg=key.alg, public=key.public.public, valid_from=AT, valid_to=AT + timedelta(days=30)
    )
    return NodeEntry(
        node=name,
        name=name,
        address=f"https://{name}.example",
        role="province",
        keys=(entry,),
        may_say=("cn.tongban.case.*", "cn.tongban.filing.declined/1"),
        regions=prefixes,
    )


def prefix(code: str, start: date = date(2020, 1, 1), end: date | None = None) -> RegionPrefix:
    return RegionPrefix(prefix=code, from_on=start, to_on=end)


def trust_list(*nodes: NodeEntry) -> TrustList:
    return TrustList(version=1, issued_at=AT, expires_at=AT + timedelta(days=7), nodes=nodes)


def test_the_longest_prefix_decides_and_days_are_inclusive() -> None:
    trust = trust_list(
        node("44", prefix("44")),
        node("sz", prefix("4403", date(2026, 1, 1), date(2026, 6, 30))),
        node("63", prefix("63")),
    )
    trust.check()
    assert trust.node_of_region("440305", date(2025, 12, 31)) == "44"
    assert trust.node_of_region("440305", date(2026, 1, 1)) == "sz"
    assert trust.node_of_region("440305", date(2026, 6, 30)) == "sz"
    assert trust.node_of_region("440305", date(2026, 7, 1)) == "44"
    assert trust.node_of_region("440100", date(2026, 1, 1)) == "44"
    assert trust.node_of_region("110101", date(2026, 1, 1)) is None
    assert trust.node_of_region("63", date(2026, 1, 1)) == "63"


@pytest.mark.parametrize(
    "nodes",
    [
        lambda: (node("44", prefix("44")), node("14", prefix("44", date(2026, 1, 1)))),
        lambda: (node("44", prefix("44", end=date(2026, 1, 1))), node("14", prefix("44", date(2026, 1, 1)))),
        lambda: (node("44"), node("44")),
        lambda: (replace(node("44"), role="directory"), replace(node("63"), role="directory")),
        lambda: (node("44", key=fresh("63")),),
    ],
    ids=["two nodes for a region", "both on the day of change", "a node twice", "two directories", "a foreign key"],
)
def test_a_list_that_contradicts_itself_is_neither_signed_nor_believed(
    nodes: Callable[[], tuple[NodeEntry, ...]],
) -> None:
    root = fresh("root")
    with pytest.raises(WireProblem, match=r"trust\.contradiction"):
        seal_trust_list(trust_list(*nodes()), root)


def test_a_region_may_change_its_node_from_one_day_to_the_next() -> None:
    trust = trust_list(node("44", prefix("44", end=date(2025, 12, 31))), node("gd", prefix("44", date(2026, 1, 1))))
    root = fresh("root")
    opened = open_trust_list(seal_trust_list(trust, root), root.public.fingerprint, at=AT)
    assert opened == trust
    assert [opened.node_of_region("440000", date(2025, 12, d)) for d in (30, 31)] == ["44", "44"]
    assert opened.node_of_region("440000", date(2026, 1, 1)) == "gd"


def test_keys_hold_from_their_first_instant_until_before_their_last() -> None:
    entry = node("44")
    kid = entry.keys[0].kid
    trust = trust_list(entry)
    assert trust.key(kid, AT) is not None
    assert trust.key(kid, AT - timedelta(seconds=1)) is None
    assert trust.key(kid, AT + timedelta(days=30)) is None
    assert not trust.is_expired(AT + timedelta(days=7) - timedelta(seconds=1))
    assert trust.is_expired(AT + timedelta(days=7))


def test_powers_are_types_or_whole_subjects() -> None:
    entry = node("44")
    assert entry.may("cn.tongban.case.decided/1")
    assert entry.may("cn.tongban.filing.declined/1")
    assert not entry.may("cn.tongban.filing.submitted/1")
    assert not entry.may("cn.tongban.caseload.seen/1")


def test_enrolment_needs_a_signature_of_every_key() -> None:
    one, two = fresh("63"), fresh("63")
    raw = seal_enrolment("63", "青海省", "https://qh.example", [one, two], AT)
    assert {k.kid for k in open_enrolment(raw).keys} == {one.kid, two.kid}
    doc = json.loads(raw)
    doc["enrolment"].pop()
    with pytest.raises(WireProblem, match="a key that did not sign"):
        open_enrolment(json.dumps(doc).encode())


def test_the_verifier_says_what_the_files_prove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = VECTORS if ALGORITHM[0] == "EdDSA" else VECTORS / "sm2"
    doc = json.loads((folder / "trust_list.json").read_text(encoding="utf-8"))
    receipts = json.loads((folder / "receipts.json").read_text(encoding="utf-8"))
    files = {"list": doc["trust_list"], "message": receipts[0]["message"], "receipt": receipts[0]["receipt"]}
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    arguments = [str(tmp_path / name) for name in files]
    options = ["--root", doc["root_fingerprint"], "--at", "2026-03-02T01:30:00+00:00"]
    assert main([*arguments, *options]) == 0
    assert "It did not thereby agree to anything." in capsys.readouterr().out
    (tmp_path / "message").write_text(files["message"].replace("parts", "Parts"), encoding="utf-8")
    assert main([*arguments, *options]) == 1
    assert "FAIL" in capsys.readouterr().out
    assert main([arguments[1], *options]) == 2
    assert main([*arguments, "--root", "sha-256:" + "0" * 64]) == 1


CASE = UUID("01950000-0000-7000-8000-000000000001")


def closed(key: SigningKey, at: datetime) -> bytes:
    """A message of 63 to 44, sealed with ``key``."""
    said = CaseClosed(case_id=CASE, filing_id=CASE, filing_number="44-7K3F9Q2M-X", reason="completed")
    chain = ChainHeader(subject_type="case", subject_id=CASE, position=1, name="case.closed", digest=digest_of(b"x"))
    draft = Draft(id=CASE, sender="63", receiver="44", stream_subject=f"case:{CASE}", position=1, at=at, chain=chain,
                  message=said)  # fmt: skip
    return seal(draft, key).raw


def test_a_type_is_taken_up_to_its_last_day_and_refused_from_the_next_on() -> None:
    key = fresh("63")
    trust = replace(trust_list(node("63", key=key)), sunsets=(Sunset(type=CaseClosed.TYPE, last_day=date(2026, 3, 3)),))
    last = datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC)  # a second before midnight in UTC+8
    raw = closed(key, AT)
    assert open_envelope(raw, trust, receiver="44", at=last).message.type == CaseClosed.TYPE
    with pytest.raises(WireProblem, match=r"message\.retired") as refused:
        open_envelope(raw, trust, receiver="44", at=last + timedelta(seconds=1))
    assert (refused.value.whose, refused.value.retry) == ("sender", False)
    assert open_trust_list(seal_trust_list(trust, root := fresh("root")), root.public.fingerprint) == trust


def test_a_type_has_one_last_day() -> None:
    twice = tuple(Sunset(type=CaseClosed.TYPE, last_day=date(2026, 3, day)) for day in (3, 4))
    with pytest.raises(WireProblem, match=r"trust\.contradiction"):
        replace(trust_list(node("63")), sunsets=twice).check()


def test_what_arrived_is_judged_by_the_list_that_held_then() -> None:
    first, second, third = (replace(trust_list(), version=n, issued_at=AT + timedelta(days=n)) for n in (1, 2, 3))
    history = TrustHistory([third, first, second])
    assert history.newest is third
    for at, expected in ((0, first), (1, first), (1.9, first), (2, second), (99, third)):
        assert history.then(AT + timedelta(days=at)) is expected
    assert first.then(AT) is first is first.newest
    with pytest.raises(ValueError, match="no list"):
        TrustHistory([])


def test_a_kept_message_stays_provable_after_its_key_was_taken_off_and_the_verifier_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, old, new, ours = fresh("root"), fresh("63"), fresh("63"), fresh("44")
    before = trust_list(node("63", key=old), node("44", key=ours))
    after = replace(trust_list(node("63", key=new), node("44", key=ours)), version=2, issued_at=AT + timedelta(days=2))
    raw, arrived = closed(old, AT), AT + timedelta(days=1)
    digest = open_envelope(raw, before, receiver="44", at=arrived).digest
    receipt = Receipt(message_id=CASE, digest=digest, sender="63", receiver="44", stream_subject=f"case:{CASE}",
                      position=1, stored_at=arrived)  # fmt: skip
    (tmp_path / "message").write_bytes(raw)
    (tmp_path / "receipt").write_text(seal_receipt(receipt, ours))
    for name, trust in (("before", before), ("after", after)):
        (tmp_path / name).write_bytes(seal_trust_list(trust, root))

    def verify(*names: str) -> int:
        files = [str(tmp_path / name) for name in names]
        return main([*files, "--root", root.public.fingerprint, "--at", (AT + timedelta(days=5)).isoformat()])

    assert verify("message", "receipt", "before", "after") == 0
    assert f"no longer vouches for key {old.kid}" in capsys.readouterr().out
    assert verify("message", "receipt", "after") == 1  # the list that held then is missing
