"""Office files: what Word and Excel files share before their contents are looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lxml import etree

from knowledge.parsing.base import ParsingError

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROLOGUE = 4_096
_STRICT = b"purl.oclc.org/ooxml"
# What python-docx and openpyxl are known to raise on damaged files (found by breaking them).
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
def office_file(path: Path) -> Iterator[None]:
    """Check the container, then translate what a damaged file makes the libraries raise."""
    with path.open("rb") as file:
        if file.read(len(OLE_SIGNATURE)) == OLE_SIGNATURE:
            raise ParsingError(
                "This file is protected by a password or was saved in an old Office format. "
                "Save it without a password as .docx or .xlsx and upload it again."
            )
    try:
        _check_parts(path)
        yield
    except _DAMAGED as error:
        raise ParsingError(
            "This Office file is damaged and cannot be read. Open it, save it again and upload the new copy."
        ) from error


def _check_parts(path: Path) -> None:
    """Refuse the strict dialect, which our libraries cannot read, and document type declarations.

    Office never writes those; attacks do.
    """
    with ZipFile(path) as archive:
        if _STRICT in archive.read("_rels/.rels"):
            raise ParsingError(
                "This file was saved as “Strict Open XML”. "
                "Save it as an ordinary .docx or .xlsx and upload it again."
            )
        for member in archive.infolist():
            if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            with archive.open(member) as part:
                prologue = part.read(_PROLOGUE).replace(b"\x00", b"")
            if b"<!DOCTYPE" in prologue:
                raise ParsingError(
                    "This Office file contains a document type declaration, which Office never writes. "
                    "Save it again with Word, Excel or LibreOffice and upload the new copy."
                )
