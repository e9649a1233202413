"""Exchange: many curated answers in and out of files, without loss and without half an import."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge.curated.exchange import Imported, ImportRefused, export_answers, import_answers
from knowledge.curated.files import read, write
from knowledge.curated.records import Record
from knowledge.errors import PermanentError
from knowledge.models import Act, Collection, CuratedAnswer, CuratedQuestion, CuratedVector
from tests.factories import shelf, taken_in
from tests.knowledge.curated.approving import TEXT, approved

pytestmark = pytest.mark.usefixtures("axes", "db")
ODD_TEXTS = [
    '=HYPERLINK("https://example.com")',
    "+49 30 1234",
    "-5 degrees",
    "@all read this",
    "'=quoted already",
    "''@twice",
    "'plain apostrophe'",
    'say "yes", please; or\nnot\n\n- one\n- two',
    "a | b",
    "ünïcödé 漢字 🙂",
]


def took(text: str, kind: str = "csv", default: Collection | None = None, skip_bad: bool = False) -> Imported:
    """Import a text as a file."""
    return import_answers(read(StringIO(text, newline=""), kind), default, skip_bad=skip_bad)


def written(kind: str) -> str:
    """Return the export of everything."""
    return "".join(write(export_answers(), kind))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_goes_out_comes_in_again_exactly(kind: str, tmp_path: Path) -> None:
    document = taken_in(tmp_path, "To reset, hold the button.", "manual.txt")
    for number, text in enumerate(ODD_TEXTS):
        approved(f"-{number} {text}"[:400], f"a | b {number}", text=text)
    approved("Odd?", "=1+1", "@me", text=TEXT, document=document, expires_on=date(2031, 2, 28))
    approved("Inner?", text="Nein.", language="de", audience="internal", collection=shelf("shop"))
    approved("Off?", text="Off.", is_enabled=False, source_url="https://example.com/a?b=1,2")
    before, text = list(export_answers()), written(kind)

    CuratedAnswer.objects.all().delete()
    done = took(text, kind)

    assert (done.added, done.problems) == (len(before), [])
    assert list(export_answers()) == before
    assert written(kind) == text


def test_no_cell_that_goes_out_is_a_formula() -> None:
    for number, text in enumerate(ODD_TEXTS):
        approved(f"={number}", "+1" + str(number), text=text, source_url="")

    rows = list(csv.reader(StringIO(written("csv").removeprefix("\ufeff"), newline="")))

    cells = [cell for row in rows for cell in row if cell]
    assert len(rows) == len(ODD_TEXTS) + 1
    assert [cell for cell in cells if cell[0] in "=+-@\t\r"] == []


def test_a_second_import_changes_nothing_and_a_changed_row_updates() -> None:
    shelf()
    text = "question,answer,collection\nHow?,So.,help-centre\nWhere?,There.,help-centre\n"
    first = took(text)
    exported = written("csv")

    again = took(exported)
    updated = took(text.replace("So.", "Otherwise.").replace("How?", "HOW"))

    assert (first.added, again.unchanged, again.changed) == (2, 2, 0)
    assert (updated.added, updated.changed) == (0, 2)
    assert sorted(CuratedAnswer.objects.values_list("text", flat=True)) == ["Otherwise.", "There."]
    assert CuratedQuestion.objects.count() == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("variants", ["A?|B?", '"A?\nB?"', "A? | B? |"])
def test_variants_are_parted_by_lines_or_bars_in_files_of_any_country(delimiter: str, variants: str) -> None:
    lines = [["question", "variants", "answer"], ["Q?", variants, "Yes."]]

    took("\r\n".join(delimiter.join(line) for line in lines), default=shelf())

    assert list(CuratedQuestion.objects.values_list("text", flat=True)) == ["Q?", "A?", "B?"]


def test_each_bad_row_gets_a_sentence_and_nothing_is_imported() -> None:
    text = (
        "question,answer,collection,expires_on,enabled\n"
        "Good?,Yes.,help-centre,,\n"
        ",No question.,help-centre,,\n"
        '"Two\nlines?",,help-centre,,\n'
        "Q1?,A.,nowhere,,\n"
        "Q2?,A.,help-centre,31.12.2030,\n"
        "Q3?,A.,help-centre,,perhaps\n"
        "good,Again.,help-centre,,\n"
        "Q4?,A.,,,\n"
        "Q5?,A.,help-centre,,yes,more\n"
    )
    shelf()

    with pytest.raises(ImportRefused) as refusal:
        took(text)

    assert [problem.split(": ")[0] for problem in refusal.value.problems] == [
        f"Line {number}" for number in (3, 4, 6, 7, 8, 9, 10, 11)
    ]
    said = " ".join(refusal.value.problems)
    for words in ("no question", "no answer", "no collection “nowhere”", "2027-01-31", "yes or no", "twice"):
        assert words in said
    assert not CuratedAnswer.objects.exists()
    assert not Act.objects.filter(verb="curated answers imported").exists()


def test_bad_rows_are_skipped_when_asked_to() -> None:
    done = took("question,answer\nGood?,Yes.\nBad?,\nFine?,Sure.\n", default=shelf(), skip_bad=True)

    assert (done.added, len(done.problems)) == (2, 1)
    assert CuratedAnswer.objects.count() == 2
    assert Act.objects.get(verb="curated answers imported").detail == {"added": 2, "changed": 0}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "csv", "answer and question is missing"),
        ("question,text\nQ,A\n", "csv", "answer is missing"),
        ("question,answer,mood\nQ,A,good\n", "csv", "no column “mood”"),
        ("{", "json", "is no JSON"),
        ("[" * 100_000, "json", "is no JSON"),
        ('{"question": "Q"}', "json", "must hold a list"),
        ("question,answer\nQ," + "x" * 200_000, "csv", "check its quotes"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(text: str, kind: str, said: str) -> None:
    with pytest.raises(PermanentError) as refusal:
        took(text, kind, shelf())

    assert said in str(refusal.value)
    assert not CuratedAnswer.objects.exists()


@pytest.mark.parametrize(
    "entry", [7, {"question": 3, "answer": "A"}, {"question": "Q", "answer": "A", "variants": "B"}, {"x": 1}]
)
def test_an_entry_of_another_shape_is_refused(entry: object) -> None:
    with pytest.raises(ImportRefused, match="Entry 1"):
        took(json.dumps([entry]), "json", shelf())


def test_other_bytes_than_utf_8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes("question,answer\nGrün?,Ja.\n".encode("latin-1"))

    with (
        path.open(encoding="utf-8", newline="") as file,
        pytest.raises(PermanentError, match="not UTF-8"),
    ):
        import_answers(read(file, "csv"), shelf())


def test_rows_are_taken_as_they_come_and_not_gathered_first() -> None:
    taken: list[int] = []

    def rows() -> Iterator[tuple[str, Record | PermanentError]]:
        for number in range(300):
            taken.append(CuratedAnswer.objects.count())
            yield f"Row {number}", Record(f"Question {number}?", "Yes.", language="en")

    done = import_answers(rows(), shelf())

    assert done.added == 300
    assert taken == list(range(300))


def test_the_command_brings_answers_in_makes_their_vectors_and_takes_them_out(tmp_path: Path) -> None:
    shelf()
    source, target, said = tmp_path / "in.csv", tmp_path / "out.json", StringIO()
    source.write_text("question,answer\nHow do I reset it?,Hold the button.\n", encoding="utf-8")

    call_command("curated", "import", str(source), "--collection", "help-centre", stdout=said)
    call_command("curated", "export", str(target), stdout=said)
    call_command("curated", "match", "how do i reset it", stdout=said)
    call_command("curated", "status", stdout=said)

    assert CuratedVector.objects.count() == 1
    assert json.loads(target.read_text(encoding="utf-8"))[0]["answer"] == "Hold the button."
    for words in ("1 added, 0 changed", "1 questions embedded", "probability 1.000", "0 waiting for vectors"):
        assert words in said.getvalue()


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    shelf()
    source = tmp_path / "in.csv"
    source.write_text("question,answer\nHow?,\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"Line 2: There is no answer.*\nNothing was imported"):
        call_command("curated", "import", str(source), "--collection", "help-centre")
    with pytest.raises(CommandError, match="make it first"):
        call_command("curated", "import", str(source), "--collection", "nowhere")
    with pytest.raises(CommandError, match=r"neither \.csv nor \.json"):
        call_command("curated", "export", str(tmp_path / "out.xlsx"))
