"""Bring Django up for a command, with the application's role or, for migrations, with the owner's."""

from __future__ import annotations

import os
from dataclasses import replace

from tongban import config as configuration
from tongban.config import Config


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
