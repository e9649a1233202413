"""Sample documents of the tests: run this file to write them anew into its own folder.

They are one small manual of a coffee machine in every format we take, and the files that we
do not take: scanned, locked, damaged, empty.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from fpdf import FPDF
from openpyxl import Workbook
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
WHEN = datetime(2026, 1, 1, tzinfo=UTC)

SECTIONS = {
    "Getting started": (
        "Fill the tank with fresh water and press the power button. The machine heats up for forty "
        "seconds and rinses itself once. Do not open the lid while the lamp is blinking."
    ),
    "Cleaning": (
        "Remove lime scale every two months. Use the descaling liquid only: vinegar destroys the seals "
        "of the pump. A full run takes twenty-five minutes and needs one litre of water."
    ),
    "Troubleshooting": (
        "If the display shows a code, look it up in the table below. Call us when the code comes back "
        "after you have switched the machine off and on again."
    ),
}
CODES = (
    ("Code", "Meaning", "Remedy"),
    ("E-42", "Pump is blocked", "Descale the machine"),
    ("E-57", "Tank is empty", "Fill the tank"),
    ("E-61", "Drawer is full", "Empty the drawer"),
    ("E-73", "Lid is open", "Close the lid"),
)
QUESTIONS = (
    ("Category", "Question", "Answer", "Language"),
    ("Orders", "Where is my order?", "Open Orders in your account. The tracking link is beside it.", "en"),
    ("Orders", "Can I cancel an order?", "Yes, until it has been packed.", "en"),
    ("Returns", "Wie lange kann ich zurückgeben?", "Dreißig Tage nach Erhalt der Ware.", "de"),
)


class Manual(FPDF):
    """A PDF with a running head and page numbers."""

    def header(self) -> None:
        """Write the running head."""
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, "Aroma 3000 User Manual", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, f"Page {self.page_no()}", align="C")


def manual_pdf() -> Manual:
    """Return the manual: a page for each section, a table on the last."""
    pdf = Manual()
    pdf.set_creation_date(WHEN)
    pdf.set_title("Aroma 3000")
    for number, (heading, text) in enumerate(SECTIONS.items(), start=1):
        pdf.add_page()
        pdf.set_font("Helvetica", style="B", size=18)
        pdf.cell(0, 14, f"{number} {heading}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        pdf.multi_cell(0, 6, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.multi_cell(0, 6, "The thermo-\nstat is behind the lid.", align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    for row in CODES:
        for width, cell in zip((30, 60, 60), row, strict=True):
            pdf.cell(width, 7, cell)
        pdf.ln()
    return pdf


def write_pdfs() -> None:
    """Write the PDF files, good and bad."""
    manual_pdf().output(str(HERE / "manual.pdf"))
    locked = manual_pdf()
    locked.set_encryption(owner_password="owner", user_password="user")
    locked.output(str(HERE / "locked.pdf"))
    picture = Image.new("L", (300, 400), "white")
    ImageDraw.Draw(picture).text((40, 60), "Only a picture of words", fill="black")
    scanned = FPDF()
    scanned.set_creation_date(WHEN)
    scanned.add_page()
    scanned.image(picture, w=150)
    scanned.output(str(HERE / "scanned.pdf"))
    (HERE / "damaged.pdf").write_bytes(b"%PDF-1.7\n" + b"broken " * 40)


def write_docx() -> None:
    """Write the Word file and a damaged one."""
    document = Document()
    document.core_properties.title = "Aroma 3000"
    document.core_properties.created = document.core_properties.modified = WHEN.replace(tzinfo=None)
    document.add_heading("Aroma 3000", 0)
    for heading, text in SECTIONS.items():
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    for step in ("Unplug the machine.", "Wait ten minutes."):
        document.add_paragraph(step, style="List Number")
    document.add_paragraph("Use soft water.", style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for row in CODES:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("Service", 2)
    document.add_paragraph("Call us on weekdays.")
    document.save(str(HERE / "manual.docx"))
    with ZipFile(HERE / "damaged.docx", "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document")


def write_tables() -> None:
    """Write the Excel and CSV files."""
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = WHEN.replace(tzinfo=None)
    workbook.remove(workbook.worksheets[0])
    prices = workbook.create_sheet("Prices")
    for row in (("Part", "Price", "Since"), ("Tank", 19.5, datetime(2026, 3, 1)), ("Seal", 4, None)):
        prices.append(row)
    questions = workbook.create_sheet("Questions")
    for question in QUESTIONS:
        questions.append(question)
    workbook.save(HERE / "shop.xlsx")
    lines = (";".join(f'"{cell}"' for cell in row) for row in QUESTIONS)
    (HERE / "faq.csv").write_text("\r\n".join(lines), encoding="cp1252")
    (HERE / "codes.csv").write_text("\n".join(",".join(row) for row in CODES), encoding="utf-8")


def write_bomb() -> None:
    """Write a Word file of 40 KB that would unpack to 30 MB."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 30_000_000)
    (HERE / "bomb.docx").write_bytes(buffer.getvalue())


def main() -> int:
    """Write all samples that are not written by hand."""
    write_pdfs()
    write_docx()
    write_tables()
    write_bomb()
    return 0


if __name__ == "__main__":
    sys.exit(main())
