"""Scenarios: what a node says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tongban_wire.problems import WireProblem
from tongban_wire.reading import read_instant
from tongban_wire.trust import SKEW, open_trust_list

from .trial import Failed, Trial, expect, scenario


@scenario("GET /node tells node, protocol versions, key, limits and time")
def node_describes_itself(trial: Trial) -> None:
    found = trial.get_json("/node")
    expect(found.get("node") == trial.kit.candidate, f"it calls itself {found.get('node')!r}")
    expect(isinstance(found.get("protocol"), list) and found["protocol"], "no protocol versions")
    key = trial.kit.trust.key(str(found.get("key")), datetime.now(UTC))
    expect(key is not None, "its key is not on the trust list")
    limits = found.get("limits")
    expect(isinstance(limits, dict) and limits.get("messages", 0) >= 1 and limits.get("bytes", 0) >= 1_000_000,
           "limits: at least one message and one million bytes")  # fmt: skip
    try:
        time = read_instant(found.get("time"), "time")
    except WireProblem as problem:
        raise Failed(f"time cannot be read: {problem}") from None
    expect(abs(time - datetime.now(UTC)) <= SKEW + timedelta(seconds=5), "its clock is more than five minutes off")


@scenario("GET /trust-list hands out the list as the root signed it")
def trust_list_is_served(trial: Trial) -> None:
    answer = trial.ask("GET", "/trust-list")
    expect(answer.status == 200, f"{answer.status} to GET /trust-list")
    try:
        claimed = open_trust_list(answer.body.strip(), trial.kit.root)
    except WireProblem as problem:
        raise Failed(f"the trust list does not verify: {problem}") from None
    expect(claimed.version >= trial.kit.trust.version, "an older list than the one the kit was made with")
    expect(claimed.node(trial.kit.a.node) is not None, "the kit is not on it")


@scenario("other methods are refused with 405, other content types with 415")
def methods_and_types_are_closed(trial: Trial) -> None:
    expect(trial.ask("GET", "/messages").status == 405, "GET /messages is not refused with 405")
    status = trial.post(b"messages=x", "application/x-www-form-urlencoded").status
    expect(status == 415, f"a form is answered with {status}, not 415")
