"""Kinds: from a file that a stranger sent to its media type, or to the sentence why we do not take it.

The type is what the content says; the name must agree with it. Nothing is unpacked and
nothing that a browser would run is taken: what gets past is only ever downloaded.
"""

import re
import unicodedata
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import puremagic

from chat.errors import BadQuestion
from chat.texts import storable
from knowledge.errors import DAMAGED_ZIP

MOST_BYTES = 10_000_000
MOST_MEMBERS, MOST_RATIO = 2_000, 100
HEAD = 8_192
MOST_NAME = 120  # characters
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{_OPEN_XML}.wordprocessingml.document", f"{_OPEN_XML}.spreadsheetml.sheet"
PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"
BY_SUFFIX = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".pdf": PDF,
    ".txt": TEXT,
    ".log": TEXT,
    ".csv": CSV,
    ".docx": DOCX,
    ".xlsx": XLSX,
}
TAKEN = "pictures (PNG, JPEG, WebP, GIF), PDF, text (TXT, CSV, LOG), Word (DOCX) and Excel (XLSX)"
# A picture or PDF begins with its signature; one that begins otherwise is two files in one.
_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    PDF: (b"%PDF-",),
}
_MAIN_PART = {DOCX: "word/", XLSX: "xl/"}
_MARKUP = re.compile(
    rb"\A\s*<(?:!doctype|!--|\?xml|\?php|html|head|body|script|svg|iframe|math)", re.IGNORECASE
)
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Unwelcome(BadQuestion):
    """This file is not taken; the text says why, to whoever sent it."""


def clean_name(name: str) -> str:
    """Return the last part of a file's name, without what could lead a reader or a file system astray."""
    last = PurePosixPath(storable(name).replace("\\", "/")).name
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last)
    kept = unicodedata.normalize("NFC", " ".join(kept.split())).lstrip(".")
    stem, suffix = Path(kept).stem, Path(kept).suffix
    return f"{stem[: MOST_NAME - len(suffix)]}{suffix}" if kept and len(suffix) < MOST_NAME else "file"


def media_type_of(path: Path, name: str) -> str:
    """Return the media type of the file at ``path`` that is called ``name``.

    Raises:
        Unwelcome: It is empty, too large, of a kind we do not take, or not what its name says.
    """
    size = path.stat().st_size
    if size == 0:
        raise Unwelcome("empty_file", f"“{name}” is empty.")
    if size > MOST_BYTES:
        raise Unwelcome(
            "too_large", f"“{name}” is too large: at most {MOST_BYTES // 1_000_000} MB can be sent."
        )
    media_type = BY_SUFFIX.get(Path(name).suffix.lower())
    if media_type is None:
        raise Unwelcome("bad_type", f"“{name}” cannot be sent. We take {TAKEN}.")
    if not _is(media_type, path):
        raise Unwelcome("bad_type", f"“{name}” is not what its name says. Save it anew and send that.")
    return media_type


def _is(media_type: str, path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if media_type in _BEGINNINGS:
        is_webp = media_type != "image/webp" or head[8:12] == b"WEBP"  # RIFF is a sound's beginning, too
        return head.startswith(_BEGINNINGS[media_type]) and is_webp and media_type in _guesses(head)
    if media_type in _MAIN_PART:
        return head.startswith(b"PK\x03\x04") and _is_office(path, _MAIN_PART[media_type])
    return _is_text(path)


def _guesses(head: bytes) -> set[str]:
    try:
        return {guess.mime_type for guess in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_office(path: Path, main_part: str) -> bool:
    """Say whether a package has the main part, no macros, and is no bomb; nothing is unpacked."""
    try:
        with ZipFile(path) as package:
            members = package.infolist()
    except DAMAGED_ZIP:
        return False
    names = [member.filename for member in members]
    unpacked = sum(member.file_size for member in members)
    return (
        len(members) <= MOST_MEMBERS
        and (unpacked <= MOST_BYTES or unpacked <= MOST_RATIO * path.stat().st_size)
        and any(name.startswith(main_part) for name in names)
        and not any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names)
    )


def _is_text(path: Path) -> bool:
    """Say whether a file is text (UTF-8, marked UTF-16 or old Western) and no markup."""
    content = path.read_bytes()
    try:
        if content.startswith(_TEXT_MARKS[1:]):
            text = content.decode("utf-16")
        else:
            text = content.removeprefix(_TEXT_MARKS[0]).decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    odd = sum(
        1 for character in text if unicodedata.category(character) == "Cc" and character not in "\t\n\r\f\x1b"
    )
    return (
        "\x00" not in text
        and odd * 100 <= len(text)
        and not _MARKUP.match(text[:1_024].encode(errors="replace"))
    )
