"""Kinds of attachments: what is taken, and the sentence for what is not."""

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.attachments.kinds import MOST_NAME, Unwelcome, clean_name, media_type_of
from tests.guards.sources import PROJECT

SAMPLES = PROJECT / "tests" / "samples"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 40
GIF = b"GIF89a\x01\x00\x01\x00" + b"\x00" * 40


def package(*names: str, content: bytes = b"<x/>") -> bytes:
    """Return an Office package with some members."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, content)
    return buffer.getvalue()


def kind(folder: Path, name: str, content: bytes) -> str:
    """Return the media type of a file with this name and content."""
    path = folder / "sent"
    path.write_bytes(content)
    return media_type_of(path, name)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("photo.png", PNG, "image/png"),
        ("PHOTO.JPG", JPEG, "image/jpeg"),
        ("photo.webp", WEBP, "image/webp"),
        ("photo.gif", GIF, "image/gif"),
        ("bill.pdf", (SAMPLES / "manual.pdf").read_bytes(), "application/pdf"),
        ("notes.txt", "Grüße\nCleo".encode(), "text/plain"),
        ("old.txt", "Grüße".encode("cp1252"), "text/plain"),
        ("wide.txt", "Grüße".encode("utf-16"), "text/plain"),
        ("app.log", b"12:00 GET <b>/</b>\n\x1b[31mred\x1b[0m\n" * 9, "text/plain"),
        ("list.csv", b"a;b\n1;2\n", "text/csv"),
        ("letter.docx", (SAMPLES / "manual.docx").read_bytes(), "wordprocessingml.document"),
        ("sums.xlsx", (SAMPLES / "shop.xlsx").read_bytes(), "spreadsheetml.sheet"),
    ],
)
def test_what_people_send_is_taken(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    assert kind(tmp_path, name, content).endswith(expected)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<b>Hello</b>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("program.exe", b"MZ\x90\x00"),
        ("no-ending", PNG),
        ("photo.png.html", PNG),
        # The name says one thing, the content another.
        ("photo.png", b"<svg onload=alert(1)>"),
        ("photo.png", JPEG),
        ("photo.gif", b"GIF90a" + GIF),
        ("photo.webp", b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40),
        ("notes.txt", b"  \n<!DOCTYPE html><script>alert(1)</script>"),
        ("notes.txt", b"\xef\xbb\xbf<svg onload=alert(1)>"),
        ("notes.txt", "<html>".encode("utf-16")),
        ("list.csv", PNG),
        ("app.log", bytes(range(256)) * 4),
        # Two files in one: the second begins where a reader of the first does not look.
        ("bill.pdf", b"<script>alert(1)</script>%PDF-1.7\n%%EOF"),
        ("bill.pdf", b"MZ\x90\x00%PDF-1.7"),
        ("letter.docx", PNG + package("word/document.xml")),
        # Packages that are none, carry programs, or grow.
        ("letter.docx", b"PK\x03\x04 and nothing"),
        ("letter.docx", package("xl/workbook.xml")),
        ("sums.xlsx", package("word/document.xml")),
        ("letter.docx", package("word/document.xml", "word/vbaProject.bin")),
        ("letter.docx", package("word/document.xml", content=b"\x00" * 30_000_000)),
        ("letter.docx", package(*[f"word/{n}" for n in range(2_001)])),
        ("empty.txt", b""),
    ],
)
def test_what_is_not_what_it_says_or_might_run_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(Unwelcome, match=name.replace(".", r"\.")) as refusal:
        kind(tmp_path, name, content)

    assert refusal.value.code in ("bad_type", "empty_file")


def test_a_large_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    with path.open("wb") as file:
        file.truncate(10_000_001)

    with pytest.raises(Unwelcome, match="at most 10 MB"):
        media_type_of(path, "photo.png")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\cleo\\photo.png", "photo.png"),
        ("/", "file"),
        ("..", "file"),
        (".htaccess.txt", "htaccess.txt"),
        ('a"; filename=x\r\n.png', "a__ filename=x__.png".replace("__ ", "_; ")),
        ("photo\u202egnp.exe", "photo_gnp.exe"),
        ("nul\x00l.txt", "null.txt"),
        ("x" * 400 + ".png", "x" * (MOST_NAME - 4) + ".png"),
    ],
)
def test_a_name_leads_nowhere_and_says_what_it_said(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_can_be_stored_and_shown(sent: str) -> None:
    name = clean_name(sent)

    assert 0 < len(name) <= MOST_NAME
    assert name.isprintable()
    assert "/" not in name
    assert clean_name(name) == name
