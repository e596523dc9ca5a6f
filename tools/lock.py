"""Write ``requirements/*.txt``: every package with its version and hashes, and no registry addresses.

``make lock`` calls it; it needs ``uv`` (``.venv/bin/pip install uv``). ``base`` is what a node runs with, ``dev`` adds
what tests and checks need, ``node`` is Node.js as a wheel for machines without npm, ``ai`` is ``base`` and what search
needs to compare meanings.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "requirements"
COMMON: Final = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
    "--no-header", "--no-annotate", "--no-emit-package", "tongban-wire", "--quiet",
)  # fmt: skip
FILES: Final = {
    "base": ("pyproject.toml", "--group", "build"),
    "dev": ("pyproject.toml", "--group", "build", "--group", "dev", "-c", "requirements/base.txt"),
    "node": ("--group", "node"),
    "ai": ("pyproject.toml", "--extra", "ai", "-c", "requirements/base.txt"),
}


def main() -> None:
    uv = Path(sys.executable).with_name("uv")
    command = str(uv) if uv.exists() else shutil.which("uv")
    if not command:
        sys.exit("uv was not found: .venv/bin/pip install uv")
    OUT.mkdir(exist_ok=True)
    upgrade = sys.argv[1:]
    for name, words in FILES.items():
        target = OUT / f"{name}.txt"
        subprocess.run([command, "pip", "compile", *words, *COMMON, *upgrade, "-o", str(target)], cwd=ROOT, check=True)
        text = target.read_text()
        if "://" in text:
            sys.exit(f"{target} holds an address")
        print(f"{target.relative_to(ROOT)}: {text.count('==')} packages")


if __name__ == "__main__":
    main()
