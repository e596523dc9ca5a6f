"""Licenses of the installed Python and front-end packages against the list of those we accept.

Permissive licenses are accepted for everybody; MPL-2.0 and LGPL only for the packages named here, each used unmodified
(decision 25). GPL and AGPL are refused, also for tools. ``--list`` prints every package with its license.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
ACCEPTED: Final = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC",
    "MIT", "MIT-0", "PSF-2.0", "Python-2.0", "PostgreSQL", "Unlicense", "Zlib", "BlueOak-1.0.0",
}  # fmt: skip
EXCEPTIONS: Final = {
    "psycopg": ("LGPL-3.0-only", "library used unmodified"),
    "psycopg-binary": ("LGPL-3.0-only", "library used unmodified"),
    "psycopg-pool": ("LGPL-3.0-only", "library used unmodified"),
    "certifi": ("MPL-2.0", "tests and tools only"),
    "hypothesis": ("MPL-2.0", "tests only"),
    "pathspec": ("MPL-2.0", "tools only"),
    "axe-core": ("MPL-2.0", "tests only"),
}
UNSTATED: Final = {"atheris": "Apache-2.0"}
"""Packages whose metadata say nothing: what the license file of their repository says."""
OURS: Final = ("tongban", "tongban-wire")
NAMES: Final = (
    (r"apache", "Apache-2.0"), (r"\bmit\b|expat", "MIT"), (r"mozilla|mpl", "MPL-2.0"),
    (r"affero|agpl", "AGPL"), (r"lesser|lgpl", "LGPL-3.0-only"), (r"gpl|gnu general public", "GPL"),
    (r"bsd[- ]2", "BSD-2-Clause"), (r"bsd", "BSD-3-Clause"), (r"\bisc\b", "ISC"),
    (r"python software foundation|psf", "PSF-2.0"), (r"zlib", "Zlib"), (r"unlicense", "Unlicense"),
)  # fmt: skip


def normal(text: str) -> str:
    """A license's name as SPDX, or the text itself."""
    text = text.strip()
    if text in ACCEPTED:
        return text
    for pattern, name in NAMES:
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return text[:60] or "unknown"


def alternatives(expression: str) -> list[set[str]]:
    """An SPDX expression as the sets of licenses of which one set suffices: ``A OR B AND C`` → [{A}, {B, C}]."""
    plain = expression.replace("(", " ").replace(")", " ")
    return [{normal(part) for part in re.split(r"\s+AND\s+", option)} for option in re.split(r"\s+OR\s+", plain)]


def stated(package: Distribution) -> str:
    """What the package's metadata says: the expression, else the classifiers, else the license field."""
    meta = package.metadata
    if meta.get("License-Expression"):
        return str(meta["License-Expression"])
    classified = [
        line.rpartition("::")[2] for line in meta.get_all("Classifier") or ()
        if line.startswith("License ::") and line.rpartition("::")[2].strip() != "OSI Approved"
    ]  # fmt: skip
    return " AND ".join(classified) or (meta.get("License") or "").splitlines()[0] if (
        classified or meta.get("License")) else "unknown"  # fmt: skip


def verdict(name: str, expression: str) -> str | None:
    """None if accepted, else the complaint."""
    for needed in alternatives(expression):
        if needed <= ACCEPTED:
            return None
        extra = needed - ACCEPTED
        if name in EXCEPTIONS and extra == {EXCEPTIONS[name][0]}:
            return None
    return f"{name}: {expression}"


def front_end() -> dict[str, str]:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    return {
        path.rpartition("node_modules/")[2]: str(entry.get("license", "unknown"))
        for path, entry in lock["packages"].items() if path
    }  # fmt: skip


def main() -> int:
    found = {re.sub(r"[-_.]+", "-", p.metadata["Name"]).lower(): stated(p) for p in distributions()}
    found |= {name: license for name, license in UNSTATED.items() if found.get(name) == "unknown"}
    everything = {**{n: e for n, e in found.items() if n not in OURS}, **front_end()}
    if "--list" in sys.argv:
        for name, expression in sorted(everything.items()):
            print(f"{name:<28} {expression}")
    wrong = [text for name, expression in sorted(everything.items()) if (text := verdict(name, expression))]
    print("\n".join(wrong) or f"{len(everything)} packages, all under accepted licenses")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
