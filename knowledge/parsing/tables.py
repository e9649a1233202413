"""Tables: from CSV files, and the rows that other parsers find, to blocks.

A table of questions and answers gives one block a row; any other stays a table, header
first, because a row says nothing without its header.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError, one_line
from knowledge.parsing.decoding import decode

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
QUESTIONS, ANSWERS, CATEGORIES, LANGUAGES = (
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
    others: tuple[tuple[int, str], ...] = ()
    has_header: bool = True


def parse_csv(path: Path) -> ParsedDocument:
    """Parse a CSV file; its delimiter is found out."""
    text = decode(path.read_bytes()).replace("\x00", "")
    csv.field_size_limit(MAX_CELL)
    builder = DocumentBuilder()
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        append_table(builder, list(bounded(reader)))
    except csv.Error as error:
        raise ParsingError(
            "This CSV file cannot be read: a quoted cell probably never ends. Save it again as CSV (UTF-8)."
        ) from error
    return builder.finish()


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the most even columns."""
    lines = [line for line in islice(text.splitlines(), 20) if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in ",;\t|"}
    return max(counts, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def bounded(rows: Iterable[Sequence[str]]) -> Iterator[Cells]:
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


def append_table(builder: DocumentBuilder, table: Sequence[Cells]) -> None:
    """Append a table, or the questions and answers it holds."""
    if not table:
        return
    columns = _columns(table)
    if columns is None:
        builder.table(table)
        return
    others: list[Cells] = []
    for row in table[1:] if columns.has_header else table:
        question, answer = _at(row, columns.question), _answer(row, columns)
        path = tuple(text for text in (_at(row, place) for place in columns.path) if text)
        if question and answer:
            builder.table(others)
            others = []
            builder.question_answer(question, answer, (*builder.heading_path, *path))
        elif not question:  # a note, or a table that touches this one
            others.append(row)
    builder.table(others)


def _answer(row: Cells, columns: _Columns) -> str:
    """Return the answer of a row and what else it says; a question without an answer is left unasked."""
    answer = _at(row, columns.answer)
    more = [(name, _at(row, place)) for place, name in columns.others if _at(row, place)]
    written = [f"{name}: {text}" if name else text for name, text in more]
    return "\n".join([answer, *written]) if answer else ""


def _columns(table: Sequence[Cells]) -> _Columns | None:
    """Find questions and answers by their header or, in two columns, by the question marks."""
    header = [cell.casefold().rstrip(":") for cell in table[0]]
    question, answer = _find(header, QUESTIONS), _find(header, ANSWERS)
    if question is not None and answer is not None:
        path = [_find(header, names) for names in (CATEGORIES, LANGUAGES)]
        taken = (question, answer, *path)
        # What else a row says goes below its answer.
        others = [(place, name) for place, name in enumerate(table[0]) if place not in taken]
        return _Columns(question, answer, tuple(place for place in path if place is not None), tuple(others))
    asking = sum(row[0].endswith(_QUESTION_MARKS) for row in table)
    is_pairs = len(table) > 1 and all(len([cell for cell in row if cell]) <= 2 for row in table)
    if is_pairs and asking * 2 > len(table):
        return _Columns(0, 1, has_header=not table[0][0].endswith(_QUESTION_MARKS))
    return None


def _find(header: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(header) if name in names), None)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
