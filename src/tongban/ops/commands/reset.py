"""Stop and remove the demo's data: databases, keys, attachments and logs under the home. Nothing else is touched."""

from __future__ import annotations

import argparse
import fcntl
import shutil
from pathlib import Path

from tongban.config import default_home, variable

OURS = ("nodes", "logs", "static", "roles", "dev", "test-postgres", "test-shared", "cases-played", "federation.lock")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, default=Path(variable("TONGBAN_HOME") or default_home()),
                        help="folder to clear (variable TONGBAN_HOME)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    from tongban.ops.databases import Server
    from tongban.ops.federation import Trouble
    from tongban.ops.postgres import Cluster

    home: Path = args.home
    if not home.exists():
        print(f"nothing to clear: {home} does not exist")
        return 0
    with (home / "federation.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("the demo is running: stop it first (Ctrl-C where it runs)") from None
        if url := variable("DATABASE_URL"):
            server = Server(url, home / "roles", variable("TONGBAN_DATABASE_PREFIX") or "tongban")
            for database in server.databases():
                server.drop(database)
        for place in (home / "postgres", home / "test-postgres", home / "dev" / "postgres",
                      *(home / "nodes").glob("*/postgres")):  # fmt: skip
            Cluster(place).destroy()
        for name in OURS:
            target = home / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
    print(f"cleared {home}")
    return 0
