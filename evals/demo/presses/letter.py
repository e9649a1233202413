"""The letter press: from a manuscript to a Word document with headings, clauses and a table."""

from datetime import datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.text.paragraph import Paragraph as WordParagraph

from presses.archive import repack
from presses.manuscript import Heading, Item, Manuscript, Notice, PageBreak, Paragraph, Part, Table

WRITTEN = datetime(2026, 2, 16, 9, 0)  # Word stores times without a zone
MAKER = "Wrenfield & Tosk"
TABLE_STYLES = {"Normal Table", "Table Grid"}


def press(manuscript: Manuscript) -> bytes:
    """Return the DOCX of ``manuscript``."""
    document = Document()
    _strip(document)
    _set_properties(document, manuscript)
    document.add_heading(manuscript.title, level=0)
    document.add_paragraph(f"{manuscript.subtitle}. {manuscript.edition}.")
    for part in manuscript.parts:
        _set_part(document, part)
    packed = BytesIO()
    document.save(packed)
    return repack(packed.getvalue())


def _strip(document: WordDocument) -> None:
    """Take out 0.7 MB that the template brings and nobody uses: table styles, a second copy of all styles."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in TABLE_STYLES:
            style.delete()
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            document.part.drop_rel(key)


def _set_properties(document: WordDocument, manuscript: Manuscript) -> None:
    properties = document.core_properties
    properties.title = manuscript.title
    properties.author = properties.last_modified_by = MAKER
    properties.comments = ""
    properties.created = properties.modified = WRITTEN
    properties.language = "en"


def _set_part(document: WordDocument, part: Part) -> None:
    match part:
        case Heading(level, text):
            document.add_heading(text, level=level)
        case Paragraph(text):
            _set_runs(document.add_paragraph(), text)
        case Item(mark, text):
            _set_runs(document.add_paragraph(style="List Number" if mark else "List Bullet"), text)
        case Notice(text):
            _set_runs(document.add_paragraph(style="Intense Quote"), text)
        case Table(rows):
            _set_table(document, rows)
        case PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _set_runs(paragraph: WordParagraph, text: str) -> None:
    """Add ``text`` to ``paragraph``; every second stretch between ``**`` is bold."""
    for position, stretch in enumerate(text.split("**")):
        paragraph.add_run(stretch).bold = position % 2 == 1


def _set_table(document: WordDocument, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(text).bold = number == 0
