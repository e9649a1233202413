"""Formats beyond the first: each gives its words in order, under its own headings."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.parsing.base import BlockKind, ParsedDocument, ParsingError
from knowledge.parsing.guards import identify
from knowledge.parsing.parse import parse
from tests.knowledge.parsing.packages import OPEN_DOCUMENT, book, pack, presentation, shape, word


def read(path: Path) -> ParsedDocument:
    """Parse a file as the product does: by what its name and content say."""
    return parse(path, identify(path, path.name, 1_000_000))


def written(path: Path, content: str) -> Path:
    """Write a text file and return its path."""
    path.write_text(content, encoding="utf-8")
    return path


def test_a_slide_is_a_page_and_its_title_the_heading_wherever_it_was_drawn(tmp_path: Path) -> None:
    slides = (shape("Descale it.") + shape("Care", "title"), shape("A slide without a title."))

    parsed = read(presentation(tmp_path / "talk.pptx", *slides))

    assert [(block.text, block.page, block.heading_path) for block in parsed.blocks] == [
        ("Care", 1, ()),
        ("Descale it.", 1, ("Care",)),
        ("A slide without a title.", 2, ()),
    ]
    assert parsed.pages == 2


def test_chapters_of_a_book_come_in_the_order_of_reading(tmp_path: Path) -> None:
    parsed = read(book(tmp_path / "aroma.epub", "<h1>One</h1><p>First.</p>", "<h1>Two</h1><p>Last.</p>"))

    assert parsed.text == "One\n\nFirst.\n\nTwo\n\nLast."
    assert parsed.title == "The Aroma book"


def test_a_mail_gives_subject_sender_date_and_body_and_names_what_hangs_on_it(tmp_path: Path) -> None:
    mail = (
        "From: Ada <ada@example.com>\nSubject: =?utf-8?q?R=C3=BCckgabe?=\n"
        "Date: Mon, 5 Jan 2026 10:00:00 +0000\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/html\n\n<p>Thirty <b>days</b>.</p>\n"
        '--b\nContent-Type: application/pdf; name="terms.pdf"\nContent-Disposition: attachment\n\nx\n--b--\n'
    )

    parsed = read(written(tmp_path / "mail.eml", mail))

    assert parsed.title == "Rückgabe"
    assert "From: Ada <ada@example.com>\nDate: Mon, 05 Jan 2026" in parsed.text
    assert "Thirty days." in parsed.text
    assert parsed.text.endswith("Attachments: terms.pdf")


@pytest.mark.parametrize(
    "records",
    [
        '[{"question": "Is it safe?", "answer": "Yes."}]',
        '{"items": [{"Frage": "Is it safe?", "Antwort": "Yes."}]}',
        '{"faq": {"list": [{"q": "Is it safe?", "a": "Yes."}]}}',
    ],
)
def test_questions_in_json_are_found_by_many_names(tmp_path: Path, records: str) -> None:
    (block,) = read(written(tmp_path / "faq.json", records)).blocks

    assert (block.kind, block.question) == (BlockKind.QUESTION_ANSWER, "Is it safe?")
    assert block.text == "Is it safe?\nYes."


def test_other_json_reads_as_names_and_values(tmp_path: Path) -> None:
    parsed = read(written(tmp_path / "part.json", '{"sku": "A-1", "size": {"height": 3}, "sold": true}'))

    assert parsed.text == "sku: A-1\nsize.height: 3\nsold: yes"


def test_a_record_on_each_line_is_read(tmp_path: Path) -> None:
    parsed = read(written(tmp_path / "faq.jsonl", '{"prompt": "Why?", "completion": "So."}\n\n'))

    assert parsed.blocks[0].question == "Why?"


@pytest.mark.parametrize("content", ['{"a": ', "[" * 100_000, "not json"])
def test_broken_json_is_refused_with_the_place(tmp_path: Path, content: str) -> None:
    with pytest.raises(ParsingError, match="no valid JSON"):
        read(written(tmp_path / "a.json", content))


def test_xml_records_become_a_table_and_entities_are_not_followed(tmp_path: Path) -> None:
    parts = (("Tank", "5"), ("Lid", "2"))
    records = "".join(f"<part><name>{name}</name><price>{price}</price></part>" for name, price in parts)

    parsed = read(written(tmp_path / "shop.xml", f"<shop>{records}</shop>"))

    assert parsed.blocks[0].rows == (("name", "price"), ("Tank", "5"), ("Lid", "2"))
    with pytest.raises(ParsingError, match="defines entities"):
        read(written(tmp_path / "bomb.xml", '<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'))


def test_subtitles_are_joined_to_what_was_said(tmp_path: Path) -> None:
    cues = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ada>Unplug\nthe machine,\n\n"
        "00:02.000 --> 00:03.000\n<v Ada>then wait.\n\n00:04.000 --> 00:05.000\n<v Ben>Done.\n"
    )

    parsed = read(written(tmp_path / "film.vtt", cues))

    assert parsed.text == "Ada: Unplug\nthe machine, then wait.\n\nBen: Done."


def test_asciidoc_keeps_structure_and_drops_markup(tmp_path: Path) -> None:
    text = (
        "= Aroma\n\nUse *soft* water, see <<x,there>>.\n\n== Parts\n\n* Tank\n** Lid\n\n"
        "|===\n|Code |Price\n|E-1 |5\n|===\n"
    )

    parsed = read(written(tmp_path / "a.adoc", text))

    assert [block.text for block in parsed.blocks] == [
        "Aroma",
        "Use soft water, see there.",
        "Parts",
        "- Tank",
        "- Lid",
        "| Code | Price |\n| E-1 | 5 |",
    ]


def test_rich_text_keeps_letters_tables_and_flags_what_is_hidden(tmp_path: Path) -> None:
    rich = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\pard Gr\'f6\u223?e {\v secret plan}here\par"
        r"\trowd\pard\intbl A\cell B\cell\row\pard End\par}"
    )

    parsed = read(written(tmp_path / "a.rtf", rich))

    assert [block.text for block in parsed.blocks] == ["Größe here", "| A | B |", "End"]
    assert [flag.excerpt for flag in parsed.warnings] == ["secret plan"]


def test_open_document_gives_headings_lists_and_tables(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="1">Care</text:h>'
        "<text:list><text:list-item><text:p>Rinse</text:p></text:list-item></text:list>"
        "<table:table><table:table-row>"
        '<table:table-cell table:number-columns-spanned="2"><text:p>Both</text:p>'
        "</table:table-cell><table:covered-table-cell/><table:table-cell><text:p>C</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {OPEN_DOCUMENT}>{inside}</office:document-content>"

    parsed = read(pack(tmp_path / "a.odt", {"content.xml": content}))

    assert [block.text for block in parsed.blocks] == ["Care", "- Rinse", "| Both | Both | C |"]


def test_a_sheet_is_cut_into_its_tables_and_a_merged_head_stands_over_each_column(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["Price list"], [], ["Part", "2026", ""], ["", "Q1", "Q2"], ["Tank", 5, 6]):
        sheet.append(row)
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("A3:A4")
    workbook.save(tmp_path / "prices.xlsx")

    title, table = read(tmp_path / "prices.xlsx").blocks

    assert (title.kind, title.text) == (BlockKind.PARAGRAPH, "Price list")
    assert table.rows == (("Part", "2026", "2026"), ("Part", "Q1", "Q2"), ("Tank", "5", "6"))


def test_a_hidden_sheet_is_flagged_and_left_out(tmp_path: Path) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    workbook.active.append(["Shown", "1"])
    secret = workbook.create_sheet("Margins")
    secret.append(["Secret"])
    secret.sheet_state = "hidden"
    workbook.save(tmp_path / "a.xlsx")

    parsed = read(tmp_path / "a.xlsx")

    assert "Secret" not in parsed.text
    assert parsed.warnings[0].excerpt == "Hidden sheet: Margins"


def test_columns_beside_question_and_answer_are_not_lost(tmp_path: Path) -> None:
    (block,) = read(written(tmp_path / "faq.csv", "Question,Answer,Contact\nIs it safe?,Yes.,Ben\n")).blocks

    assert block.text == "Is it safe?\nYes.\nContact: Ben"


def test_the_strict_dialect_of_office_is_read(tmp_path: Path) -> None:
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'

    parsed = read(word(tmp_path / "a.docx", "<w:p><w:r><w:t>Strictly so.</w:t></w:r></w:p>", strict))

    assert parsed.text == "Strictly so."


@pytest.mark.parametrize(
    ("name", "words"), [("a.doc", "damaged"), ("a.ppt", "damaged"), ("a.msg", "damaged")]
)
def test_a_damaged_file_of_an_old_format_is_refused_with_a_sentence(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / name).write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x01\x02" * 600)

    with pytest.raises(ParsingError, match=words):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "words"), [("a.pages", "Export it as Word"), ("a.rar", r"as \.zip"), ("a.mp3", "transcript")]
)
def test_what_we_do_not_take_is_told_what_to_become(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        read(written(tmp_path / name, "x"))
