"""The ledger press: from a CSV to an Excel workbook with one sheet."""

import csv
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from presses.archive import repack

MAKER = "Wrenfield & Tosk"
SHEET = "Spare parts"


def press(source: Path) -> bytes:
    """Return the XLSX of the table in ``source``, numbers as numbers."""
    with source.open(encoding="utf-8", newline="") as lines:
        rows = [[_value(cell) for cell in row] for row in csv.reader(lines)]
    book = Workbook()
    book.properties.creator = MAKER
    sheet = book.create_sheet(SHEET, 0)
    book.remove(book["Sheet"])
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 2 + max(len(str(cell)) for cell in column)
    sheet.freeze_panes = "A2"
    packed = BytesIO()
    book.save(packed)
    return repack(packed.getvalue())


def _value(cell: str) -> str | float:
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell
