"""What operators read is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tongban import cli
from tongban.config import CHECKOUT, Config, Misconfigured, read
from tongban.ops.demo_nodes import demo_root


def test_the_table_of_variables_is_in_step_with_the_configuration() -> None:
    done = subprocess.run([sys.executable, "tools/config_table.py", "--check"], cwd=CHECKOUT)
    assert done.returncode == 0, "run tools/config_table.py and commit docs/operator.md"


def test_the_environment_is_read_in_one_place_only() -> None:
    sources = [*(CHECKOUT / "src").rglob("*.py"), *(CHECKOUT / "wire" / "src").rglob("*.py")]
    readers = {
        str(path.relative_to(CHECKOUT)) for path in sources
        if re.search(r"\bos\.(environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|getenv)", path.read_text("utf-8"))
    }  # fmt: skip
    assert readers - {"src/tongban/ops/postgres/cluster.py"} == {"src/tongban/config.py"}  # which only hands it on


def test_every_command_has_a_module_and_help_comes_at_once() -> None:
    modules = {path.stem for path in (CHECKOUT / "src/tongban/ops/commands").glob("[a-z]*.py")}
    assert modules == {name.replace("-", "_") for name in cli.COMMANDS}
    program = "import sys; from tongban import cli; cli.main(['--help']); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert all(name in done.stdout for name in cli.COMMANDS)
    assert done.stdout.endswith("False\n"), "help waits for nothing heavy"


def test_a_variable_that_cannot_be_meant_is_named() -> None:
    with pytest.raises(Misconfigured, match="TONGBAN_PORT"):
        read({"TONGBAN_PORT": "eighty"})


def test_a_child_reads_the_very_configuration_its_parent_wrote(tmp_path: Path) -> None:
    cfg = read({}, home=tmp_path, demo=True, allowed_hosts=("a", "b"), database_url="postgresql://x@y/z")
    assert read(cfg.environment()) == cfg


def test_the_demo_root_is_the_one_that_the_configuration_knows(tmp_path: Path) -> None:
    cfg: Config = read({}, home=tmp_path, root_fingerprint=demo_root().public.fingerprint)
    assert cfg.under_demo_root
    assert not read({}, home=tmp_path, root_fingerprint="sha-256:" + "0" * 64).under_demo_root


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    assert subprocess.run([sys.executable, "tools/addresses.py"], cwd=CHECKOUT).returncode == 0
    for name in ("base", "dev"):
        text = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
        packages = re.split(r"\n(?=\S)", text.strip())
        assert [p.split()[0] for p in packages if "--hash=sha256:" not in p] == []


def test_licenses_are_told_apart() -> None:
    sys.path.insert(0, str(CHECKOUT / "tools"))
    try:
        import licenses  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(CHECKOUT / "tools"))
    assert licenses.verdict("x", "MIT OR GPL-3.0-only") is None
    assert licenses.verdict("psycopg", "LGPL-3.0-only") is None
    for refused in ("GPL-3.0-only", "AGPL-3.0-or-later", "LGPL-3.0-only", "unknown", "MIT AND GPL-2.0", "Commercial"):
        assert licenses.verdict("other", refused) is not None
