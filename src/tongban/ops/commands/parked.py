"""List what could not be done or delivered: jobs, messages to others, messages from others, each with its reason."""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    setup()
    from tongban.exchange import queries as exchange
    from tongban.journal import queries as journal

    lines = [
        f"job {job.id}  {job.kind}  {job.key}  tried {job.tries} times  {job.reason}"
        for job in journal.parked_jobs()
    ]
    for word, found in (("out", exchange.parked_outbound()), ("in", exchange.parked_inbound())):
        lines += [
            f"{word} {m.message_id}  {'to' if word == 'out' else 'from'} {m.peer}  {m.type}  {m.stream_subject} "
            f"no. {m.position}  {m.reason}  for the {m.owner}  "
            f"since {m.parked_at:%Y-%m-%d %H:%M}  {m.held_back} wait behind it"
            for m in found
        ]
    print("\n".join(lines) or "nothing is parked")
    if lines:
        print("\nTry one again with `tongban replay job ID`, `replay out ID` or `replay in ID --from NODE`.")
    return 0
