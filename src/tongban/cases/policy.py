"""Who may: one table of doers against steps (rules/modes.py), then two questions that need facts — is it this node's
to do, is it this person's? Powers belong to posts, looked at one by one: a clerk's post never decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal

from .rules.lifecycle import case, filing, part
from .rules.modes import WINDOW_STEPS, AnyStep, Doer, Mode, doers, duties

Facts = filing.FilingFacts | case.CaseFacts | part.PartFacts


def may(actor: Actor, step: AnyStep, facts: Facts) -> Refusal | None:
    """Why this actor may not take this step on this subject, or None. Says nothing about the state."""
    if facts.owner != actor.node and actor.kind not in (ActorKind.NODE, ActorKind.APPLICANT):
        return Refusal("permission.not_owner", step=step.value, owner=facts.owner)
    if any(_is(actor, doer, facts) for doer in doers(step, _mode(facts))):
        return None
    return Refusal("permission.denied", step=step.value)


def may_start(
    actor: Actor, mode: Mode, *, owner: str, intake_region: str, window: str | None, for_somebody: bool
) -> Refusal | None:
    """Who may open a filing: a person in their own name; in proxy mode a clerk of that window, in
    the region that the post is answerable for, for somebody else."""
    if duties(mode).files is Doer.APPLICANT:
        if actor.kind is ActorKind.APPLICANT and not for_somebody:
            return None
        return Refusal("permission.denied", step=filing.Step.SUBMIT.value)
    if actor.node != owner:
        return Refusal("permission.not_owner", owner=owner)
    if actor.kind is ActorKind.STAFF and any(
        _serves(post, intake_region, window) and intake_region.startswith(stem(post.region)) for post in actor.posts
    ):
        return None
    return Refusal("permission.denied", step=filing.Step.SUBMIT.value)


def may_read(actor: Actor, facts: Facts) -> bool:
    """Who may see the whole: applicant and window of a filing, the covering reviewer of a case or part."""
    if isinstance(facts, filing.FilingFacts):
        return _is(actor, Doer.APPLICANT, facts) or _is(actor, Doer.WINDOW, facts)
    return facts.owner == actor.node and _is(actor, Doer.REVIEWER, facts)


def possible_steps(actor: Actor, facts: Facts, at: datetime) -> Mapping[AnyStep, Refusal | None]:
    """Every step people take on this subject, each with the reason why not; first the power, then the state."""
    result: dict[AnyStep, Refusal | None] = {}
    if isinstance(facts, filing.FilingFacts):
        for f in filing.PEOPLE_STEPS:
            if facts.channel == "window" or f not in WINDOW_STEPS:
                result[f] = may(actor, f, facts) or filing.obstacle(facts, f, at)
    elif isinstance(facts, case.CaseFacts):
        for c in case.PEOPLE_STEPS:
            result[c] = may(actor, c, facts) or case.obstacle(facts, c, at)
    else:
        for p in part.PEOPLE_STEPS:
            result[p] = may(actor, p, facts) or part.obstacle(facts, p, at)
    return result


def covers(post: Post, region: str, authority: str | None, department: str | None) -> bool:
    """Whether a post is answerable for a region: its own or one below it, at its authority or department if it has one.

    A post at an authority covers that authority's cases; a post without one covers its whole region.
    """
    if authority is not None and post.authority is not None:
        return post.authority == authority
    if post.department is not None and department is not None and post.department != department:
        return False
    return region.startswith(stem(post.region))


def stem(region: str) -> str:
    """630000 → 63, 630100 → 6301, 630102 → 630102."""
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


def _is(actor: Actor, doer: Doer, facts: Facts) -> bool:
    match doer:
        case Doer.APPLICANT:
            return (
                isinstance(facts, filing.FilingFacts)
                and actor.kind is ActorKind.APPLICANT
                and facts.applicant == actor.ref
            )
        case Doer.WINDOW:
            return (
                isinstance(facts, filing.FilingFacts)
                and actor.kind is ActorKind.STAFF
                and actor.node == facts.owner
                and facts.channel == "window"
                and any(_serves(post, facts.intake_region, facts.window) for post in actor.posts)
            )
        case Doer.REVIEWER:
            return (
                not isinstance(facts, filing.FilingFacts)
                and actor.kind is ActorKind.STAFF
                and any(
                    post.role is Role.REVIEWER and covers(post, facts.region, facts.authority, facts.department)
                    for post in actor.posts
                )
            )
        case Doer.ITEM_MANAGER:
            return (
                isinstance(facts, case.CaseFacts)
                and actor.kind is ActorKind.STAFF
                and any(
                    post.role is Role.ITEM_MANAGER and covers(post, facts.region, facts.authority, facts.department)
                    for post in actor.posts
                )
            )
        case Doer.CLOCK:
            return actor.kind is ActorKind.CLOCK
        case Doer.NODE:
            return actor.kind in (ActorKind.NODE, ActorKind.SYSTEM)


def _serves(post: Post, intake_region: str, window: str | None) -> bool:
    """Whether a clerk's post serves this window, or the region if either names no window."""
    if post.role is not Role.CLERK:
        return False
    if window is not None and post.window is not None:
        return post.window == window
    return intake_region.startswith(stem(post.region))


def _mode(facts: Facts) -> Mode:
    return Mode.JOINT if isinstance(facts, part.PartFacts) else Mode(facts.mode)
