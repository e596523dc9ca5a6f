"""Files are what they say they are, or are refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.kernel.problems import Refusal
from tongban.materials.rules.files import ACCEPTED, EXTENSIONS, Fault, MediaType, inspect, sniff
from tongban.materials.rules.names import LONGEST, sanitized

LIMIT = 1_000_000


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (7 * 2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 16, height: int = 16, extra: bytes = b"", scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") + extra + segment(0xC0, frame)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + scan + b"\xff\xd9"
    )  # fmt: skip


def pdf(body: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n"
        + body
        + b"\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )


def object_stream(content: bytes, header: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    packed = zlib.compress(content)
    return b"7 0 obj\n<<" + header + b" /Length %d>>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


GOOD = {MediaType.PDF: pdf(), MediaType.JPEG: jpeg(), MediaType.PNG: png()}


def fault_of(
    content: bytes, filename: str, declared: str = "", limit: int = LIMIT, accepted: tuple[str, ...] = ACCEPTED
) -> str:
    with pytest.raises(Refusal) as refused:
        inspect(content, filename=filename, declared=declared, max_bytes=limit, accepted=accepted)
    return refused.value.fields["file"]


@pytest.mark.parametrize("kind", list(MediaType))
def test_a_plain_file_is_taken_for_what_it_is(kind: MediaType) -> None:
    for extension in EXTENSIONS[kind]:
        for name in (f"从业资格证{extension}", f"SCAN{extension.upper()}"):
            assert inspect(GOOD[kind], filename=name, declared=str(kind), max_bytes=LIMIT) == kind
    assert inspect(GOOD[kind], filename=f"a{EXTENSIONS[kind][0]}", declared="", max_bytes=LIMIT) == kind


@given(
    st.sampled_from(list(MediaType)), st.sampled_from([".pdf", ".jpg", ".jpeg", ".png", ".exe", ".html", ".zip", ""])
)
def test_a_name_that_says_something_else_is_refused(kind: MediaType, extension: str) -> None:
    if extension in EXTENSIONS[kind]:
        assert inspect(GOOD[kind], filename="a" + extension, max_bytes=LIMIT) == kind
    else:
        assert fault_of(GOOD[kind], "a" + extension) == Fault.NAME_MISMATCH


@given(st.sampled_from(list(MediaType)), st.sampled_from([*ACCEPTED, "text/html", "application/zip", "image/svg+xml"]))
def test_a_declared_type_that_says_something_else_is_refused(kind: MediaType, declared: str) -> None:
    name = "a" + EXTENSIONS[kind][0]
    if declared == kind:
        assert inspect(GOOD[kind], filename=name, declared=declared, max_bytes=LIMIT) == kind
    else:
        assert fault_of(GOOD[kind], name, declared) == Fault.TYPE_MISMATCH


DISGUISES = (
    b"<!doctype html><script>alert(1)</script>", b"<html>", b"<?php system($_GET[0]);", b"#!/bin/sh\nrm -rf /",
    b"MZ\x90\0", b"\x7fELF\x02", b"GIF89a", b"<svg onload=alert(1)>", b"Rar!\x1a\x07\0", b"BM\0\0", b"RIFF\0\0\0\0WEBP",
    b"\0\0\0\x18ftypheic", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08\0",
)  # fmt: skip


@given(
    st.one_of(st.sampled_from(DISGUISES), st.just(a_zip()), st.binary(min_size=1, max_size=64)),
    st.binary(max_size=200),
    st.sampled_from(list(MediaType)),
)
def test_nothing_but_a_pdf_jpeg_or_png_gets_in_whatever_it_calls_itself(
    start: bytes, rest: bytes, kind: MediaType
) -> None:
    content = start + rest
    if sniff(content) is None:
        assert fault_of(content, "证件" + EXTENSIONS[kind][0], str(kind)) in (Fault.UNKNOWN_TYPE, Fault.EMPTY)


@given(st.sampled_from(list(MediaType)), st.binary(max_size=50))
def test_a_file_that_is_also_an_archive_is_refused(kind: MediaType, between: bytes) -> None:
    assert fault_of(GOOD[kind] + between + a_zip(), "a" + EXTENSIONS[kind][0]) == Fault.SECOND_NATURE


@given(st.sampled_from([MediaType.JPEG, MediaType.PNG]), st.sampled_from([*DISGUISES[:6], pdf(), b"javascript:x()"]))
def test_an_image_with_a_second_file_behind_it_is_refused(kind: MediaType, behind: bytes) -> None:
    assert fault_of(GOOD[kind] + behind, "a" + EXTENSIONS[kind][0]) == Fault.SECOND_NATURE


@pytest.mark.parametrize("markup", [b"<script>alert(1)</script>", b"<?php eval(1);", b"<HTML><body onload=x()>"])
def test_an_image_whose_description_is_a_page_is_refused(markup: bytes) -> None:
    assert fault_of(jpeg(extra=segment(0xFE, markup)), "a.jpg") == Fault.SECOND_NATURE
    assert fault_of(png(extra=chunk(b"tEXt", b"Comment\0" + markup)), "a.png") == Fault.SECOND_NATURE


def test_a_camera_may_leave_its_own_trailer() -> None:
    assert inspect(jpeg() + b"\0\0SEFH\x01\x02", filename="a.jpg", max_bytes=LIMIT) == MediaType.JPEG


@settings(deadline=None)
@given(st.sampled_from(list(MediaType)), st.data())
def test_a_file_cut_off_anywhere_is_refused(kind: MediaType, data: st.DataObject) -> None:
    content = GOOD[kind].rstrip(b"\n")
    cut = data.draw(st.integers(min_value=1, max_value=len(content) - 1))
    assert fault_of(content[:cut], "a" + EXTENSIONS[kind][0]) in (Fault.DAMAGED, Fault.UNKNOWN_TYPE)


@given(st.binary(max_size=3000))
def test_no_bytes_make_the_inspection_fail_otherwise_than_by_refusal(noise: bytes) -> None:
    for start, name in (
        (b"%PDF-1.4\n", "a.pdf"),
        (b"\xff\xd8\xff", "a.jpg"),
        (b"\x89PNG\r\n\x1a\n", "a.png"),
        (b"", "a.pdf"),
    ):
        try:
            inspect(start + noise, filename=name, max_bytes=LIMIT)
        except Refusal:
            continue


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b" \r\n\t"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert fault_of(content, "a.pdf") == Fault.EMPTY


def test_a_file_one_byte_over_the_limit_is_too_large_and_one_at_the_limit_is_not() -> None:
    size = len(pdf())
    assert inspect(pdf(), filename="a.pdf", max_bytes=size) == MediaType.PDF
    with pytest.raises(Refusal) as refused:
        inspect(pdf(), filename="a.pdf", max_bytes=size - 1)
    assert refused.value.code == "request.too_large"
    assert refused.value.params == {"limit": size - 1}


def test_a_requirement_that_takes_images_only_refuses_a_pdf() -> None:
    assert fault_of(pdf(), "a.pdf", accepted=("image/jpeg", "image/png")) == Fault.UNKNOWN_TYPE


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (65_000, 10), (20_000, 20_000)])
def test_an_image_without_size_or_one_that_bursts_is_refused(width: int, height: int) -> None:
    assert fault_of(png(width, height), "a.png") == Fault.BAD_DIMENSIONS
    assert fault_of(jpeg(width, height), "a.jpg") == Fault.BAD_DIMENSIONS


def test_a_png_with_a_changed_byte_is_damaged() -> None:
    content = bytearray(png())
    content[20] ^= 1
    assert fault_of(bytes(content), "a.png") == Fault.DAMAGED


ACTIVE = (
    b"/S /JavaScript /JS (app.alert(1))", b"/S/Launch /F (cmd.exe)", b"/Names <</EmbeddedFiles 5 0 R>>",
    b"/Type /EmbeddedFile", b"/S /SubmitForm", b"/XFA 9 0 R", b"/Subtype /RichMedia", b"/S /GoToE", b"/JS 12 0 R",
    b"/S /#4aava#53cript", b"/#4C#61unch", b"/URI (javascript:alert(1))",
)  # fmt: skip


@pytest.mark.parametrize("active", ACTIVE)
def test_a_pdf_that_could_start_something_is_refused(active: bytes) -> None:
    found = fault_of(pdf(b"3 0 obj\n<<" + active + b">>\nendobj"), "a.pdf")
    assert found in (Fault.ACTIVE_CONTENT, Fault.SECOND_NATURE)


@pytest.mark.parametrize(
    "header",
    [
        b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode",
        b"/N 1 /First 4 /Filter /FlateDecode",
        b"/Type /Obj#53tm /N 1 /First 4 /Filter [/FlateDecode]",
    ],
)
def test_active_content_packed_into_an_object_stream_is_found(header: bytes) -> None:
    hidden = object_stream(b"3 0 <</S /JavaScript /JS (x)>>", header)
    assert b"JavaScript" not in hidden
    assert fault_of(pdf(hidden), "a.pdf") == Fault.ACTIVE_CONTENT
    harmless = object_stream(b"3 0 <</Type /Font>>", header)
    assert inspect(pdf(harmless), filename="a.pdf", max_bytes=LIMIT) == MediaType.PDF


def test_an_object_stream_that_nobody_can_look_into_is_refused() -> None:
    odd = object_stream(b"3 0 <<>>", b"/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode")
    assert fault_of(pdf(odd), "a.pdf") == Fault.ACTIVE_CONTENT
    bomb = object_stream(b"\0" * 41_000_000)
    assert fault_of(pdf(bomb), "a.pdf") == Fault.ACTIVE_CONTENT


@pytest.mark.parametrize(
    "written",
    [
        (b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", b">> % a comment\nstream\n"),
        (b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode" + b" " * 5_000, b">>\nstream\n"),
        (b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /X (endobj 9 0 obj <<)", b">>\nstream\n"),
        (b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", b">>stream \r"),
        (b"<</Type /ObjStm /N 1 /First 4 /Filter 9 0 R /X /DCTDecode", b">>\nstream\n"),
        (b"<</Type /ObjStm /N 1 /First 4 /Filter /DCTDecode /Filter /FlateDecode", b">>\nstream\n"),
    ],
    ids=["comment", "blanks", "false-end", "lone-return", "filter-elsewhere", "two-filters"],
)
def test_no_way_of_writing_hides_an_object_stream(written: tuple[bytes, bytes]) -> None:
    packed = zlib.compress(b"3 0 <</S /JavaScript /JS (x)>>")
    hidden = b"7 0 obj\n" + written[0] + written[1] + packed + b"\nendstream\nendobj\n"
    assert fault_of(pdf(hidden), "a.pdf") == Fault.ACTIVE_CONTENT


def test_a_second_filter_behind_the_first_hides_nothing() -> None:
    twice = b"3 0 <</S /JavaScript /JS (x)>>".hex().encode() + b">"
    hidden = object_stream(twice, b"/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /ASCIIHexDecode]")
    assert fault_of(pdf(hidden), "a.pdf") == Fault.ACTIVE_CONTENT


def test_a_picture_behind_an_outline_is_no_object_stream() -> None:
    body = b"3 0 obj <</Type /Outlines /First 4 0 R>> endobj\n" + object_stream(
        b"", b"/Subtype /Image /Filter /DCTDecode"
    )
    assert inspect(pdf(body), filename="a.pdf", max_bytes=LIMIT) == MediaType.PDF


def test_every_object_stream_is_read_once_and_the_rest_of_the_file_is_not_copied_for_it() -> None:
    body = object_stream(b"3 0 <</Type /Font>>") + b"\n" * 8_000_000
    content = pdf(body)
    tracemalloc.start()
    try:
        inspect(content, filename="a.pdf", max_bytes=10 * LIMIT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_pdf_made_of_object_streams_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        inspect(pdf(object_stream(b"") * 21_000), filename="a.pdf", max_bytes=10 * LIMIT)
    assert refused.value.fields == {"file": "active_content"}


def test_an_encrypted_pdf_is_refused() -> None:
    assert fault_of(pdf(b"3 0 obj <<>> endobj\n/Encrypt 4 0 R"), "a.pdf") == Fault.ENCRYPTED


def test_an_open_action_that_only_turns_to_a_page_is_harmless() -> None:
    assert inspect(pdf(b"/OpenAction [3 0 R /FitH 0]"), filename="a.pdf", max_bytes=LIMIT) == MediaType.PDF


@given(st.text(max_size=300), st.sampled_from([".pdf", ".jpg", ".png"]))
def test_a_shown_name_is_no_path_and_deceives_nobody(filename: str, extension: str) -> None:
    shown = sanitized(filename, extension)
    assert shown.endswith(extension)
    assert len(shown) <= LONGEST + 1
    assert len(shown) > len(extension)
    assert not set(shown) & set('/\\:*?"<>|\r\n\t\0\u202e\u200f')
    assert not shown.startswith(".")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"), ("C:\\扫描\\身份证.PDF", "身份证.pdf"), ("..", "材料.pdf"),
        ("", "材料.pdf"),
        ("简历\u202efdp.exe", "简历fdp.exe.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
    ],
)  # fmt: skip
def test_known_tricks_with_names(given_name: str, shown: str) -> None:
    assert sanitized(given_name, ".pdf") == shown
