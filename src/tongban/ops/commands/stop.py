"""Take one node of the running demo away, as if its province were down; `tongban start` brings it back."""

from __future__ import annotations

import argparse
from pathlib import Path

from tongban.config import default_home, variable
from tongban.ops import absent


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", help="00, 63, 44 or 14")
    parser.add_argument("--home", type=Path, default=Path(variable("TONGBAN_HOME") or default_home()),
                        help="folder of the demo (variable TONGBAN_HOME)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    absent.mark(args.home, args.node, away=True)
    print(f"node {args.node} will be stopped within seconds; `tongban start {args.node}` brings it back")
    return 0
