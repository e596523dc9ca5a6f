"""Write the API's description to docs/openapi.json, or check that the committed one is in step."""

from __future__ import annotations

import argparse
import importlib

from tongban.config import CHECKOUT

FILE = CHECKOUT / "docs" / "openapi.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the file is out of step")
    parser.add_argument("--print", action="store_true", help="print it instead of writing it")


def run(args: argparse.Namespace) -> int:
    import os

    import django

    from tongban import config as configuration
    from tongban.ops.logs import configure

    configure("warning")
    configuration.use(configuration.read({}, home=configuration.default_home() / "dev"))  # the same everywhere
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings.base")
    django.setup()
    text: str = importlib.import_module("tongban.api.document").text()
    if args.print:
        print(text, end="")
        return 0
    if args.check:
        if FILE.exists() and FILE.read_text("utf-8") == text:
            return 0
        print(f"{FILE.relative_to(CHECKOUT)} is out of step with the code: run `tongban openapi` and commit it")
        return 1
    FILE.write_text(text, "utf-8")
    print(f"wrote {FILE.relative_to(CHECKOUT)}")
    return 0
