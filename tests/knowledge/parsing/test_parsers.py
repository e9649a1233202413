"""Every format gives the same kinds of blocks, with their places."""

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from knowledge.parsing.base import Block, BlockKind, ParsedDocument, ParsingError
from knowledge.parsing.guards import identify
from knowledge.parsing.media import BY_SUFFIX, CSV, DOCX, HTML, MARKDOWN, PDF, TEXT, XLSX
from knowledge.parsing.parse import parse

Pick = Callable[[ParsedDocument, BlockKind], list[Block]]

READABLE = (
    "manual.pdf",
    "manual.docx",
    "shop.xlsx",
    "faq.csv",
    "codes.csv",
    "guide.md",
    "page.html",
    "notes.txt",
)


@pytest.mark.parametrize("name", READABLE)
def test_a_parsed_document_survives_json_and_its_spans_are_right(samples: Path, name: str) -> None:
    parsed = parse(samples / name, BY_SUFFIX[Path(name).suffix])

    restored = ParsedDocument.from_json(json.loads(json.dumps(parsed.to_json())))

    assert restored == parsed
    assert all(parsed.text[block.start : block.end] == block.text != "" for block in parsed.blocks)
    assert [block.start for block in parsed.blocks] == sorted(block.start for block in parsed.blocks)


def test_every_pdf_block_knows_its_page_and_heading(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "manual.pdf", PDF)

    paragraphs = blocks_of(parsed, BlockKind.PARAGRAPH)

    assert parsed.pages == 3
    assert [(block.page, block.heading_path) for block in paragraphs[:3]] == [
        (1, ("1 Getting started",)),
        (2, ("2 Cleaning",)),
        (3, ("3 Troubleshooting",)),
    ]
    assert paragraphs[0].text.endswith("while the lamp is blinking.")
    assert "\n" not in paragraphs[0].text


def test_a_word_hyphenated_at_a_line_end_is_made_whole(samples: Path) -> None:
    parsed = parse(samples / "manual.pdf", PDF)

    assert "The thermostat is behind the lid." in parsed.text


def test_running_heads_and_page_numbers_of_a_pdf_are_left_out(samples: Path) -> None:
    parsed = parse(samples / "manual.pdf", PDF)

    assert "User Manual" not in parsed.text
    assert "Page 2" not in parsed.text


def test_aligned_columns_of_a_pdf_become_a_table(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "manual.pdf", PDF)

    (table,) = blocks_of(parsed, BlockKind.TABLE)

    assert table.rows[0] == ("Code", "Meaning", "Remedy")
    assert table.rows[2] == ("E-57", "Tank is empty", "Fill the tank")
    assert len(table.rows) == 5
    assert table.page == 3


def test_word_headings_lists_and_tables_come_in_document_order(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "manual.docx", DOCX)

    headings = blocks_of(parsed, BlockKind.HEADING)
    items = blocks_of(parsed, BlockKind.LIST_ITEM)
    (table,) = blocks_of(parsed, BlockKind.TABLE)

    assert parsed.title == "Aroma 3000"
    assert [(block.text, block.level) for block in headings[:2]] == [
        ("Aroma 3000", 1),
        ("Getting started", 2),
    ]
    assert headings[-1].heading_path == ("Aroma 3000", "Troubleshooting")
    assert [item.text for item in items] == [
        "1. Unplug the machine.",
        "2. Wait ten minutes.",
        "- Use soft water.",
    ]
    assert items[-1].end < table.start < headings[-1].start
    assert table.rows[1] == ("E-42", "Pump is blocked", "Descale the machine")


def test_markdown_keeps_words_and_drops_markup(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "guide.md", MARKDOWN)

    paragraphs = [block.text for block in blocks_of(parsed, BlockKind.PARAGRAPH)]
    items = blocks_of(parsed, BlockKind.LIST_ITEM)
    (code,) = blocks_of(parsed, BlockKind.CODE)
    (answer,) = blocks_of(parsed, BlockKind.QUESTION_ANSWER)

    assert parsed.title == "Aroma 3000 guide"
    assert paragraphs == [
        "Keep this guide. It tells how to use the machine.",
        "Do this in order:",
        "Soft water keeps the pump alive.",
    ]
    assert [(item.text, item.level) for item in items][1:] == [
        ("2. Wait ten minutes.", 1),
        ("- longer in winter", 2),
    ]
    assert items[0].heading_path == ("Aroma 3000", "Reset")
    assert code.text == "import x from 'y'\nreset --all"
    assert (answer.question, answer.text) == ("Is it safe?", "Is it safe?\nYes, it is.")


def test_a_web_page_is_reduced_to_its_main_content(samples: Path) -> None:
    parsed = parse(samples / "page.html", HTML)

    for clutter in ("secret", "Home", "Blog", "cookies", "Hidden", "Imprint"):
        assert clutter not in parsed.text
    assert parsed.title == "Returns"
    assert "You may return any machine within thirty days\nafter it arrived." in parsed.text


def test_a_web_page_keeps_lists_tables_definitions_and_code(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "page.html", HTML)

    items = [block.text for block in blocks_of(parsed, BlockKind.LIST_ITEM)]
    (table,) = blocks_of(parsed, BlockKind.TABLE)
    (answer,) = blocks_of(parsed, BlockKind.QUESTION_ANSWER)
    (code,) = blocks_of(parsed, BlockKind.CODE)

    assert items == ["3. Print the label.", "4. Pack the machine", "- with its tank", "Refund: Money back."]
    assert table.rows == (("Country", "Days"), ("Spain", "30"), ("Spain", "60"))
    assert answer.question == "Who pays?"
    assert code.text == "return --id 7\n  --now"


def test_plain_text_headings_are_underlined_numbered_or_in_capitals(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "notes.txt", TEXT)

    headings = [(block.text, block.level) for block in blocks_of(parsed, BlockKind.HEADING)]
    items = blocks_of(parsed, BlockKind.LIST_ITEM)

    assert headings == [("OPENING HOURS", 1), ("Returns", 2), ("1.2 Warranty", 2)]
    assert len(items) == 2
    assert items[1].text.endswith("otherwise the label is no longer valid.")


def test_questions_and_answers_give_one_block_a_row_under_their_category(
    samples: Path, blocks_of: Pick
) -> None:
    parsed = parse(samples / "faq.csv", CSV)

    blocks = blocks_of(parsed, BlockKind.QUESTION_ANSWER)

    assert [block.question for block in blocks] == [
        "Where is my order?",
        "Can I cancel an order?",
        "Wie lange kann ich zurückgeben?",
    ]
    assert blocks[0].heading_path == ("Orders", "en")
    assert blocks[2].text == "Wie lange kann ich zurückgeben?\nDreißig Tage nach Erhalt der Ware."


def test_two_columns_of_questions_need_no_header(tmp_path: Path, blocks_of: Pick) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("Is it safe?,Yes.\nIs it loud?,No.\n", encoding="utf-8")

    blocks = blocks_of(parse(file, CSV), BlockKind.QUESTION_ANSWER)

    assert [block.question for block in blocks] == ["Is it safe?", "Is it loud?"]


def test_a_workbook_gives_a_table_or_answers_a_sheet(samples: Path, blocks_of: Pick) -> None:
    parsed = parse(samples / "shop.xlsx", XLSX)

    (table,) = blocks_of(parsed, BlockKind.TABLE)
    answers = blocks_of(parsed, BlockKind.QUESTION_ANSWER)

    assert table.rows == (("Part", "Price", "Since"), ("Tank", "19.5", "2026-03-01"), ("Seal", "4", ""))
    assert table.heading_path == ("Prices",)
    assert answers[0].heading_path == ("Questions", "Orders", "en")


@pytest.mark.parametrize(
    ("name", "media_type", "words"),
    [
        ("locked.pdf", PDF, "protected by a password"),
        ("scanned.pdf", PDF, "it looks scanned"),
        ("damaged.pdf", PDF, "damaged"),
        ("damaged.docx", DOCX, "damaged"),
        ("notes.txt", "image/png", "We cannot read files of the type image/png"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_sentence(
    samples: Path, name: str, media_type: str, words: str
) -> None:
    with pytest.raises(ParsingError) as refusal:
        parse(samples / name, media_type)

    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (HTML, b""),
        (HTML, b"<html><nav>Menu</nav></html>"),
        (MARKDOWN, b"---\n---\n"),
        (TEXT, b" \n "),
        (CSV, b",,\n,"),
    ],
)
def test_a_file_without_text_is_refused_with_a_sentence(
    tmp_path: Path, media_type: str, content: bytes
) -> None:
    file = tmp_path / "blank"
    file.write_bytes(content)

    with pytest.raises(ParsingError, match=r"contains no text|is empty"):
        parse(file, media_type)


def test_an_office_file_with_a_document_type_is_refused(tmp_path: Path, samples: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    bomb.write_bytes((samples / "manual.docx").read_bytes())
    with ZipFile(bomb, "a") as archive:
        archive.writestr("word/extra.xml", '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>')

    with pytest.raises(ParsingError, match="document type declaration"):
        parse(bomb, DOCX)


def test_html_entities_from_outside_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret", encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        f'<!DOCTYPE p [<!ENTITY x SYSTEM "file://{secret}">]><p>Words &x; end</p>', encoding="utf-8"
    )

    parsed = parse(page, HTML)

    assert "the-secret" not in parsed.text
    assert "Words" in parsed.text


def test_deeply_nested_html_does_not_exhaust_the_stack(tmp_path: Path) -> None:
    page = tmp_path / "deep.html"
    page.write_text("<p>Top</p>" + "<div>" * 50_000 + "deep" + "</div>" * 50_000, encoding="utf-8")

    parsed = parse(page, HTML)

    assert "Top" in parsed.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_any_unicode_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes("Größe des Tanks: 2 Liter.".encode(encoding))

    assert identify(file, "notes.txt", 1_000) == TEXT
    assert parse(file, TEXT).text == "Größe des Tanks: 2 Liter."


def test_text_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "alt.txt"
    text = (
        "Die Rückgabe ist möglich, wenn das Gerät unbenützt ist. Bitte prüfen Sie die Größe der Verpackung."
    )
    file.write_bytes(text.encode("cp1252"))

    assert parse(file, TEXT).text == text
