"""Try a parked job or message again, once its reason is gone. `tongban parked` lists them."""

from __future__ import annotations

import argparse
from uuid import UUID

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("job", "out", "in"), help="a job, a message to others, a message from others")
    parser.add_argument("id", help="as `tongban parked` prints it")
    parser.add_argument("--from", dest="sender", help="the sending node; needed for `in`")
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.exchange.actions import replaying
    from tongban.journal import actions as journal
    from tongban.journal import clock
    from tongban.kernel.people import Act, system
    from tongban.kernel.problems import Refusal

    act = Act(system(cfg.node_id), clock.now())
    try:
        if args.what == "job":
            done = bool(journal.replay_job(act, int(args.id)))
        elif args.what == "out":
            done = bool(replaying.replay_outbound(act, UUID(args.id)))
        else:
            if not args.sender:
                print("`replay in` needs --from NODE")
                return 2
            done = bool(replaying.replay_inbound(act, args.sender, UUID(args.id)))
    except (Refusal, ValueError):
        done = False
    print("it will be tried again now" if done else f"no parked {args.what} {args.id}")
    return 0 if done else 1
