"""What managers say of reach and lists goes to the other nodes with the signed releases, and is judged on arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction
from tests.catalog_data import enrol_the_four, reference_data, undone

from tongban import config as configuration
from tongban.directory import queries as directory
from tongban.items import checking_reach, lists, loading, reach, releasing
from tongban.items.actions import listing, scoping
from tongban.items.actions import releases as adopting
from tongban.items.feed import changes_after
from tongban.items.models import ItemExemption, ItemScope, ListEdition, Release
from tongban.items.rules.annex import Annex, Batch, Line
from tongban.items.rules.releases import (
    NO_PREVIOUS,
    BaseRelease,
    EditionRelease,
    ImplementationRelease,
    ReleaseDocument,
    StandingRelease,
    open_release,
    seal_release,
)
from tongban.items.rules.scopes import Exemption, Scope
from tongban.kernel.events import to_json
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role, system
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban_wire.keys import SigningKey

TODAY = local_date(datetime.now(UTC) + timedelta(minutes=1))
LATER = TODAY + timedelta(days=9)
PENSION, DIVORCE = "QH2020-1-07", "QH2020-3-04"
SHENZHEN, GUANGZHOU, XINING = "440305", "440106", "630102"
BECAUSE = {"words": "试点通知", "source": "粤府函〔2026〕1号（演示）"}
OURS = "GD2022S"
ANNEX = Annex(
    "广东省“省内通办”事项清单",
    (Batch("2023年底前实现“省内通办”的事项"),),
    (Line(1, 1, "失业登记", "可在省内任一地申请", "省人力资源社会保障厅", (), "2023年底前", ("online",)),),
)


def now() -> datetime:
    """A minute ahead of the clock: whatever a test has just made is valid then."""
    return datetime.now(UTC) + timedelta(minutes=1)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.fixture
def fresh(world: None, django_db_blocker: Any) -> Iterator[None]:
    with undone(django_db_blocker):
        yield


@pytest.mark.django_db
def test_before_anything_is_said_there_is_nothing_to_release() -> None:
    assert releasing.release() == 0


def manager(name: str, node: str = "44") -> Act:
    posts = (Post(Role.ITEM_MANAGER, f"{node}0000"),)
    return Act(Actor(ActorKind.STAFF, "demo", name, NodeId(node), posts, level=4), now())


ONE, OTHER = manager("he-jing"), manager("lu-ning")


@contextmanager
def at(node: str) -> Iterator[None]:
    """This process as another node."""
    here = configuration.config()
    configuration.use(replace(here, node_id=NodeId(node)))
    try:
        yield
    finally:
        configuration.use(here)


def key_of(node: str) -> SigningKey:
    here = configuration.config()
    file = here.signing_key_file if node == "44" else here.home / "others" / node / "signing.key"
    return SigningKey.from_pem(file.read_bytes(), node)


def last(node: str) -> tuple[int, str]:
    return adopting.last_of(node) or (0, NO_PREVIOUS)


def told(node: str, **said: Any) -> int:
    """``node`` says something in its next release, and this node hears it."""
    number, previous = last(node)
    document = ReleaseDocument(node=node, number=number + 1, previous=previous, issued_at=now(), **said)
    return adopting.adopt(Act(system(NodeId("44")), now()), node, seal_release(document, key_of(node)))


def refused(node: str, **said: Any) -> str:
    before = Release.objects.count()
    with pytest.raises(Refusal) as caught:
        told(node, **said)
    assert (caught.value.code, Release.objects.count()) == ("peer.release_refused", before)
    return str(caught.value.params["reason"])


def scope(**fields: Any) -> Scope:
    plain = {"key": f"{DIVORCE}/said-by-63", "entry_key": DIVORCE, "kind": "province_wide", "stage": "trial",
             "area": "630000", "members": ("630000",), "begins": TODAY, **BECAUSE}  # fmt: skip
    return Scope(**{**plain, **fields})


def exemption(**fields: Any) -> Exemption:
    plain = {"key": f"{PENSION}/said-by-63", "entry_key": PENSION, "region": "630000", "begins": TODAY, **BECAUSE}
    return Exemption(**{**plain, **fields})


def released() -> list[ReleaseDocument]:
    signed, _ = releasing.releases_after(0)
    return [open_release(each, directory.trust(), now()) for each in signed]


@pytest.mark.req("R-053", "R-298")
def test_what_a_manager_sets_stands_in_the_next_release_and_again_when_it_ends(fresh: None) -> None:
    releasing.release()
    before = len(released())
    key = scoping.set_scope(
        ONE, DIVORCE, kind="province_wide", stage="trial", begins=LATER, regions=("440000",), **BECAUSE
    )
    out = scoping.exempt(ONE, PENSION, "440000", begins=TODAY, **BECAUSE)
    assert (releasing.release(), releasing.release()) == (1, 0)
    scoping.end_scope(ONE, key, on=LATER + timedelta(days=30), reason="试点期满")
    assert releasing.release() == 1
    first, second = released()[before:]
    assert [(s.key, s.ends) for s in first.scopes] == [(key, None)]
    assert [(e.key, e.region) for e in first.exemptions] == [(out, "440000")]
    assert [(s.key, s.ends) for s in second.scopes] == [(key, LATER + timedelta(days=30))]
    assert not second.exemptions


@pytest.mark.req("R-053")
def test_another_node_adopts_what_a_release_says_in_order_and_only_once(fresh: None) -> None:
    releasing.release()
    before = last("44")
    key = scoping.exempt(ONE, PENSION, "440000", begins=TODAY, **BECAUSE)
    releasing.release()
    scoping.end_exemption(ONE, key, on=LATER, reason="系统就绪")
    releasing.release()
    signed, _ = releasing.releases_after(before[0])
    ItemExemption.objects.filter(pk=key).delete()
    Release.objects.filter(node="44", number__gt=before[0]).delete()
    with at("63"):
        hear = lambda text: adopting.adopt(Act(system(NodeId("63")), now()), "44", text)  # noqa: E731
        with pytest.raises(Refusal):
            hear(signed[1])
        hear(signed[0])
        assert reach.opening(PENSION, XINING, SHENZHEN, LATER).state == "exempt"
        hear(signed[1])
        assert [hear(text) for text in signed] == [before[0] + 1, before[0] + 2]
        assert reach.opening(PENSION, XINING, SHENZHEN, TODAY).until == LATER
        assert reach.opening(PENSION, XINING, SHENZHEN, LATER).open
        assert ItemExemption.objects.get(pk=key).owner == "44"
        assert loading.load("63").written == 0, "what another node said is left alone by the loader"
        assert releasing.release() <= 1 and not any(d.exemptions for d in released()), "nobody repeats it as its own"


@pytest.mark.req("R-002", "R-298")
def test_the_directory_opens_a_stage_of_a_group_for_every_node(fresh: None) -> None:
    said = scope(key=f"{DIVORCE}/group", kind="regional", stage="live", area="lan-xi", members=("620000", "630000"))
    told("00", scopes=[said])
    assert reach.opening(DIVORCE, "620102", XINING, TODAY).stage == "live"
    assert not reach.opening(DIVORCE, SHENZHEN, XINING, TODAY).open
    ended = replace(said, ends=LATER)
    told("00", scopes=[ended])
    assert not reach.opening(DIVORCE, "620102", XINING, LATER).open


@pytest.mark.req("R-053")
def test_a_province_cannot_say_anything_about_the_regions_of_others(fresh: None) -> None:
    assert refused("63", exemptions=[exemption(region="440000")]) == "not_its_own"
    assert refused("63", scopes=[scope(members=("440000",))]) == "not_its_own"
    assert refused("63", scopes=[scope(members=(), area="", kind="cross_province")]) == "not_its_own"
    national = reach.as_scope(ItemScope.objects.filter(entry_key=PENSION, members=[]).get())
    theirs = replace(national, members=("630000",), area="630000")
    assert refused("63", scopes=[theirs]) == "not_its_own", "it would close everybody else's"
    assert refused("63", editions=[edition()]) == "not_its_own"
    assert reach.opening(PENSION, XINING, SHENZHEN, TODAY).open


def edition(number: int = 1, annex: Annex = ANNEX, begins: date = TODAY, code: str = OURS) -> EditionRelease:
    return EditionRelease(list_code=code, number=number, annex=annex, basis="演示", valid_from=begins)


def test_what_no_manager_could_have_said_is_refused_whole(fresh: None) -> None:
    assert refused("63", scopes=[scope(), scope(key=f"{DIVORCE}/b", ends=TODAY)]) == "unreadable"
    assert refused("63", exemptions=[exemption(source="")]) == "unreadable"
    assert refused("63", exemptions=[exemption(key="QH2020-1-01/x")]) == "unreadable"
    assert refused("63", scopes=[scope(), scope(key=f"{DIVORCE}/b")]) == "contradiction"
    assert not ItemScope.objects.exclude(owner="").exists()


def test_one_node_cannot_take_another_nodes_word(fresh: None) -> None:
    told("14", scopes=[scope(members=("140000",), area="140000")])
    assert refused("63", scopes=[scope()]) == "contradiction"


def test_two_nodes_that_speak_before_they_hear_of_each_other_stand_side_by_side_and_are_named(fresh: None) -> None:
    told("63", scopes=[scope()])
    told("00", scopes=[scope(key=f"{DIVORCE}/said-by-00")])
    assert reach.opening(DIVORCE, XINING, "632801", TODAY).open
    found = checking_reach.check(TODAY)
    assert found.errors == () and found.warnings["said_by_two_nodes"] == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemScope.objects.filter(key=f"{DIVORCE}/said-by-63").update(owner="00")


def test_a_word_not_released_yet_is_still_released_when_the_directory_spoke_about_it(fresh: None) -> None:
    releasing.release()
    key = scoping.exempt(ONE, PENSION, "440000", begins=TODAY, **BECAUSE)
    word = reach.as_exemption(ItemExemption.objects.get(pk=key))
    told("00", exemptions=[replace(word, ends=LATER)])
    row = ItemExemption.objects.get(pk=key)
    assert (row.ends, row.owner, row.unreleased) == (LATER, "00", True)
    assert releasing.release() == 1
    assert [(e.key, e.ends) for e in released()[-1].exemptions] == [(key, LATER)]
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemExemption.objects.filter(pk=key).update(owner="", unreleased=True)


@pytest.mark.req("R-024")
def test_an_edition_published_here_goes_alone_into_a_release(fresh: None) -> None:
    releasing.release()
    run = lists.dry_run(OURS, lists.as_xlsx(ANNEX), kind="xlsx", on=TODAY)
    made = listing.submit_edition(ONE, OURS, run, valid_from=TODAY, basis="粤府办函（演示）")
    assert releasing.release() == 0, "nothing leaves before a second person approved it"
    listing.publish_edition(OTHER, made)
    scoping.exempt(ONE, PENSION, "440000", begins=TODAY, **BECAUSE)
    assert releasing.release() == 2
    reached, listed = released()[-2:]
    assert not reached.editions and len(reached.exemptions) == 1
    assert [(e.list_code, e.number, e.annex) for e in listed.editions] == [(OURS, 1, ANNEX)]


@pytest.mark.req("R-024", "R-012")
def test_an_edition_of_another_node_is_the_list_from_its_day_and_the_one_before_ends(fresh: None) -> None:
    with at("63"):
        told("44", editions=[edition()])
        assert (lists.find(OURS).edition, lists.find(OURS).verified) == (1, True)
        two = replace(ANNEX, lines=(replace(ANNEX.lines[0], scenario="可在省内任一窗口申请"),))
        told("44", editions=[edition(2, two, LATER)])
        assert lists.edition(OURS, on=LATER - timedelta(days=1)).number == 1
        now = lists.edition(OURS, on=LATER)
        assert (now.number, now.annex, now.digest) == (2, two, lists.digest(OURS, 2, two))
        told("44", editions=[edition()])
        assert ListEdition.objects.filter(list_code=OURS).count() == 2
        assert refused("44", editions=[edition(2, ANNEX, LATER)]) == "contradiction"
        assert refused("44", editions=[edition(3, ANNEX, LATER)]) == "contradiction"
        broken = replace(ANNEX, lines=(replace(ANNEX.lines[0], seq=7),))
        assert refused("44", editions=[edition(3, broken, LATER + timedelta(days=1))]) == "unreadable"
        assert refused("44", editions=[edition(code="XX2030")]) == "unknown_list"


def test_the_feed_tells_what_was_said_by_hand_and_when_it_ends(fresh: None) -> None:
    seq = changes_after(0, 1000).last
    told("63", exemptions=[exemption()])
    told("63", exemptions=[exemption(ends=LATER)], scopes=[scope()])
    found = [(c.kind, c.change, c.owner, c.code, c.entry_key, c.valid_to) for c in changes_after(seq, 1000).changes]
    assert found == [
        ("exemption", "published", "63", "630000", PENSION, None),
        ("scope", "published", "63", "said-by-63", DIVORCE, None),
        ("exemption", "ended", "63", "630000", PENSION, LATER),
    ]  # fmt: skip
    with at("63"):
        told("44", editions=[edition()])
        (one,) = changes_after(0, 1000, kind="edition", owner="44").changes
    assert (one.code, one.version, one.digest) == (OURS, 1, lists.digest(OURS, 1, ANNEX))


def test_the_database_keeps_releases_in_their_order(fresh: None) -> None:
    releasing.release()
    row = Release.objects.order_by("-number").filter(node="44").first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(node="44", number=row.number + 2, digest="x", signed="x", issued_at=now(), kept_at=now())


@dataclass(frozen=True, kw_only=True)
class EarlierDocument:
    """A release as programs before this one read it."""

    node: str
    number: int
    previous: str
    issued_at: datetime
    base: Sequence[BaseRelease] = ()
    implementations: Sequence[ImplementationRelease] = ()
    standings: Sequence[StandingRelease] = ()


def test_an_earlier_program_reads_over_what_was_added_and_its_releases_are_read_here(fresh: None) -> None:
    number, previous = last("63")
    fields = {"node": "63", "number": number + 1, "previous": previous, "issued_at": now()}
    wire = to_json(ReleaseDocument(**fields, scopes=[scope()], editions=[edition()]))
    assert msgspec.convert(wire, EarlierDocument) == EarlierDocument(**{**fields, "base": [], "implementations": [],
                                                                       "standings": []})  # fmt: skip
    earlier = msgspec.convert(to_json(EarlierDocument(**fields)), ReleaseDocument)
    assert adopting.adopt(Act(system(NodeId("44")), now()), "63", seal_release(earlier, key_of("63"))) == number + 1
