"""Write the table of variables in ``docs/operator.md`` from ``tongban.config.Config``; ``--check`` only compares."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Final

from tongban.config import Config

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "operator.md"
BEGIN: Final = "<!-- variables: written by tools/config_table.py -->"
END: Final = "<!-- end of variables -->"


def table() -> str:
    """The Markdown table: variable, default, meaning."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for field in dataclasses.fields(Config):
        meta = field.metadata
        rows.append(f"| `{meta['env']}` | {_shown(meta['default'])} | {meta['doc']} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    if callable(default):
        return str(default.__doc__)
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{default}`" if default != "" else "empty"


def renewed(text: str) -> str:
    """The page with the present table."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    text = FILE.read_text("utf-8")
    if "--check" in sys.argv:
        return 0 if renewed(text) == text else 1
    FILE.write_text(renewed(text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
