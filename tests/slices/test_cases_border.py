"""The border: what is told, what is heard, and that hearing it twice, or from a stranger, changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.cases_world import ANSWERS, JOINT_ITEM, SHENZHEN, XINING, World, world

from tongban.cases import border, events
from tongban.cases.actions import filing, review
from tongban.cases.models import Case, CaseMirror, CorrectionMirror, Filing, FilingCopy, Part, PartMirror
from tongban.exchange import inbound, installation
from tongban.exchange.models import Inbound
from tongban.journal import queries as journal
from tongban.kernel.problems import Refusal
from tongban_wire.messages import Attachment

pytestmark = pytest.mark.django_db

TABLES = (Filing, Case, CaseMirror, CorrectionMirror, FilingCopy, Part, PartMirror)


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


def state() -> dict[str, Any]:
    """Every row of the slice, and how many facts there are."""
    rows = {model.__name__: sorted(map(str, model.objects.values())) for model in TABLES}
    from tongban.journal.models import Fact

    return {**rows, "facts": Fact.objects.count()}


def heard() -> list[Any]:
    """Everything that came over the border so far, opened again, in order."""
    return [inbound.reopen(seq) for seq in Inbound.objects.order_by("seq").values_list("seq", flat=True)]


def say(message: Any, like: Any, **changes: Any) -> None:
    """Hand a message to its handler as if it had come in an envelope like another."""
    handler = installation.installed().inbound[message.TYPE]
    handler(message, replace(like, message=message, **changes))


def live(w: World) -> None:
    """A life in which everything is said that can be said."""
    first = w.file()
    w.ask(w.case(first))
    w.answer(first)
    w.accept(w.case(first))
    w.grant(w.case(first))
    w.withdraw(w.file())
    w.not_accept(w.case(w.file()))
    joint = w.file_jointly()
    w.accept(w.case(joint), w.reviewer_44)
    for _ in range(3):
        w.complete(w.open_part(joint))


def test_every_message_heard_again_changes_nothing(w):
    live(w)
    before = state()
    said = heard()
    assert {envelope.message.TYPE for envelope in said} >= {
        type_
        for type_ in border.INBOUND
        if not type_.endswith(("filing.declined/1", "withdrawal_refused/1", "rebased/1"))
    }
    for envelope in [*said, *reversed(said)]:
        say(envelope.message, envelope)
    w.settle()
    assert state() == before


def test_a_mirror_is_what_its_owner_says(w):
    live(w)
    for case in Case.objects.all():
        mirror = CaseMirror.objects.get(case_id=case.id)
        for field in (
            "status",
            "close_reason",
            "outcome",
            "decided_on",
            "accepted_on",
            "reasons",
            "revision",
            "region",
        ):
            if (field, case.status, case.close_reason) == ("decided_on", "closed", "not_accepted"):
                continue  # the message of not accepting names no day; the mirror has the instant
            assert getattr(mirror, field) == getattr(case, field), field
        assert mirror.heard_position == journal.head("case", case.id).position
    for part in Part.objects.all():
        mirror = PartMirror.objects.get(part_id=part.id)
        assert (mirror.status, mirror.decided_on, mirror.reasons) == (
            part.status,
            part.decided_on,
            part.reasons,
        )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"item": "unknown"}, "item_version_unknown"),
        ({"mode": "joint", "releasing_region": XINING}, "mode_not_open"),
        ({"personal": None}, "malformed"),
        ({"mode": "joint"}, "malformed"),
        ({"channel": "window"}, "malformed"),
        ({"sender": "14"}, "sender_may_not_file"),
        ({"intake_node": "14"}, "sender_may_not_file"),
    ],
)
def test_what_cannot_become_a_case_is_declined_with_its_reason_and_never_half(w, change, reason):
    w.file()
    like = heard()[0]
    sender = change.pop("sender", "44")
    if "item" in change:
        change["item"] = replace(like.message.item, digest="sha-256:" + "0" * 64)
    strange = replace(like.message, filing_id=uuid4(), **change)
    say(strange, like, sender=sender)
    assert Case.objects.count() == 1
    copy = FilingCopy.objects.get(filing_id=strange.filing_id)
    assert copy.declined_reason == reason
    (fact,) = journal.facts("filing_copy", strange.filing_id)
    assert (fact.name, fact.body["reason"]) == ("filing.declined", reason)


def test_a_declined_filing_is_shown_as_declined_with_the_reason(w):
    from tongban.items.models import Implementation

    filing_id = w.draft()
    w.save(filing_id)
    filing.submit(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)
    row = w.filing(filing_id)
    changed = Implementation.objects.get(code=row.item_code)
    Implementation.objects.filter(pk=changed.pk).update(digest="sha-256:" + "1" * 64)  # the other side knows another
    w.settle()
    Implementation.objects.filter(pk=changed.pk).update(digest=row.item_digest)
    page = w.page(filing_id)
    assert (page.status, page.stage, page.close_reason, page.holder) == (
        "declined",
        "declined",
        "item_version_unknown",
        None,
    )
    assert page.timeline[-1].code == "filing.declined"


def test_only_the_competent_node_is_believed_about_its_case(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    accepted = heard()[-1]
    before = state()
    later = replace(accepted.chain, position=99)
    with pytest.raises(Refusal) as refused:
        say(accepted.message, accepted, sender="14", chain=later)
    assert refused.value.code == "peer.untrusted"
    assert state() == before


def test_a_revision_for_another_round_is_not_taken(w):
    filing_id = w.file()
    w.ask(w.case(filing_id))
    w.answer(filing_id)
    revised = next(e for e in heard() if e.message.TYPE.endswith("filing.revised/1"))
    w.ask(w.case(filing_id), reason="again")
    with pytest.raises(Refusal) as refused:
        say(replace(revised.message, revision=3, answers_round=1), revised)
    assert refused.value.params["why"] == "answers_another_round"
    assert w.case(filing_id).status == "correction"


@pytest.fixture
def overtaken(w):
    """A joint filing of which nothing was heard yet, and the words of its first part, from another such matter."""
    other = w.file_jointly()
    w.accept(w.case(other), w.reviewer_44)
    opened = next(e for e in heard() if e.message.TYPE.endswith("part.opened/1"))
    called = next(e for e in heard() if e.message.TYPE.endswith("part.called/1"))
    filing_id = filing.file(
        w.act(w.li_mei), JOINT_ITEM, "joint", anchor_region=SHENZHEN, intake_region=SHENZHEN, releasing_region=XINING,
        answers=ANSWERS,
    )  # fmt: skip
    anew = {"filing_id": filing_id, "case_id": uuid4(), "part_id": uuid4()}
    late = replace(called.message, **anew, personal=None, node="63")
    return (replace(opened.message, **anew), opened), (late, called)


def test_the_words_of_a_part_may_overtake_its_call(w, overtaken):
    (opened, opened_in), (called, called_in) = overtaken
    say(opened, opened_in)
    mirror = PartMirror.objects.values().get(part_id=opened.part_id)
    assert (mirror["status"], mirror["owner"]) == ("open", "44")
    say(called, called_in)  # as a third node hears it, late
    assert PartMirror.objects.values().get(part_id=opened.part_id) == mirror


def test_before_its_call_a_part_is_believed_to_the_places_of_the_filing_alone(w, overtaken):
    (opened, opened_in), _ = overtaken
    before = state()
    with pytest.raises(Refusal, match=r"peer\.untrusted"):
        say(opened, opened_in, sender="14")
    assert state() == before


def test_the_owner_of_a_part_says_nothing_about_another_matter(w, overtaken):
    (_, opened_in), _ = overtaken
    mine = opened_in.message
    stranger = w.file_jointly()
    before = state()
    for change in ({"filing_id": stranger}, {"case_id": w.case(stranger).id}, {"part_id": uuid4()}):
        later = replace(opened_in.chain, position=99)
        with pytest.raises(Refusal):
            say(replace(mine, **change), opened_in, chain=later)
    assert state() == before


def test_what_is_said_of_another_case_than_the_filings_is_not_believed(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    accepted = heard()[-1]
    before = state()
    with pytest.raises(Refusal, match=r"peer\.untrusted"):
        say(replace(accepted.message, case_id=uuid4()), accepted, chain=replace(accepted.chain, position=99))
    assert state() == before


def test_a_delivery_in_a_way_that_the_mode_does_not_know_is_refused(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    w.grant(w.case(filing_id))
    delivered = next(e for e in heard() if e.message.TYPE.endswith("filing.result_delivered/1"))
    Case.objects.filter(filing_id=filing_id).update(
        status="granted", delivered_at=None, delivery_method=None, closed_at=None, close_reason=None
    )
    with pytest.raises(Refusal, match=r"peer\.message_refused"):
        say(replace(delivered.message, method="window"), delivered)
    say(delivered.message, delivered)
    assert w.case(filing_id).delivery_method == "electronic"


@pytest.mark.parametrize("days", [0, 1_001, 2**53 - 1])
def test_a_limit_that_cannot_be_meant_opens_no_part(w, days):
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    called = next(e for e in heard() if e.message.TYPE.endswith("part.called/1"))
    with pytest.raises(Refusal) as refused:
        say(replace(called.message, part_id=uuid4(), case_id=uuid4(), limit_days=days), called)
    assert (refused.value.code, refused.value.params) == ("peer.message_refused", {"why": "limit_days"})
    assert Part.objects.count() == 1


def test_a_stranger_cannot_call_a_part(w):
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    called = next(e for e in heard() if e.message.TYPE.endswith("part.called/1"))
    with pytest.raises(Refusal) as refused:
        say(replace(called.message, part_id=uuid4(), case_id=uuid4()), called, sender="14")
    assert refused.value.code == "peer.untrusted"
    assert Part.objects.count() == 1


def test_public_parts_of_messages_and_facts_hold_nothing_of_the_person(w):
    from tongban.journal.models import Fact

    live(w)
    said = [(envelope.message.TYPE, str(envelope.message.body())) for envelope in heard()]
    said += [(fact.name, f"{fact.body} {bytes(fact.header)!r}") for fact in Fact.objects.all()]
    for name, text in said:
        for secret in ("李梅", "630102198806159961", "13800000001", "旺财", "900123", "私事", "请核对"):
            assert secret not in text, name


@pytest.mark.req("R-118")
def test_nothing_is_accepted_or_decided_before_the_papers_have_arrived(w):
    from tongban.cases import queries
    from tongban.exchange import blobs

    w.file()
    like = heard()[0]
    content = b"%PDF-1.4 a letter still on its way"
    digest = "sha-256:" + hashlib.sha256(content).hexdigest()
    letter = Attachment(key="letter", digest=digest, media_type="application/pdf", size=len(content))
    filed = replace(like.message, filing_id=uuid4(), attachments=(letter,))
    say(filed, like)
    case = w.case(filed.filing_id)
    view = queries.case_view(w.chen_qiang, case.id)
    assert (view.attachments_missing, view.step("accept").refusal) == (1, "state.attachments_pending")
    with pytest.raises(Refusal) as refused:
        review.accept(w.act(w.chen_qiang), case.id, seen=case.version)
    assert (refused.value.code, refused.value.params) == ("state.attachments_pending", {"missing": 1})
    assert blobs.put(content, "application/pdf") == digest
    review.accept(w.act(w.chen_qiang), case.id, seen=case.version)
    assert w.case(filed.filing_id).status == "accepted"


def test_a_filing_of_another_region_than_the_senders_is_declined(w):
    w.file()
    like = heard()[0]
    strange = replace(like.message, filing_id=uuid4(), intake_region="990000")
    say(strange, like)
    assert FilingCopy.objects.get(filing_id=strange.filing_id).declined_reason == "sender_may_not_file"


@pytest.mark.parametrize("event", sorted(border.TELLERS, key=lambda e: e.name), ids=lambda e: e.name)
def test_what_is_told_of_an_event_is_a_message_of_the_same_name(event):
    said = {"part.lapsed": "part.decided"}.get(event.name, event.name)
    assert f"cn.tongban.{said}/1" in border.INBOUND
    assert event in events.EVENTS


def test_time_does_not_run_backwards_for_a_correction(w):
    """Stopped and resumed on the same day, a clock loses nothing."""
    filing_id = w.file()
    w.accept(w.case(filing_id))
    before = w.case(filing_id).work_due_on
    w.ask(w.case(filing_id), reason="r")
    w.answer(filing_id)
    assert w.case(filing_id).work_due_on == before
    assert before > w.case(filing_id).accepted_on + timedelta(days=9)
