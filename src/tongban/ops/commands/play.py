"""Do what demo people do, through the actions that the pages use. Reads one JSON command a line, answers one a line.

For ``tongban demo`` and for tests; works only where demo people may sign in.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(args: argparse.Namespace) -> int:
    from tongban.ops.boot import setup

    cfg = setup()
    if not cfg.demo:
        print("tongban play: only a demo node has people to play", file=sys.stderr)
        return 1
    from tongban.kernel.problems import Refusal
    from tongban.ops import player

    _say({"ready": cfg.node_id})
    for line in sys.stdin:
        command = json.loads(line)
        verb = command.pop("do")
        try:
            _say({"done": player.VERBS[verb](**command)})
        except Refusal as refusal:
            _say({"refused": refusal.code, "params": refusal.params, "fields": refusal.fields})
    return 0


def _say(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)
