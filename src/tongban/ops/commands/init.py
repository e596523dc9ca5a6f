"""Make this node's keys and database, bring the tables up to date and load the data. Running it again is safe."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--common", action="store_true", help="load only what is the same at every node")


def run(args: argparse.Namespace) -> int:
    from django.core.management import call_command

    from tongban.config import config
    from tongban.ops.boot import setup
    from tongban.ops.commands.migrate import migrate
    from tongban.ops.demo_nodes import make_keys

    make_keys(config())
    cfg = setup(owner=True)
    migrate(cfg.database_url)
    print("tables are up to date")
    from tongban.ops import loading

    loading.load_common(print)
    if not args.common:
        loading.load_node(cfg.node_id, print)
    call_command("collectstatic", interactive=False, verbosity=0)
    print("done")
    return 0
