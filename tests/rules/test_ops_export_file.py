"""The file of an export holds what people said: nobody else reads it, and it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.ops.commands.export import write


def test_a_file_that_others_could_read_is_replaced_and_a_link_is_not_followed(tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "case.jsonl", tmp_path / "elsewhere"
    place.write_bytes(b"old")
    place.chmod(0o644)
    write(place, [b"one\n", b"two\n"])
    assert (place.read_bytes(), place.stat().st_mode & 0o777) == (b"one\ntwo\n", 0o600)
    elsewhere.write_bytes(b"another's")
    place.unlink()
    place.symlink_to(elsewhere)
    write(place, [b"three\n"])
    assert (place.read_bytes(), elsewhere.read_bytes()) == (b"three\n", b"another's")


def test_what_breaks_off_leaves_the_former_file_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "case.jsonl"
    write(place, [b"whole\n"])

    def breaks_off():
        yield b"half\n"
        raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        write(place, breaks_off())
    assert (list(tmp_path.iterdir()), place.read_bytes()) == ([place], b"whole\n")
