"""A short run of the coverage-guided fuzzer; ``python tests/fuzz/target_wire.py`` runs it as long as one likes."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TARGET = Path(__file__).parent / "target_wire.py"
SECONDS = int(os.environ.get("TONGBAN_FUZZ_SECONDS", "12"))
READERS = 13


def test_no_input_found_by_coverage_crashes_a_reader_or_holds_it_up(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip(f"atheris is not installed: {READERS} readers were not fuzzed by coverage (hypothesis still is)")
    ran = subprocess.run(
        [sys.executable, str(TARGET), f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=5", "-rss_limit_mb=2048",
         f"-artifact_prefix={tmp_path}/", "-print_final_stats=1", str(tmp_path)],
        capture_output=True, text=True, timeout=SECONDS + 60, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    executed = re.search(r"number_of_executed_units:\s*(\d+)", ran.stderr)
    assert executed is not None
    assert int(executed[1]) > 100, ran.stderr[-1000:]
