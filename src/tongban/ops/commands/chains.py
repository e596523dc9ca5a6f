"""Verify the chain of facts of every subject at this node. Ends with 1 if one does not hold."""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    setup()
    from tongban.journal import queries as journal
    from tongban.ops.auditing import subjects_with_facts

    subjects = subjects_with_facts()
    broken = [(kind, subject) for kind, subject, _ in subjects if not journal.verify_chain(kind, subject)]
    for kind, subject in broken:
        print(f"broken: {kind} {subject}")
    print(f"chains {len(subjects)} facts {sum(count for *_, count in subjects)} broken {len(broken)}")
    return 1 if broken else 0
