"""The guards take what we can read and turn the rest away with a sentence."""

from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from knowledge.parsing.guards import RejectedFile, identify
from knowledge.parsing.media import CSV, DOCX, HTML, MARKDOWN, PDF, TEXT, XLSX

LIMIT = 25_000_000


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("manual.pdf", PDF),
        ("manual.docx", DOCX),
        ("shop.xlsx", XLSX),
        ("faq.csv", CSV),
        ("guide.md", MARKDOWN),
        ("page.html", HTML),
        ("notes.txt", TEXT),
    ],
)
def test_what_we_can_read_is_identified(samples: Path, name: str, media_type: str) -> None:
    assert identify(samples / name, name.upper(), LIMIT) == media_type


@pytest.mark.parametrize(
    ("sample", "file_name", "words"),
    [
        ("manual.pdf", "tune.xyz", "We take PDF, Word"),
        ("manual.pdf", "photo.png", "is not what its name says"),
        ("manual.pdf", "letter.doc", "is not what its name says"),
        ("manual.pdf", "sums.xls", "is not what its name says"),
        ("manual.pdf", "manual.docx", "is not what its name says; its content looks like a PDF"),
        ("notes.txt", "manual.pdf", "is not what its name says"),
        ("shop.xlsx", "shop.docx", "is not what its name says"),
        ("manual.docx", "notes.txt", "is not what its name says"),
        ("notes.txt", "page.html", "is not what its name says"),
        ("notes.txt", "manuals.zip", "is empty or damaged"),
        ("bomb.docx", "bomb.docx", "unpacks to 30 MB in 2 parts, more than we take"),
    ],
)
def test_what_we_cannot_take_is_refused_with_a_reason(
    samples: Path, sample: str, file_name: str, words: str
) -> None:
    with pytest.raises(RejectedFile) as refusal:
        identify(samples / sample, file_name, LIMIT)

    assert words in str(refusal.value)
    assert f"“{file_name}”" in str(refusal.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()

    with pytest.raises(RejectedFile, match="is empty"):
        identify(tmp_path / "empty.pdf", "empty.pdf", LIMIT)


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    file = tmp_path / "big.txt"
    file.write_bytes(b"a" * 2_600_000)

    with pytest.raises(RejectedFile, match=r"has 2\.6 MB; we take up to 2\.5 MB"):
        identify(file, "big.txt", 2_500_000)


def test_a_locked_or_old_office_file_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "locked.docx"
    file.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600)

    with pytest.raises(RejectedFile, match="protected by a password"):
        identify(file, "locked.docx", LIMIT)


def test_a_damaged_archive_is_refused(tmp_path: Path, samples: Path) -> None:
    file = tmp_path / "cut.docx"
    file.write_bytes((samples / "manual.docx").read_bytes()[:5_000])

    with pytest.raises(RejectedFile, match="is damaged"):
        identify(file, "cut.docx", LIMIT)


def test_an_archive_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "many.docx"
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for number in range(2_001):
            archive.writestr(f"word/{number}.xml", "")

    with pytest.raises(RejectedFile, match="2,001 parts"):
        identify(file, "many.docx", LIMIT)


def test_a_name_with_direction_marks_is_shown_without_them(samples: Path) -> None:
    with pytest.raises(RejectedFile) as refusal:
        identify(samples / "notes.txt", "invoice\u202egnp.exe", LIMIT)

    assert "“invoicegnp.exe”" in str(refusal.value)
