"""Drop the mirrors of other nodes' cases and parts and write them anew from kept messages. Stop the workers first."""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.cases.actions.mirror import rebuilding
    from tongban.journal import clock
    from tongban.journal import queries as journal
    from tongban.kernel.people import Act, system
    from tongban.ops.auditing import heard

    node = rebuilding.rebuild(Act(system(cfg.node_id), clock.now()), heard())
    done = journal.facts("node", node)[-1].body
    print(f"{done['cases']} cases and {done['parts']} parts of other nodes rebuilt from {done['messages']} messages")
    return 0
