"""A handful of cases in each mode, played when the demo starts for the first time: real steps, real times.

One process per node does what that node's people do (``tongban play``); messages travel between the running nodes as
always. Some cases are left open on purpose, so that every queue has something to do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from tongban.ops import demo_items
from tongban.ops.children import environment
from tongban.ops.federation import Federation

DRIVER: Final = "QH2020-2-48"
PENSION: Final = "QH2020-1-07"
UNEMPLOYMENT: Final = "QH2020-1-05"
CLERK: Final = "wang-fang"
NODES: Final = ("63", "44", "14")


class Stuck(RuntimeError):
    """A player was refused what the story needs."""


class Player:
    """The people of one node, in a process of their own."""

    def __init__(self, federation: Federation, node: str) -> None:
        self.node = node
        self._log = (federation.logs / f"{node}-play.log").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tongban.cli", "play"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**environment(), **federation[node].config.environment()},
            stderr=self._log,
        )  # fmt: skip

    def wait_until_ready(self) -> None:
        self._answer()

    def __call__(self, do: str, **words: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **words}, ensure_ascii=False) + "\n")
        self._process.stdin.flush()
        return self._answer().get("done")

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Stuck(f"the people of node {self.node} went away: see {self.node}-play.log")
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise Stuck(f"node {self.node}: {answer}")
        return answer


def play(federation: Federation, say: Callable[[str], object]) -> None:
    """Play everything once per home; a second start finds the mark and does nothing."""
    mark = federation.home / "cases-played"
    if mark.exists() or not set(NODES) <= set(federation.nodes):
        return
    people = {node: Player(federation, node) for node in NODES}
    try:
        for player in people.values():
            player.wait_until_ready()
        for name, story in STORIES.items():
            story(people)
            say(f"played: {name}")
        mark.write_text("played\n")
    except Stuck as stuck:
        say(f"not all example cases could be played: {stuck}")
    finally:
        for player in people.values():
            player.close()


def driver_answers(*, valid_days: int = 60, **changes: Any) -> dict[str, Any]:
    until = date.today() + timedelta(days=valid_days)  # noqa: DTZ011 - a date a person reads from a card
    return {
        "certificate_number": "630102198806159961", "certificate_valid_until": until.isoformat(),
        "renewal_reason": "expiring", "credit_grade": "AAA", "photo_choice": "on_file", "notice_channel": "sms",
        "statement": True, **changes,
    }  # fmt: skip


def pension_answers() -> dict[str, Any]:
    return {
        "household_region": "630104", "current_employer": "广州星河物流有限公司（虚构）", "insured_since": "2025-03",
        "releasing_employer": "西宁高原商贸有限公司（虚构）", "releasing_from": "2012-07", "releasing_to": "2025-01",
        "notice_channel": "sms", "statement": True,
    }  # fmt: skip


def unemployment_answers() -> dict[str, Any]:
    since = date.today() - timedelta(days=20)  # noqa: DTZ011
    return {
        "tie_to_place": "residence", "unemployed_since": since.isoformat(), "reason": "contract_ended",
        "education": "college", "wants_help": True, "notice_channel": "sms", "statement": True,
    }  # fmt: skip


People = dict[str, Player]


def online_granted(people: People) -> None:
    filed = people["44"]("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100",
                         intake_region="440305", answers=driver_answers(photo_choice="upload"),
                         papers=["photo"])  # fmt: skip
    case = people["63"]("find_case", who="chen-qiang", number=filed["number"])
    people["63"]("accept", who="chen-qiang", case=case)
    people["63"]("grant", who="chen-qiang", case=case, number="630102198806159961", valid_until="2032-11-21",
                 text="准予换发道路客运驾驶员从业资格证，有效期六年。")  # fmt: skip
    people["44"]("stage", who="li-mei", filing_id=filed["id"], wanted="completed")


def online_corrected(people: People) -> None:
    filed = people["14"]("file", who="li-mei", item=DRIVER, mode="online", anchor_region="630100",
                         intake_region="140105", answers=driver_answers(valid_days=45))  # fmt: skip
    case = people["63"]("find_case", who="chen-qiang", number=filed["number"])
    people["63"]("correct", who="chen-qiang", case=case,
                 points=[{"target": "answer:certificate_valid_until", "code": "wrong",
                          "text": "有效期与证件登记不一致，请按证件正面填写。"}])  # fmt: skip
    until = (date.today() + timedelta(days=50)).isoformat()  # noqa: DTZ011
    people["14"]("answer", who="li-mei", filing_id=filed["id"], changes={"certificate_valid_until": until},
                 answers={"p1": "已按证件正面改正。"})  # fmt: skip


def online_correction_open(people: People) -> None:
    filed = people["44"]("file", who="ma-qiang", item=DRIVER, mode="online", anchor_region="630100",
                         intake_region="440106", papers=["training_proof"],
                         answers=driver_answers(certificate_number="630104198503219974",
                                                credit_grade="B"))  # fmt: skip
    case = people["63"]("find_case", who="chen-qiang", number=filed["number"])
    people["63"]("correct", who="chen-qiang", case=case,
                 points=[{"target": "answer:renewal_reason", "code": "unclear",
                          "text": "请确认是到期换证还是信息变更换证。"}])  # fmt: skip
    people["44"]("stage", who="ma-qiang", filing_id=filed["id"], wanted="correction")


def proxy_handed_over(people: People) -> None:
    applicant = {"name": "马强", "id_number": "630104198503219974", "mobile": "15400000002"}
    filed = people["44"]("take_in", who=CLERK, item=DRIVER, anchor_region="630100", applicant=applicant,
                         answers=driver_answers(certificate_number="630104198503219974"),
                         method="id_card_reader")  # fmt: skip
    case = people["63"]("find_case", who="chen-qiang", number=filed["number"])
    people["63"]("accept", who="chen-qiang", case=case)
    people["63"]("grant", who="chen-qiang", case=case, number="630104198503219974", valid_until="2032-11-21",
                 text="准予换发道路客运驾驶员从业资格证，有效期六年。")  # fmt: skip
    people["44"]("hand_over", who=CLERK, filing_id=filed["id"])


def proxy_waiting(people: People) -> None:
    applicant = {"name": "韩雪", "id_number": "140105199311029986", "mobile": "15400000003"}
    people["44"]("take_in", who=CLERK, item=DRIVER, anchor_region="630100", applicant=applicant, papers=["photo"],
                 answers=driver_answers(certificate_number="140105199311029986", photo_choice="upload"),
                 method="id_card_seen")  # fmt: skip


def joint_done(people: People) -> None:
    filed = people["44"]("file", who="ma-qiang", item=PENSION, mode="joint", anchor_region="440100",
                         releasing_region="630100", intake_region="440106", answers=pension_answers())  # fmt: skip
    case = people["44"]("find_case", who="huang-zhiqiang", number=filed["number"])
    people["44"]("accept", who="huang-zhiqiang", case=case)
    steps = (
        ("44", "huang-zhiqiang", "同意转入，已发联系函。"),
        ("63", "qi-chunlan", "参保信息已核对，基金已划转。"),
        ("44", "huang-zhiqiang", "账户已合并。"),
    )
    for node, who, note in steps:
        part = people[node]("find_part", who=who, number=filed["number"])
        people[node]("complete", who=who, part=part, note=note)
    people["44"]("stage", who="ma-qiang", filing_id=filed["id"], wanted="completed")


def joint_under_way(people: People) -> None:
    filed = people["44"]("file", who="li-mei", item=PENSION, mode="joint", anchor_region="440100",
                         releasing_region="630100", intake_region="440305", answers=pension_answers(),
                         papers=["contribution_record"])  # fmt: skip
    case = people["44"]("find_case", who="huang-zhiqiang", number=filed["number"])
    people["44"]("accept", who="huang-zhiqiang", case=case)
    part = people["44"]("find_part", who="huang-zhiqiang", number=filed["number"])
    people["44"]("complete", who="huang-zhiqiang", part=part, note="同意转入，已发联系函。")
    people["63"]("find_part", who="qi-chunlan", number=filed["number"])


def same_place(people: People) -> None:
    people["14"]("file", who="han-xue", item=UNEMPLOYMENT, mode="online", anchor_region="140105",
                 intake_region="140105", answers=unemployment_answers())  # fmt: skip
    denied = people["44"]("file", who="han-xue", item=UNEMPLOYMENT, mode="online", anchor_region="440106",
                          intake_region="440106", answers=unemployment_answers())  # fmt: skip
    case = people["44"]("find_case", who="huang-zhiqiang", number=denied["number"])
    people["44"]("accept", who="huang-zhiqiang", case=case)
    people["44"]("deny", who="huang-zhiqiang", case=case,
                 reasons={"condition_not_met": "您在太原居住并已在当地申请失业登记，请在当地办理。"})  # fmt: skip


def withdrawn(people: People) -> None:
    filed = people["63"]("file", who="han-xue", item=UNEMPLOYMENT, mode="online", anchor_region="630102",
                         intake_region="630102", answers=unemployment_answers())  # fmt: skip
    people["63"]("find_case", who="qi-chunlan", number=filed["number"])
    people["63"]("withdraw", who="han-xue", filing_id=filed["id"])


def drafts(people: People) -> None:
    people["44"]("draft", who="li-mei", item=DRIVER, mode="online", anchor_region="630100", intake_region="440305")


STORIES: Final[dict[str, Callable[[People], None]]] = {
    "online, Guangdong → Qinghai, granted and delivered": online_granted,
    "online, Shanxi → Qinghai, corrected once": online_corrected,
    "online, Guangdong → Qinghai, waiting for a correction": online_correction_open,
    "at a window in Shenzhen for Xining, handed over": proxy_handed_over,
    "at a window in Shenzhen for Xining, waiting for review": proxy_waiting,
    "joint, Guangzhou with Xining, all three parts done": joint_done,
    "joint, Guangzhou with Xining, waiting in Xining": joint_under_way,
    "unemployment registration where one lives: one open, one denied": same_place,
    "withdrawn before a decision": withdrawn,
    "a draft": drafts,
    **demo_items.STORIES,
}
