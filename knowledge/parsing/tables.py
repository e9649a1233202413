"""Tables: from CSV and Excel files to blocks.

A table of questions and answers gives one block a row; any other gives one table a sheet,
header first, because a row says nothing without its header.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from openpyxl import load_workbook

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError, one_line
from knowledge.parsing.decoding import decode
from knowledge.parsing.office import office_file

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELL = 1_000_000
# Blank rows beyond this many mean that only formatting follows (Excel can "use" 1,048,576).
MAX_BLANK_RUN = 10_000

_QUESTION_NAMES = "question questions q faq frage fragen pregunta preguntas"
_ANSWER_NAMES = (
    "answer answers a response reply antwort antworten respuesta respuestas réponse réponses reponse reponses"
)
_CATEGORY_NAMES = (
    "category topic section kategorie thema rubrik categoría categoria tema catégorie categorie rubrique "
    "thème theme"
)
_LANGUAGE_NAMES = "language lang locale sprache idioma lengua langue"
_QUESTIONS, _ANSWERS, _CATEGORIES, _LANGUAGES = (
    frozenset(names.split()) for names in (_QUESTION_NAMES, _ANSWER_NAMES, _CATEGORY_NAMES, _LANGUAGE_NAMES)
)
_QUESTION_MARKS = ("?", "？", "؟")

Cells = list[str]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table of questions keeps what."""

    question: int
    answer: int
    path: tuple[int, ...] = ()
    has_header: bool = True


def parse_csv(path: Path) -> ParsedDocument:
    """Parse a CSV file; its delimiter is found out."""
    text = decode(path.read_bytes()).replace("\x00", "")
    csv.field_size_limit(MAX_CELL)
    builder = DocumentBuilder()
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        _append(builder, _bounded(reader))
    except csv.Error as error:
        raise ParsingError(
            "This CSV file cannot be read: a quoted cell probably never ends. Save it again as CSV (UTF-8)."
        ) from error
    return builder.finish()


def parse_xlsx(path: Path) -> ParsedDocument:
    """Parse an Excel workbook, sheet by sheet, values instead of formulas."""
    builder = DocumentBuilder()
    # An open file: given a path, openpyxl insists on an ending, and stored originals have none.
    with path.open("rb") as file, office_file(path):
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            for sheet in sheets:
                sheet.reset_dimensions()  # the file may claim any size
                rows = _bounded(map(_written, sheet.iter_rows(values_only=True)))
                _append(builder, rows, sheet.title if len(sheets) > 1 else "")
            # Without a title it has none: the name of its first sheet says little.
            return replace(builder.finish(), title=one_line(workbook.properties.title or ""))
        finally:
            workbook.close()


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the most even columns."""
    lines = [line for line in islice(text.splitlines(), 20) if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in ",;\t|"}
    return max(counts, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def _written(row: Iterable[object]) -> Cells:
    return [_cell(value) for value in islice(row, MAX_COLUMNS)]


def _cell(value: object) -> str:
    """Write a value as people do: no seconds that nobody entered, no ".0"."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case datetime() | date() | time():
            return _moment(value)
        case _:
            return str(value)


def _moment(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return value.isoformat("minutes") if isinstance(value, time) else value.isoformat()


def _bounded(rows: Iterable[Sequence[str]]) -> Iterator[Cells]:
    """Yield the rows that hold something; too many are an error, endless blank ones the end."""
    kept = blank = 0
    for row in rows:
        cells = [one_line(cell) for cell in row[:MAX_COLUMNS]]
        if not any(cells):
            blank += 1
            if blank > MAX_BLANK_RUN:
                return
            continue
        kept, blank = kept + 1, 0
        if kept > MAX_ROWS:
            raise ParsingError(
                f"A table has more than {MAX_ROWS:,} rows. Split the file and upload the parts."
            )
        yield cells


def _append(builder: DocumentBuilder, rows: Iterable[Cells], heading: str = "") -> None:
    table = list(rows)
    if not table:
        return
    builder.heading(heading, 1)
    columns = _columns(table)
    if columns is None:
        builder.table(table)
        return
    for row in table[1:] if columns.has_header else table:
        question, answer = _at(row, columns.question), _at(row, columns.answer)
        path = tuple(text for text in (_at(row, place) for place in columns.path) if text)
        if question and answer:
            builder.question_answer(question, answer, (*builder.heading_path, *path))


def _columns(table: list[Cells]) -> _Columns | None:
    """Find questions and answers by their header or, in two columns, by the question marks."""
    header = [cell.casefold().rstrip(":") for cell in table[0]]
    question, answer = _find(header, _QUESTIONS), _find(header, _ANSWERS)
    if question is not None and answer is not None:
        others = (_find(header, _CATEGORIES), _find(header, _LANGUAGES))
        return _Columns(question, answer, tuple(place for place in others if place is not None))
    asking = sum(row[0].endswith(_QUESTION_MARKS) for row in table)
    is_pairs = len(table) > 1 and all(len([cell for cell in row if cell]) <= 2 for row in table)
    if is_pairs and asking * 2 > len(table):
        return _Columns(0, 1, has_header=not table[0][0].endswith(_QUESTION_MARKS))
    return None


def _find(header: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(header) if name in names), None)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
