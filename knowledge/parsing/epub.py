"""EPUB: from an electronic book to blocks, chapter by chapter in the order of reading.

The cover, the table of contents and what is not part of the reading order are left out.
"""

import posixpath
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.html import append_page
from knowledge.parsing.office import office_file
from knowledge.parsing.ooxml import parser

MAX_CHAPTER = 50_000_000
_CONTAINER = "META-INF/container.xml"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_PAGES = ("application/xhtml+xml", "text/html")


def parse_epub(path: Path) -> ParsedDocument:
    """Parse an electronic book."""
    with office_file(path), ZipFile(path) as archive:
        if "META-INF/encryption.xml" in archive.namelist() and b"EncryptedKey" in _read(
            archive, "META-INF/encryption.xml"
        ):
            raise ParsingError("This book is locked by its publisher (DRM). Upload a copy without the lock.")
        place = _package_place(archive)
        package = etree.fromstring(_read(archive, place), parser())
        builder = DocumentBuilder()
        for chapter in _chapters(package, posixpath.dirname(place)):
            data = _read(archive, chapter)
            if data:
                builder.close_headings()
                append_page(builder, data)
        return builder.finish(package.findtext(f".//{_DC_TITLE}") or "")


def _package_place(archive: ZipFile) -> str:
    container = etree.fromstring(_read(archive, _CONTAINER), parser())
    for root in container.iter("{*}rootfile"):
        return str(root.get("full-path") or "")
    raise KeyError(_CONTAINER)


def _chapters(package: etree._Element, folder: str) -> list[str]:
    """Return the names of the chapters' parts in the order of the spine."""
    places = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in package.iter("{*}item")
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    }
    spine = [item for item in package.iter("{*}itemref") if item.get("linear") != "no"]
    return [places[item.get("idref")] for item in spine if item.get("idref") in places]


def _read(archive: ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(MAX_CHAPTER)
