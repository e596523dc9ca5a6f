"""The program's words: every command explains itself, and none speaks about a node that nobody meant."""

import argparse
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tongban.cli import COMMANDS, main
from tongban.config import Misconfigured
from tongban.ops import absent, boot
from tongban.ops.commands import keys, tokens
from tongban.ops.nodes import Trouble


def demo_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for node in ("44", "63"):
        (home / "nodes" / node).mkdir(parents=True)
        (home / "nodes" / node / boot.NODE_FILE).write_text(json.dumps({"TONGBAN_NODE": node}))
    monkeypatch.setenv("TONGBAN_HOME", str(home))
    monkeypatch.delenv("TONGBAN_NODE", raising=False)
    return home


def test_every_command_explains_itself_before_anything_is_loaded() -> None:
    words = [name for name in COMMANDS if name != "version"]
    script = (
        "import contextlib, io, sys\nfrom tongban.cli import main\n"
        f"for word in {words!r}:\n"
        "    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as out:\n"
        "        main([word, '--help'])\n"
        "    assert f'tongban {word}' in out.getvalue(), word\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"PATH": "", "HOME": "/nowhere"})


def test_in_a_demos_home_a_command_must_be_told_which_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_home(tmp_path, monkeypatch)
    with pytest.raises(Misconfigured, match=r"--node 63 \(it has 44, 63\)"):
        boot.choose(None)
    assert main(["parked"]) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["nodes"], "nothing was made for a node nobody meant"


def test_a_home_without_a_demo_needs_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    boot.choose(None)


@pytest.mark.parametrize("words", [["--node", "63", "revoke", "x"], ["revoke", "x", "--node", "63"]])
def test_the_node_may_be_named_before_or_behind_the_step(words: list[str]) -> None:
    for command in (keys, tokens):
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        assert parser.parse_args(words).node == "63"


def test_a_demo_that_is_not_running_is_not_told_to_stop_a_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_home(tmp_path, monkeypatch)
    with pytest.raises(Trouble, match="no demo is running"):
        absent.mark(tmp_path, "63", away=True)
    assert not absent.is_away(tmp_path, "63")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2026-11-22T09:00", "2026-11-22T01:00:00+00:00"), ("2026-11-22", "2026-11-21T16:00:00+00:00"),
     ("2026-11-22T09:00Z", "2026-11-22T09:00:00+00:00"), ("2026-11-22T09:00+01:00", "2026-11-22T08:00:00+00:00")],
)  # fmt: skip
def test_an_instant_without_an_offset_is_the_time_on_the_operators_wall(typed: str, meant: str) -> None:
    assert keys.instant(typed) == datetime.fromisoformat(meant)
    assert keys.written(keys.instant("2026-11-22T09:00Z")) == "2026-11-22 17:00+08:00"
