"""Sheets: from Excel workbooks, new and old, to the tables that stand on their sheets.

People put titles, notes and several tables on one sheet. Blank rows and columns set them
apart, so each region becomes a table of its own; a region of one cell is a paragraph.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError, one_line
from knowledge.parsing.charts import append_chart
from knowledge.parsing.office import office_file
from knowledge.parsing.spans import MAX_SPAN, spread
from knowledge.parsing.tables import MAX_COLUMNS, append_table, bounded
from knowledge.parsing.workbook_charts import charts_of

MAX_CELLS = 20_000_000
MAX_CUTS = 40
_READ = (SheetTypeEnum.WorkSheet, SheetTypeEnum.ChartSheet)
# "Sheet1" in the languages that Excel is sold in most: a name that nobody chose.
_UNNAMED = re.compile(
    r"(?:sheet|tabelle|feuille?|hoja|foglio|planilha|blatt|blad|ark|arkusz|лист|シート)\s?\d*",
    re.IGNORECASE,
)
Grid = list[list[str]]


def parse_workbook(path: Path) -> ParsedDocument:
    """Parse an Excel workbook, sheet by sheet, values instead of formulas."""
    builder = DocumentBuilder()
    with office_file(path, takes_old=True):
        try:
            _append_sheets(builder, path)
        except PasswordError as error:
            raise ParsingError(
                "This workbook is protected by a password. Save it without a password and upload it again."
            ) from error
        except CalamineError as error:
            raise ParsingError(
                "This workbook is damaged and cannot be read. Open it, save it again and upload the new copy."
            ) from error
    # Without a title it has none: the name of its first sheet says little.
    return builder.finish(title=" ")


def _append_sheets(builder: DocumentBuilder, path: Path) -> None:
    with path.open("rb") as file:
        workbook = CalamineWorkbook.from_filelike(file)
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ in _READ]
    charts = charts_of(path)
    for sheet in sheets:
        if sheet.visible != SheetVisibleEnum.Visible:
            builder.hidden(f"Hidden sheet: {sheet.name}")
            continue
        rows = _grid(workbook, sheet) if sheet.typ == SheetTypeEnum.WorkSheet else []
        drawn = charts.get(sheet.name, [])
        append_sheet(builder, rows, sheet.name, is_named=len(sheets) > 1, is_drawn_on=bool(drawn))
        for chart in drawn:
            append_chart(builder, chart)


def _grid(workbook: CalamineWorkbook, sheet: SheetMetadata) -> Grid:
    """Return the cells of a sheet as they are written."""
    found = workbook.get_sheet_by_name(sheet.name)
    last_row, last_column = found.end or (0, 0)
    if (last_row + 1) * (last_column + 1) > MAX_CELLS:
        raise ParsingError(
            "A sheet is too large to read. Delete its empty rows and columns and upload it again."
        )
    rows = [
        [_written(value) for value in row[:MAX_COLUMNS]] for row in found.to_python(skip_empty_area=False)
    ]
    _spread_merged(rows, found)
    return rows


def append_sheet(
    builder: DocumentBuilder, rows: Grid, name: str, is_named: bool = False, is_drawn_on: bool = False
) -> None:
    """Append the regions of a sheet under its name, unless nobody gave it one."""
    builder.close_headings()
    regions = [region for region in _regions(rows) if region]
    if (regions or is_drawn_on) and (is_named or not _UNNAMED.fullmatch(name)):
        builder.heading(name, 1)
    for region in regions:
        cells = {cell for row in region for cell in row if cell}
        if len(region) == 1 and len(cells) == 1:
            builder.paragraph(cells.pop())
        else:
            append_table(builder, region)


def _spread_merged(rows: Grid, sheet: CalamineSheet) -> None:
    """Write a merged cell's text in all the rows it reaches, and in its columns if it is short."""
    for (first_row, first), (last_row, last) in sheet.merged_cell_ranges or ():
        row, column = first_row, first
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            continue
        texts = spread(rows[row][column], min(last - first + 1, len(rows[row]) - column))
        if sum(bool(cell) for cell in rows[row]) == 1:  # a title over the whole table
            texts = texts[:1]
        for below in range(row, min(last_row - first_row + 1, MAX_SPAN) + row):
            if below < len(rows):
                rows[below][column : column + len(texts)] = texts


def _regions(rows: Grid, cuts: int = 0) -> Iterator[Grid]:
    """Cut a sheet at its blank rows, then at its blank columns, and so on."""
    parts = _split(rows)
    columns = [part for rows_ in parts for part in _split(_turned(rows_))]
    for part in columns:
        region = _turned(part)
        is_whole = len(columns) == 1 or cuts >= MAX_CUTS
        if is_whole or len(_split(region)) == 1:
            yield list(bounded(region))
        else:
            yield from _regions(region, cuts + 1)


def _split(rows: Sequence[list[str]]) -> list[Grid]:
    """Return the runs of rows that hold something."""
    parts: list[Grid] = []
    is_open = False
    for row in rows:
        is_filled = any(row)
        if is_filled and not is_open:
            parts.append([])
        if is_filled:
            parts[-1].append(row)
        is_open = is_filled
    return parts


def _turned(rows: Iterable[list[str]]) -> Grid:
    grid = list(rows)
    width = max((len(row) for row in grid), default=0)
    return [[row[column] if column < len(row) else "" for row in grid] for column in range(width)]


def _written(value: object) -> str:
    """Write a value as people do: no seconds that nobody entered, no ".0"."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case datetime() | date() | time():
            return _moment(value)
        case timedelta():
            return str(value)
        case _:
            return one_line(str(value))


def _moment(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return value.isoformat("minutes") if isinstance(value, time) else value.isoformat()
