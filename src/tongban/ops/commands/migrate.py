"""Bring the tables up to date with the owner's role, then give the application's role its grants."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only tell whether migrations and models are in step")


def run(args: argparse.Namespace) -> int:
    from django.core.management import call_command

    from tongban.ops.boot import setup

    if args.check:
        setup()
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        return 0
    migrate(setup(owner=True).database_url)
    return 0


def migrate(owner_url: str, app_role: str | None = None) -> None:
    """Migrate the database Django is set up for, and grant. ``app_role`` None: as ``DATABASE_URL`` says."""
    from urllib.parse import unquote, urlsplit

    from django.apps import apps
    from django.core.management import call_command

    from tongban import config as configuration
    from tongban.ops.databases import grant, resolve

    call_command("migrate", verbosity=0, interactive=False)
    if app_role is None:
        given = resolve(configuration.read(configuration.inherited_environment()))
        app_role = unquote(urlsplit(given.database_url).username or "")
    append_only = [table for app in apps.get_app_configs() for table in getattr(app, "append_only", ())]
    grant(owner_url, app_role, append_only)
