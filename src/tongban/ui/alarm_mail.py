"""An alarm as a mail to its owner: Chinese first, then English; codes and times alone, nothing about anybody's case."""

from __future__ import annotations

from django.utils import translation

from tongban.config import config
from tongban.exchange.queries import AlarmView
from tongban.kernel.time import SHANGHAI

from .words import WORDS


def worded(alarm: AlarmView) -> tuple[str, str]:
    """Subject and text."""
    cfg = config()
    with translation.override("zh-hans"):
        subject = f"[{cfg.node_id}] {_word('alarm', alarm.kind)}{_about(alarm)}"
        chinese = [_word("alarm", alarm.kind) + _about(alarm), _word("alarm_next", alarm.kind)]
    with translation.override("en"):
        english = [_word("alarm", alarm.kind) + _about(alarm), _word("alarm_next", alarm.kind)]
    since = f"{alarm.raised_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    details = [f"{name}: {value}" for name, value in sorted(alarm.params.items())]
    page = f"{cfg.base_url}/ops/exchange"
    return subject, "\n".join([*chinese, since, "", *english, since, "", *details, "", page, ""])


def _about(alarm: AlarmView) -> str:
    if alarm.key in ("all", "own"):
        return ""
    return " · " + (_word("dependency", alarm.key) if alarm.kind == "dependency_missing" else alarm.key)


def _word(table: str, code: str) -> str:
    return str(WORDS[table].get(code, code))
