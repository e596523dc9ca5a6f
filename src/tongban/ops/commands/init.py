"""Make this node's keys and database, bring the tables up to date and load the data. Running it again is safe."""

from __future__ import annotations

import argparse
import fcntl

from tongban.config import Config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--common", action="store_true", help="load only what is the same at every node")


def run(args: argparse.Namespace) -> int:
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
    collect_static(cfg)
    print("done")
    return 0


def collect_static(cfg: Config) -> None:
    """Copy the static files into their folder, hashed and compressed. Nodes that share the folder take turns.

    The settings choose the hashing storage only once its manifest is there, so it is chosen here by name.
    """
    from django.conf import settings
    from django.core.management import call_command

    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    cfg.static_root.mkdir(parents=True, exist_ok=True)
    with (cfg.static_root.parent / "static.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("collectstatic", interactive=False, verbosity=0)
