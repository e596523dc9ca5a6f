"""The tour of the README, word for word: its command blocks run against four nodes and say what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests import world

from tongban.ops.federation import Federation

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of ``language`` on a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_both_pages_carry_the_same_commands_answers_and_addresses() -> None:
    for language in ("bash", "text"):
        assert blocks("README.zh-CN.md", language) == blocks("README.md", language) != []
    addresses = [
        set(re.findall(r"http://127\.0\.0\.1:\d+[^)>\s]*", (ROOT / page).read_text(encoding="utf-8")))
        for page in ("README.md", "README.zh-CN.md")
    ]
    assert addresses[0] == addresses[1]


@pytest.mark.federation
@pytest.mark.req("R-066", "R-067")
def test_the_tour_by_curl_ends_with_a_case_decided_in_the_other_province(four_nodes: Federation) -> None:
    if shutil.which("curl") is None:
        pytest.skip("the tour needs curl")
    script = "\n".join(["set -euo pipefail", *blocks("README.md", "bash")])
    for name, node in four_nodes.nodes.items():
        script = script.replace(f"http://127.0.0.1:{8000 + int(name)}", node.url)
    assert "127.0.0.1:80" not in script, "an address of the page that no node has"
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=180,
        env={**os.environ, "TONGBAN_HOME": str(four_nodes.home), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    promised = blocks("README.md", "text")[-1].splitlines()
    said = done.stdout.splitlines()
    assert said[-len(promised) :] == promised
    item, number = said[0], said[1]
    assert item == "QH2020-2-48"
    assert world.count(four_nodes["63"], "cases_case", "filing_number = %s", number) == 1
    assert world.count(four_nodes["44"], "cases_case", "filing_number = %s", number) == 0
