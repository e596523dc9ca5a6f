"""Which keys a node has, which one signs, and who may change that: told in advance, never taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.directory.rules import announce_sunset, next_list
from tongban.directory.rules.keys import (
    KEY_VALID,
    OVERLAP,
    KeyStanding,
    key_in_use,
    may_ask,
    may_sign_with,
    plan_keys,
    revoke,
    standing_of,
)
from tongban.kernel.problems import Refusal
from tongban_wire.keys import PublicKey, SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, Sunset

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PUBLIC = [SigningKey.from_seed(bytes([n]) * 32, "63", "SM2-SM3" if n % 2 else "EdDSA").public for n in range(5)]
OLD, NEW, *_ = PUBLIC


def listed(key: PublicKey, since: datetime = AT - KEY_VALID / 2, until: datetime = AT + KEY_VALID / 2) -> KeyEntry:
    return KeyEntry(kid=key.kid, alg=key.alg, public=key.public, valid_from=since, valid_to=until)


def test_a_new_key_stands_beside_the_old_one_and_both_count() -> None:
    keys = plan_keys([listed(OLD)], [OLD, NEW], AT)
    assert [key.kid for key in keys] == [OLD.kid, NEW.kid]
    assert keys[0] == listed(OLD)
    assert (keys[1].valid_from, keys[1].valid_to) == (AT, AT + KEY_VALID)


def test_a_key_can_be_announced_for_later_and_does_not_count_before() -> None:
    keys = plan_keys([listed(OLD)], [OLD, NEW], AT, valid_from=AT + HOUR)
    assert standing_of(keys, NEW.kid, AT) is KeyStanding.ANNOUNCED
    assert standing_of(keys, NEW.kid, AT + HOUR) is KeyStanding.VALID
    assert plan_keys([], [NEW], AT, valid_from=AT - HOUR)[0].valid_from == AT  # never before it was announced


def test_a_key_that_is_given_up_goes_on_counting_for_the_overlap_and_never_for_longer_than_it_had() -> None:
    keys = plan_keys([listed(OLD), listed(NEW)], [NEW], AT)
    assert keys[0].valid_to == AT + OVERLAP
    assert plan_keys([listed(OLD, until=AT + HOUR)], [NEW], AT)[0].valid_to == AT + HOUR


def test_a_key_that_has_ended_is_not_taken_again() -> None:
    with pytest.raises(Refusal) as refused:
        plan_keys([listed(OLD, until=AT)], [OLD, NEW], AT)
    assert (refused.value.code, refused.value.params["reason"]) == ("state.key_refused", "ended")


def test_what_a_revoked_key_signed_counts_up_to_that_instant() -> None:
    keys = revoke([listed(OLD), listed(NEW)], OLD.kid, AT)
    assert standing_of(keys, OLD.kid, AT - timedelta(microseconds=1)) is KeyStanding.VALID
    assert standing_of(keys, OLD.kid, AT) is KeyStanding.ENDED
    assert keys[1] == listed(NEW)


def test_a_key_announced_for_later_can_be_revoked_before_it_ever_counted() -> None:
    keys = revoke([listed(NEW, since=AT + HOUR)], NEW.kid, AT)
    for at in (AT, AT + HOUR, AT + KEY_VALID):
        assert standing_of(keys, NEW.kid, at) is KeyStanding.ENDED


@pytest.mark.parametrize(("kid", "since", "reason"), [("63.0", AT, "unlisted"), (OLD.kid, AT + KEY_VALID, "ended")])
def test_only_a_key_that_still_counts_can_be_revoked(kid: str, since: datetime, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        revoke([listed(OLD)], kid, since)
    assert refused.value.params["reason"] == reason


def test_a_request_counts_only_if_a_key_that_is_valid_now_signed_it() -> None:
    may_ask([listed(OLD)], {OLD.kid, NEW.kid}, AT, AT - HOUR, AT)
    for keys, proved in (
        ([listed(OLD)], {NEW.kid}),  # a stranger's key alone
        ([listed(OLD, until=AT)], {OLD.kid, NEW.kid}),  # revoked: whoever holds it may not install another
        ([listed(OLD, since=AT + HOUR)], {OLD.kid}),
        ([], {OLD.kid}),
    ):
        with pytest.raises(Refusal) as refused:
            may_ask(keys, proved, AT, None, AT)
        assert refused.value.params["reason"] == "no_valid_key_signed"


@pytest.mark.parametrize("earlier", [timedelta(0), HOUR])
def test_an_old_request_cannot_be_handed_in_again(earlier: timedelta) -> None:
    with pytest.raises(Refusal) as refused:
        may_ask([listed(OLD)], {OLD.kid}, AT - earlier, AT, AT)
    assert refused.value.params["reason"] == "older_request"


def test_a_node_switches_only_to_a_key_of_its_own_that_the_list_says_is_valid() -> None:
    keys = [listed(OLD), listed(NEW, since=AT + HOUR)]
    may_sign_with(keys, {OLD.kid, NEW.kid}, NEW.kid, AT + HOUR)
    for kid, own, at, reason in (
        (NEW.kid, {OLD.kid, NEW.kid}, AT, "announced"),
        (NEW.kid, {OLD.kid}, AT + HOUR, "not_ours"),
        (OLD.kid, {OLD.kid}, AT + KEY_VALID, "ended"),
        (PUBLIC[2].kid, {PUBLIC[2].kid}, AT, "unlisted"),
    ):
        with pytest.raises(Refusal) as refused:
            may_sign_with(keys, own, kid, at)
        assert refused.value.params["reason"] == reason


def test_the_first_key_signs_until_another_is_chosen_and_a_revoked_one_stops_at_once() -> None:
    both, own = [listed(OLD), listed(NEW)], (OLD.kid, NEW.kid)
    assert key_in_use(both, own, None, AT) == OLD.kid
    assert key_in_use(both, own, NEW.kid, AT) == NEW.kid
    assert key_in_use(revoke(both, NEW.kid, AT), own, NEW.kid, AT) == OLD.kid
    assert key_in_use([listed(OLD)], own, NEW.kid, AT) == OLD.kid  # chosen, but not on the list: it would be refused
    assert key_in_use([], own, None, AT) == OLD.kid  # not enrolled yet: there is a request to sign


@given(
    st.lists(st.sampled_from(PUBLIC), unique=True),
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "revoke"]), st.lists(st.sampled_from(PUBLIC), min_size=1, unique=True),
            st.integers(0, 400), st.integers(0, 48),
        ),
        max_size=8,
    ),
)  # fmt: skip
def test_whatever_is_asked_no_key_leaves_the_list_none_comes_back_and_none_lasts_longer_than_was_said(
    first: list[PublicKey], steps: list[tuple[str, list[PublicKey], int, int]]
) -> None:
    now = AT
    keys = plan_keys((), first, now)
    for what, names, days, hours in steps:
        now += timedelta(days=days)
        before = {key.kid: key for key in keys}
        try:
            if what == "ask":
                keys = plan_keys(keys, names, now, valid_from=now + timedelta(hours=hours))
            else:
                keys = revoke(keys, names[0].kid, now - timedelta(hours=hours))
        except Refusal:
            continue
        after = {key.kid: key for key in keys}
        assert len(after) == len(keys)
        for kid, key in before.items():
            assert after[kid] == replace(key, valid_to=after[kid].valid_to)
            assert after[kid].valid_to <= key.valid_to
        for kid in after.keys() - before.keys():
            assert after[kid].valid_from >= now
        own = tuple(after)
        if any(key.is_valid(now) for key in keys):
            assert after[key_in_use(keys, own, names[0].kid, now)].is_valid(now)


# --- last days of message types ------------------------------------------------------------------------------------

OPENED = "cn.tongban.case.opened/1"


def test_a_last_day_is_announced_a_year_ahead_and_never_moved_forward() -> None:
    first = announce_sunset((), Sunset(type=OPENED, last_day=date(2027, 3, 2)), AT)
    assert first == (Sunset(type=OPENED, last_day=date(2027, 3, 2)),)
    later = announce_sunset(first, Sunset(type=OPENED, last_day=date(2027, 9, 1)), AT)
    assert [sunset.last_day for sunset in later] == [date(2027, 9, 1)]
    for announced, day, reason in (
        ((), date(2027, 3, 1), "too_soon"),
        (later, date(2027, 8, 1), "earlier_than_announced"),
    ):
        with pytest.raises(Refusal) as refused:
            announce_sunset(announced, Sunset(type=OPENED, last_day=day), AT)
        assert refused.value.params["reason"] == reason


def test_a_new_key_or_a_last_day_is_published_at_once() -> None:
    entry = NodeEntry(node="63", name="63", address="https://63.example", role="province", keys=(listed(OLD),))
    first = next_list(None, [entry], AT)
    assert first is not None and next_list(first, [entry], AT) is None
    second = next_list(first, [replace(entry, keys=(listed(OLD), listed(NEW)))], AT)
    assert second is not None and second.version == 2
    third = next_list(first, [entry], AT, (Sunset(type=OPENED, last_day=date(2027, 3, 2)),))
    assert third is not None and third.sunsets[0].type == OPENED
