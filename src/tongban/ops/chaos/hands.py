"""What the chaos run does inside a node, in a process of its own: people who never wait, and the books for the audit.

Reads one JSON command a line and answers one a line; whatever goes wrong is an answer too: the database may be gone.
``python -m tongban.ops.chaos.hands``, with the node's environment.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from .papers import MATERIAL, hand_in, read_again

APPLICANTS: Final = ("li-mei", "ma-qiang", "han-xue")
REVIEWERS: Final = {"63": ("chen-qiang", "qi-chunlan"), "44": ("huang-zhiqiang",), "14": ()}
CORRECTED: Final = ({"target": "general", "code": "unclear", "text": "请确认通知方式。"},)


def step() -> dict[str, Any]:
    """One round at this node's desks: every open case and part gets its next act. Which act depends on its number."""
    from tongban.cases import queries as cases
    from tongban.config import config
    from tongban.ops import player

    done: dict[str, int] = {}
    left = 0
    for who in REVIEWERS.get(config().node_id, ()):
        person = player.person(who)
        for kind, act in (("cases", _review), ("parts", _part)):
            for row in cases.desk_queue(person, kind, filter="open", limit=20).items:
                left += 1
                name = _tried(act, who, row)
                if name:
                    done[name] = done.get(name, 0) + 1
    return {"done": done, "left": left}


def _tried(act: Callable[[str, Any], str | None], who: str, row: Any) -> str | None:
    """The step's name if it was taken; a refusal of state means that it is not its turn."""
    from tongban.kernel.problems import Refusal

    try:
        return act(who, row)
    except Refusal as refusal:
        if refusal.code.startswith("state."):
            return None
        raise


def _review(who: str, row: Any) -> str | None:
    from tongban.ops import player

    case, fate = str(row.id), sum(map(ord, row.filing_number or "")) % 8
    if row.status == "received":
        if fate == 0 and not _asked_before(row.id):
            player.correct(who, case, list(CORRECTED))
            return "correct"
        player.accept(who, case)
        return "accept"
    if row.status == "accepted" and row.mode != "joint":
        if fate == 1:
            player.deny(who, case, {"condition_not_met": "不符合条件。"})
            return "deny"
        player.VERBS["grant"](who, case, "准予。", number=row.filing_number)
        return "grant"
    return None


def _part(who: str, row: Any) -> str | None:
    from tongban.ops import player

    player.complete(who, str(row.id), "同意。")
    return "complete"


def answer_open() -> int:
    """Answer every correction that has arrived; returns how many."""
    from tongban.cases import queries as cases
    from tongban.cases.actions import filing
    from tongban.kernel.problems import Refusal
    from tongban.ops import player

    done = 0
    for row in _rows("SELECT f.id, f.applicant_ref FROM cases_filing f JOIN cases_casemirror m ON m.filing_id = f.id "
                     "WHERE m.status = 'correction'"):  # fmt: skip
        who = next(name for name in APPLICANTS if str(row["applicant_ref"]).endswith(name))
        view = cases.filing_view(player.person(who), row["id"])
        if view.correction is None:
            continue
        answers = {**view.answers, "notice_channel": "phone" if view.answers.get("notice_channel") == "sms" else "sms"}
        points = {point.key: "已确认。" for point in view.correction.points}
        try:
            filing.answer_correction(player.act(who), row["id"], answers, points, seen=view.version)
        except Refusal as refusal:
            if not refusal.code.startswith("state."):
                raise
            continue
        done += 1
    return done


# --- the books ----------------------------------------------------------------------------------------------------


def quiet() -> dict[str, float]:
    """What is still under way or parked at this node; all zero at rest."""
    from tongban.exchange import queries as exchange
    from tongban.journal import queries as journal

    depth, jobs = exchange.depth(), journal.jobs_summary()
    found = {name: depth[name] for name in ("outbound_pending", "outbound_parked", "inbound_open", "inbound_parked",
                                            "blobs_expected", "blobs_parked")}  # fmt: skip
    return {**found, "jobs_pending": float(str(jobs["pending"])), "jobs_parked": float(str(jobs["parked"]))}


def books() -> dict[str, Any]:
    """Filings, cases, parts and mirrors with the digests of their sealed words; and how far every stream got."""
    return {
        "filings": _rows(
            """SELECT f.id, f.number, f.status, f.close_reason, f.decline_reason, f.competent_node, f.revision,
                      m.case_id, m.status AS mirror_status, m.close_reason AS mirror_close_reason,
                      m.outcome AS mirror_outcome, m.reasons AS mirror_reasons, m.revision AS mirror_revision,
                      m.decided_on AS mirror_decided_on, m.result_sealed, f.id AS sealed_id
               FROM cases_filing f LEFT JOIN cases_casemirror m ON m.filing_id = f.id WHERE f.number IS NOT NULL""",
            "case_mirror",
        ),
        "cases": _rows(
            """SELECT id, filing_id, filing_number, status, close_reason, outcome, reasons, revision, decided_on,
                      intake_node, result_sealed, id AS sealed_id FROM cases_case""",
            "case",
        ),
        "parts": _rows("SELECT id, case_id, step_key, status, decided_on, reasons, lead_node, intake_node "
                       "FROM cases_part"),
        "part_mirrors": _rows("SELECT part_id, case_id, step_key, status, decided_on, reasons, owner "
                              "FROM cases_partmirror"),
        "said": _rows("SELECT receiver, stream_subject AS stream, max(position) AS head, count(*) AS n "
                      "FROM exchange_outbound GROUP BY 1, 2"),
        "heard": _rows("SELECT s.sender, s.stream_subject AS stream, s.applied_position AS head, count(i.*) AS n "
                       "FROM exchange_inboundstream s LEFT JOIN exchange_inbound i USING (sender, stream_subject) "
                       "GROUP BY 1, 2, 3"),
        "opened": _rows("SELECT body->>'filing_number' AS number, count(*) AS n FROM journal_fact "
                        "WHERE name = 'case.opened' GROUP BY 1"),
        "facts": _rows("SELECT count(*) AS n FROM journal_fact"),
        "attached": _rows(_ATTACHED),
        "blobs": [{**row, "found": read_again(row["digest"])}
                  for row in _rows("SELECT digest, state, last_error AS error FROM exchange_blob ORDER BY 1")],
    }  # fmt: skip


_ATTACHED: Final = """
SELECT f.number, a->>'digest' AS digest FROM cases_filingrevision r JOIN cases_filing f ON f.id = r.filing_id,
       jsonb_array_elements(r.attachments) AS a WHERE f.number IS NOT NULL
UNION SELECT filing_number, a->>'digest' FROM cases_filingcopy, jsonb_array_elements(attachments) AS a
UNION SELECT 'part ' || id, a->>'digest' FROM cases_part, jsonb_array_elements(attachments) AS a
"""
"""What filings, copies and parts of this node name, each once."""


def _rows(query: str, table: str = "") -> list[dict[str, Any]]:
    """Rows as JSON can carry them; a sealed result is opened and told by its digest only."""
    from django.db import connection

    from tongban.journal.vault import sealer
    from tongban_wire.keys import digest_of

    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in rows:
        if "result_sealed" in row:
            sealed, key = row.pop("result_sealed"), row.pop("sealed_id")
            words = sealer().open(bytes(sealed), bound_to=f"cases.{table}:{key}:result") if sealed else {}
            kept = {name: words[name] for name in ("result", "texts") if words.get(name)}
            row["result_digest"] = digest_of(json.dumps(kept, sort_keys=True, default=str).encode()) if kept else None
    return rows


def _asked_before(case_id: UUID) -> bool:
    from tongban.journal import queries as journal

    return any(fact.name == "case.correction_requested" for fact in journal.facts("case", case_id))


def _file(*, paper: int | None = None, **words: Any) -> Any:
    """``paper``: the number of the picture that goes with it."""
    from tongban.ops import player

    if paper is not None:
        words["uploads"] = {MATERIAL[words["item"]]: [hand_in(words["who"], paper)]}
    return player.file(**words)


VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "file": _file, "step": step, "answer_open": answer_open, "quiet": quiet, "books": books,
}  # fmt: skip


def main() -> int:
    from tongban.ops.boot import setup
    from tongban.ops.lifeline import follow_parent

    follow_parent()
    cfg = setup()
    from django.db import connection

    from tongban.kernel.problems import Refusal
    from tongban.ops import player

    vars(player)["PATIENCE"] = 0.0
    _say({"ready": cfg.node_id})
    for line in sys.stdin:
        command = json.loads(line)
        try:
            _say({"done": VERBS[command.pop("do")](**command)})
        except Refusal as refusal:
            _say({"refused": refusal.code, "params": refusal.params, "fields": refusal.fields})
        except Exception as error:
            with contextlib.suppress(Exception):
                connection.close()
            _say({"broken": f"{type(error).__name__}: {error}"[:300]})
    return 0


def _say(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)  # noqa: T201 - its only voice


if __name__ == "__main__":
    sys.exit(main())
