"""Running all scenarios, and the signed report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from tongban_wire import PROTOCOL_VERSION, jws
from tongban_wire.keys import SigningKey
from tongban_wire.reading import read_dataclass, to_json
from tongban_wire.strict import read_object, write_json
from tongban_wire.trust import TrustList

from . import attachments, describing, receiving, refusing, rotating, streams, throughout
from .trial import SCENARIOS, Failed, NotRun, Trial

TYP: Final = "tongban-conformance+jws"
Verdict = Literal["pass", "fail", "not run"]
_ORDER: Final = (attachments, describing, receiving, refusing, rotating, streams, throughout)
"""Importing them filled the list, in this order; what looks back comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    scenario: str
    promise: str
    verdict: Verdict
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """About one candidate at one time. ``address`` is where it was tested, ``kit`` the key that signs."""

    candidate: str
    address: str
    protocol: int
    began_at: datetime
    ended_at: datetime
    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Nothing failed and nothing was left out."""
        return all(result.verdict == "pass" for result in self.results)

    def count(self, verdict: Verdict) -> int:
        return sum(result.verdict == verdict for result in self.results)

    def text(self) -> str:
        """For people."""
        words = {"pass": "pass   ", "fail": "FAIL   ", "not run": "not run"}
        lines = [f"Conformance of node {self.candidate} at {self.address} with protocol {self.protocol}",
                 f"{self.began_at:%Y-%m-%d %H:%M:%S} to {self.ended_at:%H:%M:%S} UTC", ""]  # fmt: skip
        for result in self.results:
            lines.append(f"{words[result.verdict]}  {result.scenario}: {result.promise}")
            if result.why:
                lines.append(f"         {result.why}")
        verdict = "It conforms." if self.conforms else "It does not conform." if self.count("fail") else (
            "Nothing failed, but not everything was run.")  # fmt: skip
        counts = f"{self.count('pass')} passed, {self.count('fail')} failed, {self.count('not run')} not run."
        return "\n".join([*lines, "", f"{counts} {verdict}"])


def run(trial: Trial, address: str, *, only: Callable[[str], bool] = lambda _: True) -> Report:
    """Run the scenarios one after the other; nothing that the candidate does stops the others."""
    began = datetime.now(UTC)
    results = []
    for scenario in SCENARIOS:
        if not only(scenario.name):
            continue
        verdict: Verdict = "pass"
        why: str | None = None
        try:
            scenario.run(trial)
        except Failed as failed:
            verdict, why = "fail", str(failed)[:500]
        except NotRun as reason:
            verdict, why = "not run", str(reason)
        except Exception as error:  # an answer so odd that the kit stumbles over it is the candidate's failure
            verdict, why = "fail", f"unreadable: {type(error).__name__}: {error}"[:500]
        results.append(Result(scenario=scenario.name, promise=scenario.promise, verdict=verdict, why=why))
    return Report(
        candidate=trial.kit.candidate, address=address, protocol=PROTOCOL_VERSION, began_at=began,
        ended_at=datetime.now(UTC), results=tuple(results),
    )  # fmt: skip


def seal_report(report: Report, key: SigningKey) -> str:
    """A compact JWS by the kit's key."""
    return jws.sign(write_json(to_json(report)), key, TYP)


def open_report(text: str, trust: TrustList, at: datetime) -> Report:
    """The report, if a node of the list signed it with a key valid at ``at``. Raises ``WireProblem``."""
    payload, _ = jws.verify(text, TYP, lambda kid: trust.signer(kid, at)[1])
    return read_dataclass(Report, read_object(payload, "json.malformed"))


__all__ = ["Report", "Result", "Verdict", "open_report", "run", "seal_report"]
