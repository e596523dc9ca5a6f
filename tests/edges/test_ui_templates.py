"""Templates keep to the content security policy and to the components."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/tongban"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: "/".join(p.parts[-2:]))
def test_no_template_has_inline_code_or_style_or_a_foreign_source(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag
    for address in re.findall(r"(?:src|href|action)=[\"']([^\"'{]*)", text):
        assert not re.match(r"(https?:)?//", address), address


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: "/".join(p.parts[-2:]))
def test_every_posting_form_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.DOTALL):
        assert "csrf_token" in form


def test_only_the_tokens_name_colors() -> None:
    css = (SOURCE / "ui/static/ui/app.css").read_text("utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).split("@media print")[0]
    found = set(re.findall(r"#[0-9a-fA-F]{3,6}\b(?!\s*[,{.:>])", css))
    assert found <= {"#fff", "#000", "#1553b0"}  # marks and codes that must stay as they are on any ground
