"""Office files: what all packages of parts share before their contents are looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lxml import etree

from knowledge.parsing.base import ParsingError

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROLOGUE = 4_096
# Of books only what lists the chapters: these themselves are pages, which may have a type.
_MARKUP = (".xml", ".rels", ".vml", ".opf")
# What damaged packages are known to make our readers raise (found by breaking them).
_DAMAGED = (
    BadZipFile,
    etree.LxmlError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
)


@contextmanager
def office_file(path: Path, takes_old: bool = False) -> Iterator[None]:
    """Check the container, then translate what a damaged file makes the libraries raise."""
    with path.open("rb") as file:
        is_old = file.read(len(OLE_SIGNATURE)) == OLE_SIGNATURE
        if is_old and not takes_old:
            raise ParsingError(
                "This file is protected by a password or was saved in an old Office format. "
                "Save it without a password in the current format and upload it again."
            )
    try:
        if not is_old:
            _check_parts(path)
        yield
    except _DAMAGED as error:
        raise ParsingError(
            "This Office file is damaged and cannot be read. Open it, save it again and upload the new copy."
        ) from error


def _check_parts(path: Path) -> None:
    """Refuse document type declarations: Office never writes them; attacks do."""
    with ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.lower().endswith(_MARKUP):
                continue
            with archive.open(member) as part:
                prologue = part.read(_PROLOGUE).replace(b"\x00", b"")
            if b"<!DOCTYPE" in prologue:
                raise ParsingError(
                    "This Office file contains a document type declaration, which Office never writes. "
                    "Save it again with Word, Excel or LibreOffice and upload the new copy."
                )
