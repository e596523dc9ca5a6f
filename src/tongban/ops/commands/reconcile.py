"""Compare accounts with another node: every stream it sends us; fetch what is missing, say what contradicts."""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("peer", help="the other node, e.g. 63; `all` for every province on the trust list")
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.directory import queries as directory
    from tongban.exchange import reconciling
    from tongban.exchange.ports import CarrierError

    if directory.held() is None:
        print("this node has no trust list: enrol it")
        return 1
    others = [n.node for n in directory.nodes() if n.role == "province" and n.node != cfg.node_id]
    wanted = others if args.peer == "all" else [args.peer]
    clean = True
    for peer in wanted:
        try:
            found = reconciling.reconcile(peer)
        except CarrierError as error:
            print(f"{peer}: not compared: {error}")
            clean = False
            continue
        clean = clean and found.clean
        print(f"{peer}: {found.streams} streams, {found.same} the same, {found.fetched} messages fetched, "
              f"{found.still_missing} still missing")  # fmt: skip
        for subject in found.contradictions:
            print(f"{peer}: CONTRADICTION in {subject}: other messages at the same positions")
        for subject in found.forgotten:
            print(f"{peer}: FORGOTTEN in {subject}: we hold receipted messages that the sender does not know")
    return 0 if clean else 1
