"""The static files as a node serves them: hashed, compressed, small."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tongban.config import config
from tongban.ops.commands.init import collect_static

ON_EVERY_PAGE = ("vendor/base.css", "vendor/htmx.js", "ui/tokens.css", "ui/app.css", "ui/app.js", "ui/icon.svg")
VENDOR = Path(__file__).parents[2] / "src/tongban/ui/static/vendor"


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    if not VENDOR.exists():
        pytest.skip("front-end packages are not here: run `make frontend`")
    settings.STORAGES = settings.STORAGES  # so that the fixture puts it back
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static(replace(config(), static_root=settings.STATIC_ROOT))
    return Path(settings.STATIC_ROOT)


def test_the_first_load_of_a_page_is_small(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    sizes = {name: (collected / f"{names[name]}.gz").stat().st_size for name in ON_EVERY_PAGE}
    assert sum(sizes.values()) < 60_000, sizes  # the page itself adds less than 30 kB (test_portal_applying)


def test_names_carry_the_hash_of_the_content_and_the_compressed_copy_is_the_same(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for name in ON_EVERY_PAGE:
        assert names[name] != name
        plain = (collected / names[name]).read_bytes()
        assert gzip.decompress((collected / f"{names[name]}.gz").read_bytes()) == plain


def test_nothing_is_fetched_from_elsewhere(collected: Path) -> None:
    for path in collected.rglob("*.css"):
        assert "http" not in path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "").split("*/", 1)[-1]
