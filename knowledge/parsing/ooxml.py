"""Open XML: the parts of a Word or PowerPoint package, and what links them.

Both dialects, transitional and strict, are read as one: strict names are translated.
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self
from zipfile import ZipFile

from lxml import etree

from knowledge.parsing.base import ParsingError

_TRANSITIONAL = b"http://schemas.openxmlformats.org/"
_STRICT = b"http://purl.oclc.org/ooxml/"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": _OFFICE,
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
# Strict namespaces have no year: ".../wordprocessingml/main" is ".../wordprocessingml/2006/main".
_STRICT_PLACES = (
    b"wordprocessingml/main",
    b"drawingml/main",
    b"presentationml/main",
    b"drawingml/chart",
    b"officeDocument/math",
    b"officeDocument/relationships",
)
MAX_PART = 150_000_000


class Link(NamedTuple):
    """A relationship of a part: its kind ("slide", "chart"), and the part it points to."""

    kind: str
    target: str


class Package:
    """An open package; parts are parsed when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open the container."""
        self._archive = ZipFile(path)
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def __enter__(self) -> Self:
        """Return the package itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the container."""
        self._archive.close()

    def root(self, name: str) -> etree._Element | None:
        """Return the root of a part, None if there is no such part."""
        data = self.read(name)
        if not data.strip():
            return None
        if _STRICT in data:
            data = _translated(data)
        return etree.fromstring(data, parser())

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, none if it is missing."""
        member = self._names.get(name.lower())
        if member is None:
            return b""
        with self._archive.open(member) as part:
            data = part.read(MAX_PART + 1)
        if len(data) > MAX_PART:
            raise ParsingError("This Office file is too large to read. Split it and upload the parts.")
        return data

    def main(self) -> str:
        """Return the name of the main document's part."""
        for link in self.links("").values():
            if link.kind == "officeDocument":
                return link.target
        raise KeyError("no main part")

    def links(self, part: str) -> dict[str, Link]:
        """Return the relationships of ``part`` by their id; those that lead outside are left out."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Link] = {}
        for relation in root if root is not None else ():
            target = str(relation.get("Target") or "")
            if relation.get("TargetMode") != "External" and target:
                place = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = str(relation.get("Type") or "").rpartition("/")[2]
                found[str(relation.get("Id") or "")] = Link(kind, posixpath.normpath(place))
        return found

    def linked(self, part: str, kind: str) -> Iterator[etree._Element]:
        """Yield the roots of the parts of one kind that ``part`` points to."""
        for link in self.links(part).values():
            root = self.root(link.target) if link.kind == kind else None
            if root is not None:
                yield root

    def title(self) -> str:
        """Return the title among the package's properties."""
        for link in self.links("").values():
            root = self.root(link.target) if link.kind == "core-properties" else None
            if root is not None:
                return str(root.findtext("{http://purl.org/dc/elements/1.1/}title") or "")
        return ""


def parser() -> etree.XMLParser:
    """Return a parser that fetches and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def tag(name: str) -> str:
    """Return "w:p" as lxml names it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def find(element: etree._Element, path: str) -> etree._Element | None:
    """Return the first element at ``path``, written with our prefixes."""
    return element.find(path, NAMESPACES)


def value(element: etree._Element | None, path: str = "", name: str = "val") -> str:
    """Return an attribute of the element at ``path``, with or without its namespace; "" if absent."""
    found: Any = find(element, path) if element is not None and path else element
    if found is None:
        return ""
    space = etree.QName(found).namespace
    return str(found.get(f"{{{space}}}{name}") or found.get(name) or "")


def _translated(data: bytes) -> bytes:
    for place in _STRICT_PLACES:
        folder, _, name = place.rpartition(b"/")
        data = data.replace(_STRICT + place, _TRANSITIONAL + folder + b"/2006/" + name)
    return data
