"""Bring a node of the running demo back that `tongban stop` took away."""

from __future__ import annotations

import argparse

from tongban.ops import absent
from tongban.ops.commands.stop import arguments

__all__ = ["arguments", "run"]


def run(args: argparse.Namespace) -> int:
    absent.mark(args.home, args.node, away=False)
    print(f"node {args.node} will be started within seconds")
    return 0
