"""Files: curated answers in CSV and JSON, read and written as a stream of records.

CSV goes out as UTF-8 with a mark of its own, because spreadsheets guess otherwise; it comes
in with commas, semicolons or tabs, as spreadsheets of different countries write it.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import TextIO

from knowledge.curated.records import COLUMNS, NEEDED, Record, from_cells, from_object, to_cells, to_object
from knowledge.errors import PermanentError

FORMATS = ("csv", "json")
MOST_ROWS = 50_000
LONGEST_CELL = 100_000  # characters; what is longer is no answer but a broken quote
Row = tuple[str, Record | PermanentError]


def write(records: Iterable[Record], kind: str) -> Iterator[str]:
    """Yield the file's text piece by piece, CSV or JSON."""
    if kind == "csv":
        yield "\ufeff"
        yield _line(COLUMNS)
        for record in records:
            yield _line(to_cells(record))
        return
    yield "["
    for number, record in enumerate(records):
        yield ("," if number else "") + "\n" + json.dumps(to_object(record), ensure_ascii=False)
    yield "\n]\n"


def read(file: TextIO, kind: str) -> Iterator[Row]:
    """Yield each record with its place in the file, or why it cannot be read.

    Args:
        file: Opened as UTF-8 with ``newline=""``.
        kind: "csv" or "json".

    Raises:
        PermanentError: The file as a whole cannot be read.
    """
    try:
        rows = _read_csv(file) if kind == "csv" else _read_json(file)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise PermanentError(f"There are more than {MOST_ROWS} rows: split the file.")
            yield row
    except UnicodeDecodeError:
        raise PermanentError("The file is not UTF-8: save it as “CSV UTF-8” or JSON.") from None


def _line(cells: Iterable[str]) -> str:
    line = StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _read_csv(file: TextIO) -> Iterator[Row]:
    header = file.readline().removeprefix("\ufeff")
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().casefold() for name in next(csv.reader([header], delimiter=delimiter), [])]
    if missing := sorted(NEEDED - set(names)):
        raise PermanentError(f"The first line must name the columns; {' and '.join(missing)} is missing.")
    if unknown := sorted(set(names) - set(COLUMNS)):
        raise PermanentError(f"There is no column “{unknown[0]}”: the columns are {', '.join(COLUMNS)}.")
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(file, delimiter=delimiter)
    line = 2
    try:
        for cells in rows:
            if any(map(str.strip, cells)):
                yield f"Line {line}", _record_of_cells(names, cells)
            line = rows.line_num + 2  # the header was read before
    except csv.Error as error:
        raise PermanentError(f"Line {line} is no CSV ({error}): check its quotes.") from None


def _record_of_cells(names: list[str], cells: list[str]) -> Record | PermanentError:
    if len(cells) > len(names):
        return PermanentError("It has more cells than there are columns: put texts with commas in quotes.")
    try:
        return from_cells(dict(zip(names, cells, strict=False)))
    except PermanentError as error:
        return error


def _read_json(file: TextIO) -> Iterator[Row]:
    try:
        values = json.loads(file.read().removeprefix("\ufeff"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise PermanentError(f"The file is no JSON: {error}.") from None
    if not isinstance(values, list):
        raise PermanentError("The file must hold a list of objects, as the export writes it.")
    for number, value in enumerate(values, start=1):
        yield f"Entry {number}", _record_of_object(value)


def _record_of_object(value: object) -> Record | PermanentError:
    if not isinstance(value, dict):
        return PermanentError("It is not an object with a question and an answer.")
    if unknown := sorted(map(str, set(value) - set(COLUMNS))):
        return PermanentError(f"There is no field “{unknown[0]}”: the fields are {', '.join(COLUMNS)}.")
    try:
        return from_object(value)
    except PermanentError as error:
        return error
