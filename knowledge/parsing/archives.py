"""Archives: from a ZIP of documents to its members, unpacked one by one into files of their own.

Whoever takes uploads calls ``members`` and treats each file as if it had come alone. Nothing is
believed that the archive says of itself: sizes are counted while unpacking, names are never
part of a path, and what archives of documents do not contain is a reason to refuse.
"""

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from knowledge.errors import DAMAGED_ZIP
from knowledge.parsing.guards import MEGABYTE, RejectedFile, shown

_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_PIECE = 1 << 16
_FOLDERS_OF_SYSTEMS = ("__MACOSX", ".git", "@eaDir")
_SYSTEM_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar")
_DAMAGED = (*DAMAGED_ZIP, zlib.error, struct.error, EOFError)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What one archive may hold."""

    members: int = 2_000
    unpacked_bytes: int = 200 * MEGABYTE
    ratio: int = 100
    # Small texts pack well; a ratio is suspicious only beyond this size.
    ratio_free_bytes: int = 1 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Member:
    """A file from an archive: its own name, its path there, and where it is now, until the next."""

    file_name: str
    inner_path: str
    path: Path
    size: int


def members(path: Path, limits: ArchiveLimits = ArchiveLimits()) -> Iterator[Member]:
    """Yield the files of the archive at ``path``; each is gone when the next is asked for.

    The whole archive is checked before its first file is unpacked, except for what only
    unpacking tells: whether sizes and checksums are true.

    Raises:
        RejectedFile: The archive is hostile, damaged or larger than the limits; says which.
    """
    try:
        with ZipFile(path) as archive, TemporaryDirectory(prefix="archive-") as folder:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries, path.stat().st_size, limits)
            _check_overlaps(path, archive.infolist())
            left = limits.unpacked_bytes
            for entry in entries:
                if _is_litter(entry.filename):
                    continue
                member = _unpacked(archive, entry, Path(folder, "member"), min(left, _allowed(entry, limits)))
                left -= member.size
                yield member
    except _DAMAGED as error:
        raise RejectedFile("This archive is damaged. Pack the files again and upload the new one.") from error


def _check(entries: Sequence[ZipInfo], packed: int, limits: ArchiveLimits) -> None:
    """Refuse by what the directory of the archive says."""
    if not entries:
        raise RejectedFile("This archive is empty. Pack the files again and upload the new one.")
    if len(entries) > limits.members:
        raise RejectedFile(
            f"This archive holds {len(entries):,} files; we take up to {limits.members:,}. "
            "Split it and upload the parts."
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise RejectedFile(_too_large(limits))
    if unpacked > limits.ratio_free_bytes and unpacked > limits.ratio * packed:
        raise RejectedFile(_too_dense(limits))
    for entry in entries:
        _check_entry(entry, limits)


def _check_entry(entry: ZipInfo, limits: ArchiveLimits) -> None:
    name = shown(entry.filename)
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    is_drive = len(entry.filename) > 1 and entry.filename[1] == ":"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if path.is_absolute() or is_drive or ".." in path.parts:
        raise RejectedFile(
            f"“{name}” in this archive would be written outside its folder. "
            "Pack the files again without paths."
        )
    if kind not in (0, stat.S_IFREG, stat.S_IFIFO):
        raise RejectedFile(f"“{name}” in this archive is a link or a device. Pack the files themselves.")
    if entry.flag_bits & _ENCRYPTED:
        raise RejectedFile(
            "This archive is protected by a password. Pack the files without one and upload it again."
        )
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise RejectedFile(
            f"“{name}” is packed in a way we cannot read. "
            "Pack the files as an ordinary .zip and upload it again."
        )
    if path.suffix.lower() in _ARCHIVES:
        raise RejectedFile(
            f"“{name}” is an archive within this archive. "
            "Unpack it, pack its files with the others and try again."
        )
    if entry.file_size > limits.ratio_free_bytes and entry.file_size > limits.ratio * entry.compress_size:
        raise RejectedFile(_too_dense(limits))


def _check_overlaps(path: Path, entries: Sequence[ZipInfo]) -> None:
    """Refuse entries that share bytes: they make a small archive unpack to a huge one."""
    spans = []
    with path.open("rb") as file:
        for entry in entries:
            file.seek(entry.header_offset)
            header = file.read(_LOCAL_HEADER)
            name_length, extra_length = struct.unpack_from("<2H", header, 26)
            begin = entry.header_offset + _LOCAL_HEADER + name_length + extra_length
            spans.append((entry.header_offset, begin + entry.compress_size))
    end = 0
    for begin, after in sorted(spans):
        if begin < end:
            raise RejectedFile(
                "Files in this archive overlap, as no packer writes them. "
                "Pack the files again and upload the new one."
            )
        end = after


def _is_litter(name: str) -> bool:
    """Whether systems, not people, put a file there."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_hidden = path.name.startswith("._") or path.name in _SYSTEM_FILES
    return is_hidden or bool(set(path.parts) & set(_FOLDERS_OF_SYSTEMS))


def _allowed(entry: ZipInfo, limits: ArchiveLimits) -> int:
    return max(limits.ratio * entry.compress_size, limits.ratio_free_bytes)


def _unpacked(archive: ZipFile, entry: ZipInfo, target: Path, allowed: int) -> Member:
    """Unpack one file and count: the size it claims is only a claim."""
    size = 0
    with archive.open(entry) as source, target.open("wb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > allowed:
                raise RejectedFile(
                    f"“{shown(entry.filename)}” in this archive unpacks to more than it may. "
                    "Upload it on its own, or pack the files again."
                )
            file.write(piece)
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    return Member(path.name, str(path), target, size)


def _too_large(limits: ArchiveLimits) -> str:
    return (
        f"This archive unpacks to more than {limits.unpacked_bytes // MEGABYTE:,} MB. "
        "Split it and upload the parts."
    )


def _too_dense(limits: ArchiveLimits) -> str:
    return (
        f"This archive unpacks to more than {limits.ratio} times its size, which documents do not. "
        "Upload the files one by one."
    )
