"""Guards: from an uploaded file to its media type, or to the reason why we do not take it.

They read only heads and zip directories, so that a hostile file is turned away before
anything is unpacked. What gets past them is still parsed in the sandbox only.
"""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

import puremagic

from knowledge.errors import DAMAGED_ZIP, PermanentError
from knowledge.parsing.decoding import unicode_of
from knowledge.parsing.media import (
    BY_SUFFIX,
    DOC,
    DOCX,
    EPUB,
    HTML,
    IMAGE,
    INSTEAD,
    MSG,
    ODP,
    ODS,
    ODT,
    PDF,
    PPT,
    PPTX,
    RTF,
    TAKEN,
    XLS,
    XLSX,
)
from knowledge.parsing.office import OLE_SIGNATURE

MEGABYTE = 1_000_000
MAX_UNPACKED = 200 * MEGABYTE
MAX_RATIO = 100
# XML of small files packs well; a ratio is suspicious only beyond this size.
RATIO_FREE = 10 * MEGABYTE
MAX_MEMBERS = 2_000
HEAD = 8_192
MAX_SHOWN_NAME = 100

# What a package of the type has inside.
_MAIN_PART = {
    DOCX: "word/",
    XLSX: "xl/",
    PPTX: "ppt/",
    ODT: "content.xml",
    ODS: "content.xml",
    ODP: "content.xml",
    EPUB: "META-INF/container.xml",
}
# A current Office file may bear the ending of an old one, and is then read as what it is.
_CURRENT = {DOC: DOCX, XLS: XLSX, PPT: PPTX}
_OLE_TYPES = (DOC, XLS, PPT, MSG)
_ZIP_SIGNATURE = b"PK\x03\x04"
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"RIFF", b"BM")
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (_ZIP_SIGNATURE, "another kind of archive or Office file"),
    (OLE_SIGNATURE, "an old Office file"),
    (b"{\\rtf", "rich text (RTF)"),
)
_TEXTUAL = (".txt", ".text", ".csv", ".tsv", ".md", ".html", ".htm", ".xml", ".json", ".svg")


class RejectedFile(PermanentError):
    """We do not take this file; the text says why and what to do."""


def identify(path: Path, file_name: str, max_bytes: int) -> str:
    """Return the media type of the file at ``path`` that was uploaded as ``file_name``."""
    suffix = Path(file_name).suffix.lower()
    file_name = shown(file_name)
    _check_size(path, file_name, max_bytes)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if suffix in INSTEAD:
        raise RejectedFile(f"“{file_name}” {INSTEAD[suffix]} and upload that.")
    media_type = BY_SUFFIX.get(suffix)
    if suffix == ".zip" and not head.startswith(_ZIP_SIGNATURE):
        raise RejectedFile(
            f"“{file_name}” is empty or damaged. Pack the files again and upload the new archive."
        )
    if media_type is None:
        raise RejectedFile(f"We do not take files like “{file_name}”. We take {TAKEN}.")
    if media_type in _CURRENT and head.startswith(_ZIP_SIGNATURE):
        media_type = _CURRENT[media_type]
    _check_content(path, head, file_name, media_type)
    return media_type


def is_archive(path: Path, file_name: str) -> bool:
    """Whether the upload is a ZIP of documents, to be expanded by ``archives.members``."""
    if not file_name.lower().endswith(".zip"):
        return False
    with path.open("rb") as file:
        return file.read(len(_ZIP_SIGNATURE)) == _ZIP_SIGNATURE


def shown(file_name: str) -> str:
    """Return a name fit for a sentence: no control or direction marks, not endless."""
    name = "".join(character for character in file_name if character.isprintable())
    return name if len(name) <= MAX_SHOWN_NAME else f"{name[:MAX_SHOWN_NAME]}…"


def _check_content(path: Path, head: bytes, file_name: str, media_type: str) -> None:
    if media_type == PDF:
        _check_pdf(head, file_name)
    elif media_type in _MAIN_PART:
        _check_office(path, head, file_name, media_type)
    elif media_type in _OLE_TYPES:
        _check_signature(head, file_name, (OLE_SIGNATURE,))
    elif media_type == IMAGE:
        _check_signature(head, file_name, _PICTURES)
    elif media_type == RTF:
        _check_signature(head.lstrip(), file_name, (b"{\\rtf",))
    else:
        _check_text(head, file_name, media_type)


def _check_signature(head: bytes, file_name: str, signatures: tuple[bytes, ...]) -> None:
    if not head.startswith(signatures):
        raise _mismatch(head, file_name)


def _check_size(path: Path, file_name: str, max_bytes: int) -> None:
    size = path.stat().st_size
    if size == 0:
        raise RejectedFile(f"“{file_name}” is empty. Check the file and upload it again.")
    if size > max_bytes:
        raise RejectedFile(
            f"“{file_name}” has {_megabytes(size)} MB; we take up to {_megabytes(max_bytes)} MB. "
            "Split it or reduce its pictures and upload it again."
        )


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.1f}".removesuffix(".0")


def _check_pdf(head: bytes, file_name: str) -> None:
    # Readers accept some bytes of mail or printer headers before the signature.
    if b"%PDF-" not in head[:1_024]:
        raise _mismatch(head, file_name)


def _check_office(path: Path, head: bytes, file_name: str, media_type: str) -> None:
    if head.startswith(OLE_SIGNATURE):
        raise RejectedFile(
            f"“{file_name}” is protected by a password or in an old Office format. "
            "Save it without a password in the current Office format and upload it again."
        )
    if not head.startswith(_ZIP_SIGNATURE):
        raise _mismatch(head, file_name)
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED_ZIP as error:
        raise RejectedFile(
            f"“{file_name}” is damaged. Open it, save it again and upload the new copy."
        ) from error
    _check_bomb(members, path.stat().st_size, file_name)
    if not any(member.filename.startswith(_MAIN_PART[media_type]) for member in members):
        raise _mismatch(head, file_name)


def _check_bomb(members: list[ZipInfo], packed: int, file_name: str) -> None:
    """Refuse packages that would unpack to far more than a document holds."""
    unpacked = sum(member.file_size for member in members)
    # Members that share their bytes add up to more than the file: judge by the file's own size.
    is_dense = unpacked > RATIO_FREE and unpacked > MAX_RATIO * packed
    if unpacked > MAX_UNPACKED or is_dense or len(members) > MAX_MEMBERS:
        raise RejectedFile(
            f"“{file_name}” unpacks to {_megabytes(unpacked)} MB in {len(members):,} parts, more than "
            f"we take ({_megabytes(MAX_UNPACKED)} MB, {MAX_RATIO} times its size, {MAX_MEMBERS:,} parts). "
            "Remove embedded files and pictures, save it again and upload the new copy."
        )


def _check_text(head: bytes, file_name: str, media_type: str) -> None:
    if unicode_of(head):
        return
    is_binary = b"\x00" in head or head.startswith((b"%PDF-", _ZIP_SIGNATURE, OLE_SIGNATURE))
    is_page = b"<" in head or media_type != HTML
    if is_binary or not is_page:
        raise _mismatch(head, file_name)


def _mismatch(head: bytes, file_name: str) -> RejectedFile:
    """Say what the content is instead, where that can be told."""
    found = _name_of(head)
    looks = f"; its content looks like {found}" if found else ""
    return RejectedFile(
        f"“{file_name}” is not what its name says{looks}. "
        "Save it in the format of its name and upload it again."
    )


def _name_of(head: bytes) -> str:
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    try:
        suffix = puremagic.from_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return "" if suffix in _TEXTUAL else suffix
