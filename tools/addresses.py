"""No registry address may be committed: packages come from wherever the operator's own tools are told to look."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ("requirements/base.txt", "requirements/dev.txt", "requirements/node.txt", "package-lock.json")
ADDRESS: Final = re.compile(r"(?:https?|file|git\+\w+)://\S+")


def main() -> int:
    wrong = []
    for name in LOCKS:
        lines = enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        wrong += [
            f"{name}:{number}: {line.strip()[:120]}" for number, line in lines
            if ADDRESS.search(line) and '"url"' not in line  # authors' funding pages in npm's lock
        ]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    for name in tracked:
        if Path(name).name in ("uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock", "pip.conf"):
            wrong += [f"{name}: carries addresses"]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
