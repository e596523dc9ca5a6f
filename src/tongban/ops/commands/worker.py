"""Do this node's jobs: deliveries, reactions, deadlines. Any number of workers may run, on any number of machines."""

from __future__ import annotations

import argparse
import signal
import threading


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=int, default=2, help="jobs done at once (default 2)")
    parser.add_argument("--couriers", type=int, default=4, help="destinations served at once (default 4)")


def run(args: argparse.Namespace) -> int:
    from tongban.ops.boot import setup
    from tongban.ops.lifeline import follow_parent

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow_parent()
    setup(pool=True)
    from tongban.exchange import courier, installation
    from tongban.journal import worker

    installation.install(threads=args.couriers)
    worker.run(stop, threads=args.threads)
    courier.dismiss()
    return 0
