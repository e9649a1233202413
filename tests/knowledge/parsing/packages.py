"""Small packages for tests: what a presentation, a book or a text needs to be one, and no more."""

from pathlib import Path
from zipfile import ZipFile

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PRESENTATION = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{OFFICE}"'
)
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OPEN_DOCUMENT = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)


def pack(path: Path, parts: dict[str, str]) -> Path:
    """Write the parts into a ZIP."""
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def links(*targets: tuple[str, str]) -> str:
    """Return a part of relationships: pairs of a kind and a target, numbered from r1."""
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>'


def word(path: Path, body: str, namespace: str = WORD) -> Path:
    """Write a Word document with this body."""
    document = f"<w:document {namespace}><w:body>{body}</w:body></w:document>"
    return pack(
        path, {"_rels/.rels": links(("officeDocument", "word/document.xml")), "word/document.xml": document}
    )


def presentation(path: Path, *slides: str) -> Path:
    """Write a presentation of slides, each given by its shapes; "!" before them hides the slide."""
    parts = {"_rels/.rels": links(("officeDocument", "ppt/presentation.xml"))}
    ids = "".join(f'<p:sldId id="{number}" r:id="r{number}"/>' for number in range(1, len(slides) + 1))
    parts["ppt/presentation.xml"] = (
        f"<p:presentation {PRESENTATION}><p:sldIdLst>{ids}</p:sldIdLst>"
        '<p:sldSz cx="9000" cy="6000"/></p:presentation>'
    )
    parts["ppt/_rels/presentation.xml.rels"] = links(
        *(("slide", f"slides/s{number}.xml") for number in range(1, len(slides) + 1))
    )
    for number, shapes in enumerate(slides, start=1):
        show = ' show="0"' if shapes.startswith("!") else ""
        parts[f"ppt/slides/s{number}.xml"] = (
            f"<p:sld {PRESENTATION}{show}><p:cSld><p:spTree>{shapes.lstrip('!')}</p:spTree></p:cSld></p:sld>"
        )
    return pack(path, parts)


def shape(text: str, role: str = "", left: int = 0) -> str:
    """Return a shape with one paragraph; ``role`` is that of its placeholder."""
    placeholder = f'<p:ph type="{role}"/>' if role else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name=""/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{left}" y="0"/><a:ext cx="100" cy="100"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def book(path: Path, *chapters: str) -> Path:
    """Write an electronic book; its chapters are listed last to first and read first to last."""
    items = "".join(
        f'<item id="c{number}" href="c{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in reversed(range(len(chapters)))
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    parts = {
        "META-INF/container.xml": '<container><rootfile full-path="o/b.opf"/></container>',
        "o/b.opf": (
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>The Aroma book</dc:title></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
        ),
    }
    parts |= {
        f"o/c{number}.xhtml": f"<html><body>{text}</body></html>" for number, text in enumerate(chapters)
    }
    return pack(path, parts)


def repacked(path: Path, parts: dict[str, str]) -> Path:
    """Replace parts of a package."""
    with ZipFile(path) as archive:
        kept = {name: archive.read(name).decode() for name in archive.namelist()}
    return pack(path, kept | parts)
