"""Run four nodes on this machine: the directory 00, Qinghai 63, Guangdong 44 and Shanxi 14. Ctrl-C stops them."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from tongban.config import CHECKOUT, default_home, variable
from tongban.identity.demo_people import demo_tokens
from tongban.ops import absent
from tongban.ops.federation import Federation


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port-base", type=int, default=int(variable("PORT_BASE") or 8000),
                        help="port of node 00; the others follow (variable PORT_BASE, default 8000)")  # fmt: skip
    parser.add_argument("--home", type=Path, default=Path(variable("TONGBAN_HOME") or default_home()),
                        help="folder that keeps everything (variable TONGBAN_HOME)")  # fmt: skip
    parser.add_argument("--no-cases", action="store_true", help="do not play the example cases")
    parser.add_argument("--until-ready", action="store_true", help="stop again as soon as all nodes have answered")


class _Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def _stop(number: int, frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # stopping takes seconds; a second Ctrl-C must not leave orphans
    raise _Stopped


def run(args: argparse.Namespace) -> int:
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {line}", flush=True)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    federation = Federation(
        args.home, port_base=args.port_base, server_url=variable("DATABASE_URL"),
        prefix=variable("TONGBAN_DATABASE_PREFIX") or "tongban", say=say,
    )  # fmt: skip
    try:
        federation.start()
        absent.bring_all_back(federation.nodes.values())
        if not args.no_cases:
            _play(federation, say)
        _welcome(federation)
        while not args.until_ready:
            time.sleep(0.5)
            absent.follow(federation.nodes.values(), say)
            federation.look_after()
    except _Stopped:
        print(flush=True)
        say("stopping")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        federation.stop()
    say(f"stopped; data stay in {federation.home}")
    return 0


def _play(federation: Federation, say: Callable[[str], object]) -> None:
    """Play the example cases; without them the demo still runs, and says so."""
    from tongban.ops import demo_cases

    try:
        demo_cases.play(federation, say)
    except demo_cases.Stuck as error:
        say(f"the example cases could not be played to their end: {error}")


def _welcome(federation: Federation) -> None:
    print()
    for node in federation.nodes.values():
        print(f"  {node.config.brand_name:　<18} {node.url}/")
    print("\n  Sign in at /sign-in of a node by choosing a person; there are no passwords in the demo:\n")
    for person in _people():
        where = "、".join(person["nodes"])
        print(f"  {person['name']:　<4} {person['group']:<11} {where:<9}  {person['label']} · {person['label_en']}")
    print("\n  API tokens of this home (Authorization: Bearer …), by node, person and scopes:\n")
    for name, node in federation.nodes.items():
        for holder, token in demo_tokens(node.config.home).items():
            print(f"  {name}  {holder:<42} {token}")
    print("\n  Ctrl-C stops everything and keeps the data; `make reset` clears it.\n", flush=True)


def _people() -> list[dict[str, Any]]:
    file = CHECKOUT / "data" / "demo" / "people.yaml"
    if not file.exists():
        return []
    import yaml

    return list(yaml.safe_load(file.read_text(encoding="utf-8"))["people"])
