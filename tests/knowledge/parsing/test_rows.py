"""Tables in pages and packages: a row stays whole, whatever stands in its cells."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chartsheet import Chartsheet

from knowledge.parsing.base import Block, BlockKind, ParsedDocument
from knowledge.parsing.guards import identify
from knowledge.parsing.parse import parse
from tests.knowledge.parsing.packages import OPEN_DOCUMENT, pack, repacked, word

CHART = (
    '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart>'
    "<c:title><c:tx><c:rich><a:p><a:r><a:t>Sold by year</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    "<c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache>"
    '<c:pt idx="0"><c:v>Tanks</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    '<c:cat><c:numRef><c:numCache><c:pt idx="0"><c:v>2025</c:v></c:pt></c:numCache></c:numRef></c:cat>'
    '<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>7</c:v></c:pt></c:numCache></c:numRef></c:val>'
    "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def read(path: Path, content: str = "") -> ParsedDocument:
    """Parse a file, written first if its content is given, by what its name and content say."""
    if content:
        path.write_text(content, encoding="utf-8")
    return parse(path, identify(path, path.name, 1_000_000))


def tables(parsed: ParsedDocument) -> list[Block]:
    """Return the tables of a document."""
    return [block for block in parsed.blocks if block.kind is BlockKind.TABLE]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<pre>reset --all</pre>", "reset --all"),
        ("<h2>Factory reset</h2>", "Factory reset"),
        ("<table><tr><td>Hold</td><td>10 s</td></tr></table>", "Hold 10 s"),
        ("<ol start='3'><li>Hold</li><li>Wait</li></ol>", "3. Hold 4. Wait"),
    ],
)
def test_a_cell_of_a_page_may_hold_code_a_heading_a_list_or_a_small_table(
    tmp_path: Path, cell: str, words: str
) -> None:
    page = f"<table><tr><th>Way</th><th>{cell}</th></tr><tr><td>Lamp</td><td>blinks</td></tr></table>"

    (table,) = tables(read(tmp_path / "a.html", page))

    assert table.rows == (("Way", words), ("Lamp", "blinks"))


def test_a_table_that_lays_out_a_page_is_read_as_the_page(tmp_path: Path) -> None:
    prose = "<p>" + "The tank holds two litres of water. " * 20 + "</p>"
    inner = "<table><tr><td>Code</td><td>E-42</td></tr></table>"
    page = f"<table><tr><td>{prose}</td><td>{inner}</td></tr><tr><td>Left</td><td>Right</td></tr></table>"

    parsed = read(tmp_path / "a.html", page)

    assert [block.kind for block in parsed.blocks][:2] == [BlockKind.PARAGRAPH, BlockKind.TABLE]
    assert [table.rows for table in tables(parsed)] == [(("Code", "E-42"),)]


def test_the_caption_of_a_table_stands_before_it(tmp_path: Path) -> None:
    rows = "<tr><td>Tank</td><td>5</td></tr>"

    parsed = read(tmp_path / "a.html", f"<table><caption>Prices in euros</caption>{rows}</table>")

    assert [block.text for block in parsed.blocks] == ["Prices in euros", "| Tank | 5 |"]


def test_the_words_on_a_picture_are_read_and_the_names_of_files_are_not(tmp_path: Path) -> None:
    page = (
        '<p>Press the <img alt="gear" src="g.png"> button.</p><p><img alt="IMG_2041.jpg"> Done.</p>'
        '<p><img alt="you cannot see me" width="1"> Dot.</p>'
        "<figure><img alt='a machine'><figcaption>The machine</figcaption></figure>"
    )

    parsed = read(tmp_path / "a.html", page)

    assert [block.text for block in parsed.blocks] == [
        "Press the gear button.",
        "Done.",
        "Dot.",
        "The machine",
    ]


def paragraph(text: str) -> str:
    """Return a paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def grid(*rows: tuple[str, ...]) -> str:
    """Return a table of a Word file, of cells given by their markup."""
    written = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in written)}</w:tbl>"


def test_a_small_table_in_a_cell_of_a_word_file_stays_in_its_row(tmp_path: Path) -> None:
    inner = grid((paragraph("Hold"), paragraph("10 s")))
    body = grid((paragraph("Way"), paragraph("Steps")), (paragraph("Reset"), inner + "<w:p/>"))

    (table,) = tables(read(word(tmp_path / "a.docx", body)))

    assert table.rows == (("Way", "Steps"), ("Reset", "Hold 10 s"))


def test_a_word_table_that_places_long_texts_gives_its_tables_on_their_own(tmp_path: Path) -> None:
    inner = grid((paragraph("Code"), paragraph("E-42")))
    body = grid((paragraph("Way"), paragraph("x")), (paragraph("The tank. " * 60), inner + "<w:p/>"))

    parsed = read(word(tmp_path / "a.docx", body))

    assert [table.rows for table in tables(parsed)] == [(("Code", "E-42"),)]
    assert "The tank. The tank." in parsed.text


def item(text: str, inside: str = "") -> str:
    """Return an item of a list in an open document."""
    return f"<text:list-item><text:p>{text}</text:p>{inside}</text:list-item>"


def test_items_of_an_open_document_list_keep_their_numbers_in_cells_too(tmp_path: Path) -> None:
    style = (
        '<office:automatic-styles><text:list-style style:name="L1">'
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
        "</text:list-style></office:automatic-styles>"
    )
    inner = f"<text:list>{item('Wait')}</text:list>"
    listing = f'<text:list text:style-name="L1">{item("Rinse", inner)}{item("Dry")}</text:list>'
    more = f'<text:list text:style-name="L1" text:continue-numbering="true">{item("Close")}</text:list>'
    cells = (
        f"<table:table-cell>{more}</table:table-cell><table:table-cell><text:p>C</text:p></table:table-cell>"
    )
    table = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    body = f"<office:body><office:text>{listing}{table}</office:text></office:body>"
    names = f'{OPEN_DOCUMENT} xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    content = f"<office:document-content {names}>{style}{body}</office:document-content>"

    parsed = read(pack(tmp_path / "a.odt", {"content.xml": content}))

    assert [block.text for block in parsed.blocks] == ["1. Rinse", "a) Wait", "2. Dry", "| 3. Close | C |"]


def drawn(path: Path, chart: str) -> Path:
    """Write a workbook of a sheet with a chart, a hidden one with another, and a sheet that is a chart."""
    workbook = Workbook()
    shown, secret = workbook.worksheets[0], workbook.create_sheet("Margins")
    shown.append(["Year", 2025])
    shown.add_chart(_bars(workbook), "D4")
    secret.add_chart(_bars(workbook), "A1")
    secret.sheet_state = "hidden"
    sheet: Chartsheet = workbook.create_chartsheet("Sales")
    sheet.add_chart(_bars(workbook))
    workbook.save(path)
    parts = {f"xl/charts/chart{number}.xml": chart for number in (1, 3)}
    return repacked(path, parts | {"xl/charts/chart2.xml": CHART.replace("Sold", "Lost")})


def _bars(workbook: Workbook) -> BarChart:
    chart = BarChart()
    chart.add_data(Reference(workbook.worksheets[0], min_col=1, min_row=1))
    return chart


def test_a_chart_on_a_sheet_gives_its_title_and_numbers(tmp_path: Path) -> None:
    parsed = read(drawn(tmp_path / "a.xlsx", CHART))

    assert [(block.text, block.heading_path) for block in parsed.blocks] == [
        ("Sheet", ()),
        ("| Year | 2025 |", ("Sheet",)),
        ("Sold by year", ("Sheet",)),
        ("|  | Tanks |\n| 2025 | 7 |", ("Sheet",)),
        ("Sales", ()),
        ("Sold by year", ("Sales",)),
        ("|  | Tanks |\n| 2025 | 7 |", ("Sales",)),
    ]


def test_a_damaged_chart_costs_no_more_than_the_charts(tmp_path: Path) -> None:
    parsed = read(drawn(tmp_path / "a.xlsx", "<c:chart"))

    assert parsed.text == "Sheet\n\n| Year | 2025 |"


def test_what_stands_among_questions_without_being_one_is_kept(tmp_path: Path) -> None:
    rows = (
        "Question,Answer,,Status",
        "Is it safe?,Yes.,Always,new",
        ",,Model,Price",
        ",,Aroma,99",
        "Who?,,,open",
    )

    parsed = read(tmp_path / "faq.csv", "\n".join(rows))

    assert [block.text for block in parsed.blocks] == [
        "Is it safe?\nYes.\nAlways\nStatus: new",
        "| Model | Price |\n| Aroma | 99 |",
    ]
