"""Bring Django up for a command, with the application's role or, for migrations, with the owner's."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tongban import config as configuration
from tongban.config import Config

NODE_FILE = "node.json"
"""In the home of a demo's node: the variables it runs with (mode 600), so that commands can speak to it."""


def node_option(parser: argparse.ArgumentParser) -> None:
    """The option ``--node`` of commands that an operator calls beside a running demo."""
    parser.add_argument("--node", help="a node of the demo in TONGBAN_HOME, e.g. 63 (default: as the variables say)")


def node_option_behind(steps: Iterable[argparse.ArgumentParser]) -> None:
    """The same behind the word of a step, without undoing what stood before it."""
    for step in steps:
        step.add_argument("--node", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def choose(node: str | None) -> None:
    """Make the demo's node ``node`` the one this process speaks for.

    None changes nothing, but in a demo's home it is refused: what is said there without a name would be about a node
    that nobody made.
    """
    home = Path(configuration.variable("TONGBAN_HOME") or configuration.default_home())
    if node is None:
        made = ", ".join(sorted(file.parent.name for file in (home / "nodes").glob(f"*/{NODE_FILE}")))
        if made and not configuration.variable("TONGBAN_NODE"):
            raise configuration.Misconfigured(
                f"{home} is the home of a demo: name one of its nodes, e.g. --node 63 (it has {made}); for a node of "
                f"your own set TONGBAN_HOME and TONGBAN_NODE"
            )
        return
    file = home / "nodes" / node / NODE_FILE
    if not file.exists():
        raise configuration.Misconfigured(f"there is no node {node} under {home}: start the demo first")
    configuration.use(configuration.read(json.loads(file.read_text())))


def setup(*, owner: bool = False, pool: bool = False) -> Config:
    """Resolve the database and load Django. ``owner``: connect with the role that owns the tables."""
    from tongban.ops.databases import resolve
    from tongban.ops.logs import configure

    cfg = resolve(configuration.config())
    if owner:
        cfg = replace(cfg, database_url=cfg.owner_database_url)
    if not pool:
        cfg = replace(cfg, pool_size=0)
    configuration.use(cfg)
    configure(cfg.log_level)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings.base")
    import django

    django.setup()
    return cfg
