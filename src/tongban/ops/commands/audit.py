"""Hold what can be derived against what it derives from; ends with 1 if anything differs. Changes nothing.

Chains of facts are verified, the statuses of filings, cases and parts recomputed from their facts, and the mirrors of
other nodes' cases built anew from the received messages. Stop the workers first, or look twice.
"""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    setup()
    from tongban.ops import auditing

    found = auditing.audit()
    for line in found.wrong:
        print(line)
    print(
        f"chains {found.chains}, rows recomputed from facts {found.rows}, mirrors rebuilt {found.mirrors}:"
        f" {len(found.wrong)} differ"
    )
    return 1 if found.wrong else 0
