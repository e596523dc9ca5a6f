"""Break things on purpose: real processes and databases, one cluster a node; then see that nothing is lost or doubled.

The seed fixes the plan of faults and cases; what they meet depends on the machine. Ends with 1 unless all is sound.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import tempfile
import time
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, choices=(2, 3), default=3, help="provinces (default 3)")
    parser.add_argument("--cases", type=int, default=300, help="filings to be acknowledged (default 300)")
    parser.add_argument("--faults", type=int, default=200, help="faults (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the plan (default 1)")
    parser.add_argument("--pace", type=float, default=1.0, help="stretches the times of the plan (default 1.0)")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases, also when all is sound")


def run(args: argparse.Namespace) -> int:
    from tongban.ops.chaos.ground import PROVINCES
    from tongban.ops.chaos.running import make

    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {line}", flush=True)

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    home = Path(tempfile.mkdtemp(prefix="tongban-chaos-"))
    say(f"chaos with seed {args.seed}: {args.nodes} nodes, {args.cases} cases, {args.faults} faults, in {home}")
    made = make(home, nodes=PROVINCES[: args.nodes], cases=args.cases, faults=args.faults, seed=args.seed,
                pace=args.pace, say=say)  # fmt: skip
    sound = False
    try:
        sound = made.run().sound
    finally:
        if sound and not args.keep:
            made.ground.destroy()
            shutil.rmtree(home, ignore_errors=True)
        else:
            made.ground.stop()
            say(f"logs and databases are kept in {home}")
    return 0 if sound else 1
