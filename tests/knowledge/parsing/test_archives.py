"""Archives give their files one by one, and hostile ones a sentence."""

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from knowledge.parsing.archives import ArchiveLimits, members
from knowledge.parsing.guards import RejectedFile

LIMITS = ArchiveLimits(members=3, unpacked_bytes=50_000, ratio=100, ratio_free_bytes=1_000)


def refused(path: Path) -> str:
    """Return the sentence with which an archive is refused."""
    with pytest.raises(RejectedFile) as refusal:
        list(members(path, LIMITS))
    return str(refusal.value)


def packed(path: Path, *entries: tuple[str | ZipInfo, bytes]) -> Path:
    """Write an archive."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_the_files_of_an_archive_come_one_by_one_without_their_folders(tmp_path: Path) -> None:
    archive = packed(
        tmp_path / "a.zip", ("docs/faq.txt", b"Yes."), ("__MACOSX/._faq.txt", b"x"), ("b.md", b"# B")
    )

    found = [
        (member.file_name, member.inner_path, member.path.read_bytes()) for member in members(archive, LIMITS)
    ]

    assert found == [("faq.txt", "docs/faq.txt", b"Yes."), ("b.md", "b.md", b"# B")]


@pytest.mark.parametrize("name", ["../up.txt", "/etc/passwd", "a/../../b.txt", "C:\\x.txt", "..\\up.txt"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "outside its folder" in refused(packed(tmp_path / "a.zip", (name, b"x")))


def test_links_are_refused(tmp_path: Path) -> None:
    link = ZipInfo("passwords")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert "link" in refused(packed(tmp_path / "a.zip", (link, b"/etc/passwd")))


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([(f"{number}.txt", b"x") for number in range(4)], "holds 4 files"),
        ([("big.txt", bytes(range(256)) * 300)], "more than 0 MB"),
        ([("zeros.txt", bytes(40_000)), ("noise.txt", b"x")], "100 times its size"),
        ([("inner.zip", b"PK")], "archive within this archive"),
        ([], "is empty"),
    ],
)
def test_archives_beyond_the_limits_are_refused(
    tmp_path: Path, entries: list[tuple[str | ZipInfo, bytes]], words: str
) -> None:
    assert words in refused(packed(tmp_path / "a.zip", *entries))


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", ("a.txt", b"secret"))
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)

    assert "password" in refused(archive)


def test_files_that_share_bytes_are_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", ("a.txt", b"same"), ("b.txt", b"same"))
    data = bytearray(archive.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    archive.write_bytes(data)

    assert "overlap" in refused(archive)


def test_a_file_that_lies_about_its_size_is_refused_or_damaged(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", ("a.txt", bytes(range(256)) * 20))
    data = bytearray(archive.read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    archive.write_bytes(data)

    assert "damaged" in refused(archive)


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and nothing")

    assert "damaged" in refused(tmp_path / "a.zip")
