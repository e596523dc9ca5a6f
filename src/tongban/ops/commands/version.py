"""Print the version of this program."""

from __future__ import annotations

import argparse
from importlib.metadata import version


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    print(f"tongban {version('tongban')} (wire {version('tongban-wire')})")
    return 0
