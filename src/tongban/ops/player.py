"""The verbs of the demo's people: each one act, by one person, through one action, at the present moment.

``VERBS`` maps a verb to a function of plain JSON values that answers a plain JSON value. Nothing here knows a rule; a
refusal comes through as it is.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from tongban.cases import queries as cases
from tongban.cases.actions import decision, filing, joint, reading, review
from tongban.identity import queries as identity
from tongban.identity.demo_people import ISSUER
from tongban.journal import clock
from tongban.kernel.people import Act, Actor, Role
from tongban.kernel.problems import Refusal
from tongban.materials import actions as materials
from tongban.ops import demo_papers, player_items

PATIENCE: Final = 60.0


def person(who: str) -> Actor:
    return identity.actor_of(ISSUER, who)


def act(who: str) -> Act:
    return Act(person(who), clock.now())


def file(who: str, item: str, mode: str, **places_and_answers: Any) -> dict[str, Any]:
    """A person files online, all at once. ``papers``: materials a scan is handed in for; ``uploads``: what was handed
    in before, by material. Returns id and number."""
    mine = act(who)
    profile = identity.profile(mine.actor)
    known = {"applicant_name": profile.name, "id_number": profile.id_number, "mobile": profile.mobile}
    answers = {**known, **places_and_answers.pop("answers")}
    papers = places_and_answers.pop("papers", ())
    uploads = dict(places_and_answers.pop("uploads", {}))
    uploads |= {key: [_scan(who, key, number).id] for number, key in enumerate(papers, start=1)}
    filing_id = filing.file(mine, item, mode, answers=answers, uploads=uploads, **places_and_answers)
    return _filed(mine.actor, filing_id)


def draft(who: str, item: str, mode: str, **places: Any) -> str:
    """A person begins and leaves it as a draft."""
    return str(filing.start_draft(act(who), item, mode, **places))


def take_in(
    who: str, item: str, *, anchor_region: str, applicant: Mapping[str, str], answers: Mapping[str, Any], method: str,
    papers: Sequence[str] = (),
) -> dict[str, Any]:
    """A clerk takes a person's papers in at the window, checks form and identity, forwards."""
    clerk = person(who)
    post = next(p for p in clerk.posts if p.role is Role.CLERK)
    filing_id = filing.start_draft(
        act(who), item, "proxy", anchor_region=anchor_region, intake_region=post.region,
        for_person=dict(applicant), window=post.window,
    )  # fmt: skip
    known = {"applicant_name": applicant["name"], "id_number": applicant["id_number"], "mobile": applicant["mobile"]}
    filing.save_draft(act(who), filing_id, {**known, **answers}, seen=cases.filing_version(clerk, filing_id))
    for number, key in enumerate(papers, start=1):
        _scan(who, key, number, filing_id)
    view = cases.filing_view(clerk, filing_id)
    formal = {material.key: True for material in view.materials}
    filing.record_checks(act(who), filing_id, formal=formal, identity_method=method, seen=view.version)
    filing.submit(act(who), filing_id, seen=cases.filing_version(clerk, filing_id))
    return _filed(clerk, filing_id)


def find_case(who: str, number: str) -> str:
    """The case of this filing number in the reviewer's list; waits until it has arrived."""
    return _find(who, "cases", number)


def find_part(who: str, number: str) -> str:
    """The open part of this filing number in the reviewer's list; waits until it has arrived."""
    return _find(who, "parts", number)


def accept(who: str, case: str) -> None:
    """Accept; waits while attachments are still on their way."""
    _until(lambda: review.accept(act(who), UUID(case), seen=_case(who, case).version))


def not_accept(who: str, case: str, reasons: dict[str, str]) -> None:
    review.not_accept(act(who), UUID(case), reasons=reasons, seen=_case(who, case).version)


def correct(who: str, case: str, points: list[dict[str, str]]) -> None:
    """Ask for corrections, all points at once."""
    listed = [review.Point(f"p{n}", **point) for n, point in enumerate(points, start=1)]
    review.request_correction(act(who), UUID(case), points=listed, seen=_case(who, case).version)


def answer(who: str, filing_id: str, changes: dict[str, Any], answers: dict[str, str]) -> None:
    """Answer the open correction; waits until it has arrived here."""

    def answered() -> bool:
        view = cases.filing_view(person(who), UUID(filing_id))
        if view.correction is None:
            return False
        filing.answer_correction(act(who), UUID(filing_id), {**view.answers, **changes}, answers, seen=view.version)
        return True

    _until(answered)


def grant(who: str, case: str, text: str, number: str | None = None, valid_until: str | None = None) -> None:
    """Decide; waits while attachments or a correction are still on their way."""
    from datetime import date

    until = date.fromisoformat(valid_until) if valid_until else None

    def decided() -> bool:
        view = _case(who, case)
        if not view.step("grant").possible and view.status in ("correction", "received"):
            return False
        result = decision.ResultDraft(number or view.filing_number, until, text)  # a license has a number
        decision.grant(act(who), UUID(case), result=result, seen=view.version)
        return True

    _until(decided)


def deny(who: str, case: str, reasons: dict[str, str]) -> None:
    decision.deny(act(who), UUID(case), reasons=reasons, seen=_case(who, case).version)


def complete(who: str, part: str, note: str = "") -> None:
    """Do one's part; waits while attachments are still on their way."""

    def done() -> UUID:
        view = reading.open_case_file(act(who), "part", UUID(part))
        return joint.complete_part(act(who), UUID(part), note=note, seen=view.version)

    _until(done)


def refuse(who: str, part: str, reasons: dict[str, str]) -> None:
    view = reading.open_case_file(act(who), "part", UUID(part))
    joint.refuse_part(act(who), UUID(part), reasons=reasons, seen=view.version)


def hand_over(who: str, filing_id: str) -> None:
    """Give the result to the person at the window; waits until it has arrived here."""

    def given() -> bool:
        view = cases.filing_view(person(who), UUID(filing_id))
        if not view.step("hand_over").possible:
            return False
        filing.hand_over(act(who), UUID(filing_id), seen=view.version)
        return True

    _until(given)


def withdraw(who: str, filing_id: str) -> None:
    """Ask for the withdrawal; looks again if the matter has moved meanwhile."""
    mine, wanted = person(who), UUID(filing_id)
    _until(lambda: filing.request_withdrawal(act(who), wanted, seen=cases.filing_version(mine, wanted)))


def stage(who: str, filing_id: str, wanted: str | None = None) -> str:
    """The stage the person sees; with ``wanted``, waits until it is that one."""

    def seen() -> str | None:
        now = cases.filing_view(person(who), UUID(filing_id)).stage
        return now if wanted in (None, now) else None

    return str(_until(seen))


def _scan(who: str, key: str, number: int, filing_id: UUID | None = None) -> Any:
    """Hand a page in for a material."""
    mine, paper = act(who), io.BytesIO(demo_papers.scan(number))
    return materials.add_upload(
        mine, paper, demo_papers.NAME, owner_ref=mine.actor.ref, filing_id=filing_id, requirement_key=key,
        declared_type="image/png",
    )  # fmt: skip


def _filed(actor: Actor, filing_id: UUID) -> dict[str, Any]:
    view = cases.filing_view(actor, filing_id)
    return {"id": str(filing_id), "number": view.filing_number}


def _find(who: str, kind: str, number: str) -> str:
    def found() -> str | None:
        rows = cases.desk_queue(person(who), kind, filter="open", limit=100).items
        return next((str(row.id) for row in rows if row.filing_number == number), None)

    return str(_until(found))


def _case(who: str, case: str) -> Any:
    return reading.open_case_file(act(who), "case", UUID(case))


def _until(look: Callable[[], Any]) -> Any:
    """What ``look`` finds, looking again and again; TimeoutError after :data:`PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            found = look()
        except Refusal as refusal:
            if refusal.code not in ("state.stale", "state.attachments_pending") or time.monotonic() > end:
                raise
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError("nothing arrived")
        time.sleep(0.1)


VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    f.__name__: f
    for f in (file, draft, take_in, find_case, find_part, accept, not_accept, correct, answer, grant, deny, complete,
              refuse, hand_over, withdraw, stage, player_items.publish_item, player_items.tasks, player_items.drift,
              player_items.rebase, player_items.exempt, player_items.end_exemption, player_items.reach_between)
}  # fmt: skip
