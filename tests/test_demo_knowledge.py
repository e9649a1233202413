"""The demo's knowledge base: it is as large, as consistent and as reproducible as its README says."""

import csv
import re
import subprocess
import sys
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml
from docx import Document
from openpyxl import load_workbook

EVALS = Path(__file__).resolve().parents[1] / "evals"
DOCUMENTS = EVALS / "demo" / "documents"
PUBLIC = DOCUMENTS / "public"
CANARY = "brackenwhistle"
FOREIGN = {"altgeraete-und-ratenzahlung.md", "plan-cuidado.html"}
WIDGET_TAG = (
    '<script async src="{{ widget_origin }}/widget/v1/loader.js" '
    'data-assistant="{{ assistant_key }}"></script>'
)  # fmt: skip


def on_one_line(text: str) -> str:
    """Return ``text`` with every stretch of white space as one space."""
    return re.sub(r"\s+", " ", text)


@cache
def pdf_pages(path: Path) -> tuple[str, ...]:
    """Return the text layer of each page."""
    pdf = pypdfium2.PdfDocument(path)
    pages = tuple(on_one_line(page.get_textpage().get_text_range()) for page in pdf)
    pdf.close()
    return pages


def docx_text(path: Path) -> str:
    """Return paragraphs, then tables."""
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def xlsx_text(path: Path) -> str:
    """Return one line for each row of the first sheet."""
    sheet = load_workbook(path, read_only=True).worksheets[0]
    return "\n".join(" ".join(str(cell) for cell in row) for row in sheet.iter_rows(values_only=True))


@cache
def text_of(path: Path) -> str:
    """Return the whole text of a document on one line, emphasis and tags taken away."""
    match path.suffix:
        case ".pdf":
            text = " ".join(pdf_pages(path))
        case ".docx":
            text = docx_text(path)
        case ".xlsx":
            text = xlsx_text(path)
        case ".html":
            text = unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
        case ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                text = "\n".join(" ".join(row) for row in csv.reader(lines))
        case _:
            text = path.read_text(encoding="utf-8").replace("**", "")
    return on_one_line(text)


def golden_questions() -> list[dict[str, Any]]:
    """Return the entries of the golden file."""
    entries: list[dict[str, Any]] = yaml.safe_load(
        (EVALS / "golden" / "demo.yaml").read_text(encoding="utf-8")
    )
    return entries


GOLDEN = golden_questions()
TO_ANSWER = [entry for entry in GOLDEN if entry["expect"] == "answer"]
TO_DECLINE = [entry for entry in GOLDEN if entry["expect"] == "decline"]


def question(entry: dict[str, Any]) -> str:
    """Name a parametrised case by its question."""
    return str(entry["question"])


def test_the_knowledge_base_is_as_large_as_a_small_support_desk() -> None:
    manuals = sorted(PUBLIC.glob("*.pdf"))

    pages = sum(len(pdf_pages(manual)) for manual in manuals)

    assert len(list(PUBLIC.iterdir())) >= 14
    assert len(manuals) >= 3
    assert pages >= 18
    assert {path.suffix for path in PUBLIC.iterdir()} == {
        ".pdf", ".md", ".html", ".docx", ".xlsx", ".txt", ".csv",
    }  # fmt: skip


def test_every_page_of_a_manual_is_printed_text_under_its_number() -> None:
    for manual in PUBLIC.glob("*.pdf"):
        for number, text in enumerate(pdf_pages(manual)[1:], start=2):
            assert f"Page {number}" in text, (manual.name, number)
            assert len(text.split()) > 200, (manual.name, number)


def test_the_table_of_questions_has_forty_different_ones_with_answers() -> None:
    with (PUBLIC / "faq.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert len({row["question"] for row in rows}) == len(rows) >= 40
    assert all(row["answer"] and row["category"] and None not in row for row in rows)


def test_building_again_gives_the_very_same_bytes(tmp_path: Path) -> None:
    build = EVALS / "demo" / "build.py"

    subprocess.run([sys.executable, build, "--into", tmp_path], check=True, capture_output=True)

    built = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(DOCUMENTS): path.read_bytes() for path in DOCUMENTS.rglob("*.*")}
    assert built.keys() == kept.keys()
    assert [path for path in built if built[path] != kept[path]] == []


@pytest.mark.parametrize("entry", TO_ANSWER, ids=question)
def test_a_golden_passage_stands_where_the_golden_question_says(entry: dict[str, Any]) -> None:
    document = PUBLIC / entry["document"]

    text = pdf_pages(document)[entry["page"] - 1] if document.suffix == ".pdf" else text_of(document)

    assert entry["contains"]
    assert [wanted for wanted in entry["contains"] if wanted not in text] == []
    assert [
        name for name, words in entry.get("also", {}).items() if words not in text_of(PUBLIC / name)
    ] == []


@pytest.mark.parametrize("entry", TO_DECLINE, ids=question)
def test_what_must_never_be_said_stands_in_no_public_document(entry: dict[str, Any]) -> None:
    leaks = [
        (document.name, secret)
        for document in PUBLIC.iterdir()
        for secret in entry.get("never", [])
        if secret in text_of(document)
    ]

    assert leaks == []
    assert "document" not in entry


def test_the_golden_questions_cover_refusals_languages_and_follow_ups() -> None:
    across = [entry for entry in TO_ANSWER if (entry["language"] == "en") == (entry["document"] in FOREIGN)]

    assert len({question(entry) for entry in GOLDEN}) == len(GOLDEN) >= 40
    assert len(TO_DECLINE) >= 8
    assert len(across) >= 6
    assert sum("history" in entry for entry in GOLDEN) >= 3
    assert {entry["audience"] for entry in GOLDEN} == {"public"}


def test_the_canary_sings_only_on_the_staff_shelf() -> None:
    singing = {
        path.relative_to(DOCUMENTS).parts[0]
        for path in DOCUMENTS.rglob("*.*")
        if CANARY in text_of(path) or CANARY.encode() in path.read_bytes()
    }

    assert singing == {"internal"}


def test_each_page_of_the_website_embeds_the_widget_once_and_nothing_from_elsewhere() -> None:
    website = EVALS / "demo" / "website"
    pages = {path.name: path.read_text(encoding="utf-8") for path in website.glob("*.html")}

    assert pages.keys() == {"index.html", "products.html", "support.html"}
    for name, page in pages.items():
        assert page.count(WIDGET_TAG) == page.count("<script") == 1, name
        assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page) == [], name
        assert "<style" not in page, name
        assert " style=" not in page, name


def test_every_link_of_the_website_leads_to_a_file_that_is_there() -> None:
    website = EVALS / "demo" / "website"

    links = {
        target
        for page in website.glob("*.html")
        for target in re.findall(r"""(?:src|href)="([^"#{][^"#]*)""", page.read_text(encoding="utf-8"))
        if not target.startswith(("tel:", "mailto:"))
    }

    assert links
    assert [target for target in links if not (website / target).is_file()] == []
