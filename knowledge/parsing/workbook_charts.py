"""Charts of a workbook: from a sheet's name to the charts that are drawn on it.

A chart says in one table what its sheet may scatter, under a title that stands in no cell.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

from lxml import etree

from knowledge.parsing.ooxml import Package, tag

MAX_CHARTS = 50
# What damaged drawings raise. They cost themselves, not the sheets, which another library reads.
_DAMAGED = (BadZipFile, etree.LxmlError, KeyError, ValueError)


def charts_of(path: Path) -> dict[str, list[etree._Element]]:
    """Return the charts of each sheet by its name; old and binary workbooks have none that we can read."""
    if not is_zipfile(path):
        return {}
    try:
        with Package(path) as package:
            return {name: list(islice(_drawn(package, part), MAX_CHARTS)) for name, part in _parts(package)}
    except _DAMAGED:
        return {}


def _parts(package: Package) -> Iterator[tuple[str, str]]:
    """Yield the sheets' names, and the parts that they are."""
    main = package.main()
    root = package.root(main) if main.endswith(".xml") else None
    links = package.links(main)
    for sheet in root.iter("{*}sheet") if root is not None else ():
        link = links.get(sheet.get(tag("r:id")) or "")
        if link is not None:
            yield sheet.get("name") or "", link.target


def _drawn(package: Package, sheet: str) -> Iterator[etree._Element]:
    for link in package.links(sheet).values():
        if link.kind == "drawing":
            yield from package.linked(link.target, "chart")
