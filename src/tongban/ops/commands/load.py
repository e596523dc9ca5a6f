"""Load the data that comes with the program: regions, calendar, catalog, organizations. Twice changes nothing."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--common", action="store_true", help="only what is the same at every node")
    parser.add_argument("--node", action="store_true", help="only what is this node's own")


def run(args: argparse.Namespace) -> int:
    from tongban.ops.boot import setup

    cfg = setup(owner=True)
    from tongban.ops import loading

    both = args.common == args.node
    if both or args.common:
        loading.load_common(print)
    if both or args.node:
        loading.load_node(cfg.node_id, print)
    return 0
