"""``make check``: everything that is checked without running the product. Prints one line a check; fails if one fails.

``python tools/check.py`` runs all; names as arguments run some, e.g. ``python tools/check.py lint types``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = ROOT / ".venv" / "bin"

CHECKS: Final = {
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "contracts": ("lint-imports",),
    "migrations": ("tongban", "migrate", "--check"),
    "openapi": ("tongban", "openapi", "--check"),
    "licenses": ("python", "tools/licenses.py"),
    "addresses": ("python", "tools/addresses.py"),
}


def main() -> int:
    chosen = sys.argv[1:] or list(CHECKS)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TONGBAN_", "DATABASE_URL", "DJANGO_"))}
    failed = []
    for name in chosen:
        program, *words = CHECKS[name]
        began = time.monotonic()
        done = subprocess.run([BIN / program, *words], cwd=ROOT, env=env, capture_output=True, text=True)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<12} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print((done.stdout + done.stderr).rstrip()[-8000:], flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
