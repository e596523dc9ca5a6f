"""A small world for the tests of filings and cases: one node that answers for three provinces, so that everything it
says loops back to itself through the real exchange; known people; and a fictional item, 宠物迁居登记."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tongban.cases import queries
from tongban.cases.actions import decision, filing, joint, review
from tongban.cases.actions.review import Point
from tongban.cases.models import Case, Filing, Part
from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import clock, worker
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role, system
from tongban.ops import demo_nodes
from tongban_wire.keys import SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, RegionPrefix, TrustList, seal_trust_list

ME = NodeId("44")
ISSUER = "test"
TODAY = date(2026, 11, 23)  # a Monday
"""The day on which the world begins; ten in the morning in Shanghai."""

ITEM, JOINT_ITEM, LOCAL_ITEM = "TEST-PET-1", "TEST-PET-2", "TEST-PET-3"
SHENZHEN, XINING, TAIYUAN = "440300", "630100", "140100"
ANSWERS: Mapping[str, Any] = {
    "pet_name": "旺财",
    "species": "dog",
    "chip": "900123",
    "home": SHENZHEN,
    "diary": "私事",
}

FORM: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["pet_name", "species", "home"],
    "properties": {
        "pet_name": {"type": "string", "minLength": 1, "maxLength": 20, "title": "宠物名字"},
        "species": {"type": "string", "enum": ["dog", "cat"], "title": "种类"},
        "chip": {"type": "string", "pattern": "^[0-9]{6}$", "title": "芯片号"},
        "home": {"type": "string", "format": "region-code", "title": "新居所"},
        "owner_id": {"type": "string", "format": "id-number-cn", "title": "主人身份证号"},
        "diary": {"type": "string", "title": "日记"},
    },
}


def content(key: str, **changes: Any) -> dict[str, Any]:
    """The content of a version of the fictional item."""
    plain = {
        "entry_key": key, "base_code": key, "name": "宠物迁居登记", "name_en": "Registration of a pet's move",
        "modes": ["online", "proxy"], "form": FORM, "materials": [], "statutory_days": 20, "promised_days": 10,
        "tell_once_days": 5, "anchor_kind": "issuing_place", "anchor_label": "原登记地",
        "anchor_label_en": "place of registration", "decision_place": "competent_region", "plan": [],
        "result_name": "宠物迁居证", "result_name_en": "pet passport", "result_type": "license",
        "fields_leaving": ["pet_name", "species", "chip", "home", "owner_id"], "min_level": 2, "department": "pets",
        "region_level": "prefecture", "filable": True, "guide": {},
    }  # fmt: skip
    return {**plain, **changes}


PHOTO = {
    "key": "photo", "name": "宠物照片", "name_en": "photo", "necessity": "required", "form": "electronic",
    "exempt": False, "review_points": ["正面"], "accepts": ["image/png"],
}  # fmt: skip
PLAN = [
    {"key": "check_in", "seq": 1, "name": "转入地审核", "name_en": "check", "place": "receiving", "limit_days": 5},
    {"key": "let_go", "seq": 2, "name": "转出地转出", "name_en": "let go", "place": "releasing", "limit_days": 5,
     "fields_leaving": ["pet_name"]},
    {"key": "take_over", "seq": 3, "name": "转入地接续", "name_en": "take over", "place": "receiving",
     "limit_days": 5},
]  # fmt: skip


@dataclass
class World:
    """What a test holds: people, and verbs that act as them now."""

    li_mei: Actor
    zhou_tao: Actor
    wang_fang: Actor
    chen_qiang: Actor
    reviewer_44: Actor
    moved: timedelta = field(default=timedelta())

    def act(self, actor: Actor) -> Act:
        return Act(actor, clock.now())

    def wait(self, *, days: int = 0, hours: int = 0) -> None:
        """Let time pass; deadlines have their effect."""
        self.moved += timedelta(days=days, hours=hours)
        clock.set_offset(self.moved)
        worker.run_periodic_once({"cases.deem_acceptance", "cases.lapse_parts"})
        self.settle()

    def settle(self) -> None:
        """Let everything that follows happen: reactions, messages to ourselves, their effects."""
        worker.drain()

    # --- the applicant ---

    def file(self, actor: Actor | None = None, **changes: Any) -> UUID:
        """An online filing, all at once."""
        wanted = {"anchor_region": XINING, "intake_region": SHENZHEN, "answers": ANSWERS, **changes}
        key, mode = wanted.pop("entry_key", ITEM), wanted.pop("mode", "online")
        found = filing.file(self.act(actor or self.li_mei), key, mode, **wanted)
        self.settle()
        return found

    def file_jointly(self, **changes: Any) -> UUID:
        return self.file(
            entry_key=JOINT_ITEM, mode="joint", anchor_region=SHENZHEN, releasing_region=XINING, **changes
        )

    def draft(self, actor: Actor | None = None, mode: str = "online", **changes: Any) -> UUID:
        wanted = {"anchor_region": XINING, "intake_region": SHENZHEN, **changes}
        if mode == "proxy":
            wanted.setdefault("for_person", PERSON)
        key = wanted.pop("entry_key", ITEM)
        return filing.start_draft(self.act(actor or self.li_mei), key, mode, **wanted)

    def save(self, filing_id: UUID, answers: Mapping[str, Any] = ANSWERS, actor: Actor | None = None) -> None:
        filing.save_draft(
            self.act(actor or self.li_mei), filing_id, answers, seen=self.filing(filing_id).version
        )

    def answer(self, filing_id: UUID, actor: Actor | None = None, **changes: Any) -> None:
        """Answer every point of the open round."""
        view = self.page(filing_id, actor)
        assert view.correction is not None
        answers = changes.get("answers", ANSWERS)
        points = changes.get("point_answers", {point.key: "已改正" for point in view.correction.points})
        filing.answer_correction(
            self.act(actor or self.li_mei), filing_id, answers, points, seen=changes.get("seen", view.version)
        )
        self.settle()

    def withdraw(self, filing_id: UUID) -> None:
        filing.request_withdrawal(self.act(self.li_mei), filing_id, seen=self.filing(filing_id).version)
        self.settle()

    # --- the window ---

    def take_in(self, **changes: Any) -> UUID:
        """Proxy: draft, answers, both checks, forwarded."""
        found = self.draft(self.wang_fang, "proxy", **changes)
        self.save(found, actor=self.wang_fang)
        self.check(found)
        filing.submit(self.act(self.wang_fang), found, seen=self.filing(found).version)
        self.settle()
        return found

    def check(self, filing_id: UUID, formal: Mapping[str, bool] | None = None) -> None:
        filing.record_checks(
            self.act(self.wang_fang), filing_id, formal=formal or {}, identity_method="id_card_seen",
            seen=self.filing(filing_id).version,
        )  # fmt: skip

    def hand_over(self, filing_id: UUID) -> None:
        filing.hand_over(self.act(self.wang_fang), filing_id, seen=self.filing(filing_id).version)
        self.settle()

    # --- the competent place ---

    def accept(self, case: Case, actor: Actor | None = None) -> None:
        review.accept(self.act(actor or self.chen_qiang), case.id, seen=self.case(case.filing_id).version)
        self.settle()

    def not_accept(self, case: Case) -> None:
        review.not_accept(
            self.act(self.chen_qiang),
            case.id,
            reasons={"out_of_scope": "不属于本机关职权"},
            seen=case.version,
        )
        self.settle()

    def ask(self, case: Case, *points: Point, reason: str | None = None, actor: Actor | None = None) -> None:
        wanted = points or (Point("p1", "answer:chip", "unclear", "请核对芯片号"),)
        review.request_correction(
            self.act(actor or self.chen_qiang), case.id, points=wanted, reason=reason,
            seen=self.case(case.filing_id).version,
        )  # fmt: skip
        self.settle()

    def grant(self, case: Case, actor: Actor | None = None) -> None:
        result = decision.ResultDraft(number="青宠字1号", valid_until=date(2030, 1, 1), text="准予迁居")
        decision.grant(
            self.act(actor or self.chen_qiang), case.id, result=result, seen=self.case(case.filing_id).version
        )
        self.settle()

    def deny(self, case: Case) -> None:
        decision.deny(
            self.act(self.chen_qiang), case.id, reasons={"conditions_not_met": "未接种疫苗"},
            seen=self.case(case.filing_id).version,
        )  # fmt: skip
        self.settle()

    def complete(self, part: Part, note: str = "已办理") -> None:
        joint.complete_part(self.act(self.owner_of(part)), part.id, note=note, seen=part.version)
        self.settle()

    def refuse(self, part: Part) -> None:
        joint.refuse_part(
            self.act(self.owner_of(part)), part.id, reasons={"debt": "尚有欠费"}, seen=part.version
        )
        self.settle()

    # --- looking ---

    def owner_of(self, part: Part) -> Actor:
        return self.chen_qiang if part.region == XINING else self.reviewer_44

    def filing(self, filing_id: UUID) -> Filing:
        return Filing.objects.get(id=filing_id)

    def case(self, filing_id: UUID) -> Case:
        return Case.objects.get(filing_id=filing_id)

    def page(self, filing_id: UUID, actor: Actor | None = None) -> Any:
        return queries.filing_view(actor or self.li_mei, filing_id)

    def open_part(self, filing_id: UUID) -> Part:
        return Part.objects.get(filing_id=filing_id, status="open")


PERSON: Mapping[str, str] = {"name": "赵铁柱", "id_number": "630102199003078513", "mobile": "13900000009"}


@contextmanager
def world() -> Iterator[World]:
    """The world inside the test's transaction; the trust list of the process and the clock are put back afterwards."""
    before = {file: file.read_bytes() if file.exists() else None for file in _trust_files()}
    ten_o_clock = datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC)
    start = ten_o_clock - datetime.now(UTC)
    clock.set_offset(start)
    _trust()
    _ground()
    try:
        yield World(moved=start, **_people())
    finally:
        clock.set_offset(timedelta())
        for file, old in before.items():
            file.unlink(missing_ok=True) if old is None else file.write_bytes(old)
        directory.forget()
        _forget_catalog()


def _trust_files() -> tuple[Any, ...]:
    return config().trust_list_file, config().signing_key_file


def _trust() -> None:
    """One node, three provinces."""
    from tongban.config import write_private

    root, now = demo_nodes.demo_root(), clock.now().replace(microsecond=0)
    if not config().signing_key_file.exists():
        write_private(config().signing_key_file, SigningKey.generate(ME).to_pem().decode())
    key = SigningKey.from_pem(config().signing_key_file.read_bytes(), ME)
    since, until = now - timedelta(days=3650), now + timedelta(days=3650)
    node = NodeEntry(
        node=ME,
        name="广东省",
        address=config().base_url,
        role="province",
        may_say=("cn.tongban.*",),
        keys=(
            KeyEntry(kid=key.kid, alg=key.alg, public=key.public.public, valid_from=since, valid_to=until),
        ),
        regions=tuple(RegionPrefix(prefix=p, from_on=date(2020, 1, 1)) for p in ("44", "63", "14")),
    )
    trust = TrustList(version=1, issued_at=now, expires_at=now + timedelta(days=3650), nodes=(node,))
    config().trust_list_file.write_bytes(seal_trust_list(trust, root))
    directory.forget()


def _ground() -> None:
    """Regions, a calendar and the fictional item in its three shapes."""
    from tongban.items.models import CatalogState, Implementation, ListEntry
    from tongban.items.rules.content import digest_of
    from tongban.organizations.models import CalendarDay, CalendarVersion, Region

    for province, name, city, city_name in (
        ("440000", "广东省", SHENZHEN, "深圳市"), ("630000", "青海省", XINING, "西宁市"),
        ("140000", "山西省", TAIYUAN, "太原市"),
    ):  # fmt: skip
        Region.objects.create(
            code=province, name=name, name_en=name, level="province", pinyin="x", source="test"
        )
        Region.objects.create(
            code=city,
            name=city_name,
            name_en=city_name,
            level="prefecture",
            parent=province,
            pinyin="x",
            source="test",
        )
    CalendarVersion.objects.create(
        version="test-1", official_until=date(2026, 12, 31), source="test", digest="sha-256:" + "0" * 64
    )
    CalendarDay.objects.create(version="test-1", day=date(2026, 11, 25), working=False, occasion="宠物节")
    shapes = {
        ITEM: content(ITEM),
        JOINT_ITEM: content(JOINT_ITEM, modes=["joint"], plan=PLAN),
        LOCAL_ITEM: content(
            LOCAL_ITEM, materials=[PHOTO], decision_place="intake_region", modes=["online", "proxy"]
        ),
    }
    for number, (key, body) in enumerate(shapes.items(), start=1):
        entry = {
            "name_en": "pet", "scenario": "", "lead_unit": "宠物局", "cooperating_units": [],
            "deadline": "", "note": "",
            "theme": "pets", "theme_en": "pets", "audience": "individual", "kind": "", "department": "pets",
            "modes": body["modes"], "modes_basis": "detailed", "modes_confirmed": True, "anchor_words": [],
            "conditions": [], "restriction_lifted": "", "twins": [], "guide": {},
        }  # fmt: skip
        ListEntry.objects.create(
            key=key,
            list_code="TEST",
            batch=1,
            seq=number,
            base_code=key,
            name=f"宠物迁居登记{number}",
            content=entry,
        )
        Implementation.objects.create(
            owner=ME, code=key, version=1, digest=digest_of(ME, key, 1, body), entry_key=key,
            valid_from=date(2020, 1, 1), content=body,
        )  # fmt: skip
    CatalogState.objects.update_or_create(id=1, defaults={"token": uuid4().hex, "changed_at": clock.now()})
    _forget_catalog()


def _forget_catalog() -> None:
    from tongban.items import store

    store.forget()


def _people() -> dict[str, Actor]:
    from tongban.identity.actions import enrol_person
    from tongban.identity.ports import Identity

    act = Act(system(ME), clock.now())
    made = {}
    for field_, name, number in (
        ("li_mei", "李梅", "630102198806159961"),
        ("zhou_tao", "周涛", "44030519910203123X"),
    ):
        enrol_person(
            act,
            Identity(
                issuer=ISSUER, subject=field_, kind=ActorKind.APPLICANT, name=name, id_number=number,
                mobile="13800000001", level=3, ticket="", expires_at=clock.now() + timedelta(days=1),
            ),
        )  # fmt: skip
        made[field_] = Actor(ActorKind.APPLICANT, ISSUER, field_, ME, level=3, name=name)
    made["wang_fang"] = _staff("wang_fang", Post(Role.CLERK, SHENZHEN))
    made["chen_qiang"] = _staff("chen_qiang", Post(Role.REVIEWER, "630000", department="pets"))
    made["reviewer_44"] = _staff("reviewer_44", Post(Role.REVIEWER, "440000", department="pets"))
    return made


def _staff(subject: str, *posts: Post) -> Actor:
    return Actor(ActorKind.STAFF, ISSUER, subject, ME, posts=posts, level=4)
