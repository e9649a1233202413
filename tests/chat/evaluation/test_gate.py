"""The gate: ``manage.py evaluate`` asks, compares, writes reports and closes when answers became worse."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from pytest_django import Settings

from chat.errors import ModelFailed
from chat.evaluation.gate import questioner
from chat.learning.golden import read
from chat.learning.keeping import take_in
from chat.models import EvaluationRun
from chat.realtime.engines import configured_model
from knowledge.models import Document
from tests.factories import MANUAL, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("knowledge")]
GOLDEN = """
- question: How long does the warranty last?
  document: manual.md
  contains: ["24 months"]
"""
ELSEWHERE = """
- question: Where is Rome?
  document: atlas.pdf
"""


@pytest.fixture(autouse=True)
def _no_model(settings: Settings) -> None:
    settings.MODEL_URL = ""
    configured_model.cache_clear()


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """Return a file of one golden question that the documents answer."""
    taken_in(tmp_path)
    path = tmp_path / "golden.yaml"
    path.write_text(GOLDEN)
    return path


def evaluate(*arguments: str | Path) -> str:
    """Run the command and return what it prints."""
    out = StringIO()
    call_command("evaluate", *map(str, arguments), stdout=out, stderr=out, no_color=True)
    return out.getvalue()


def test_questions_of_files_and_of_the_database_are_asked_once_each(golden: Path) -> None:
    take_in(GOLDEN + "- question: What salary do you pay?\n  expect: decline\n", None)

    printed = evaluate("--golden", golden)

    run = EvaluationRun.objects.get()
    assert [row["question"] for row in run.questions] == [
        "How long does the warranty last?",
        "What salary do you pay?",
    ]
    assert run.questions[0]["right"], run.questions[0]["why"]
    assert "There is no run before this one" in printed
    assert "hit@1                1.0000" in printed


def test_a_file_about_another_installation_is_left_out(golden: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(ELSEWHERE)

    printed = evaluate("--golden", golden, other)

    assert "other.yaml is left out: none of its documents is here." in printed
    assert len(EvaluationRun.objects.get().questions) == 1


def test_an_answer_that_became_wrong_is_named_and_the_command_fails(golden: Path, tmp_path: Path) -> None:
    evaluate("--golden", golden)
    unchanged = evaluate("--golden", golden)
    taken_in(tmp_path, MANUAL.replace("24 months", "30 months"))

    out = StringIO()
    with pytest.raises(CommandError) as closed:
        call_command("evaluate", "--golden", str(golden), stdout=out, stderr=out, no_color=True)

    assert "+0.0000" in unchanged
    assert closed.value.returncode == 1
    assert "Right before, wrong now: How long does the warranty last?" in out.getvalue()
    assert "right fell from 1.0 to 0.0" in out.getvalue()


def test_a_report_of_another_day_can_be_compared_with(golden: Path, tmp_path: Path) -> None:
    report = tmp_path / "then.json"
    evaluate("--golden", golden, "--json", report)
    EvaluationRun.objects.all().delete()

    printed = evaluate("--golden", golden, "--compare", report)

    assert "+0.0000" in printed
    assert set(json.loads(report.read_text())) == {"subject", "figures", "questions"}


def test_the_report_is_one_file_without_scripts_and_escapes_what_was_said(
    golden: Path, tmp_path: Path
) -> None:
    golden.write_text(GOLDEN + "- question: <script>alert(1)</script> warranty\n  document: manual.md\n")

    evaluate("--golden", golden, "--html", tmp_path / "report.html")

    html = (tmp_path / "report.html").read_text()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert html.count("<svg") == html.count('<table class="twin"><thead>') == 3
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "24 months" in html


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--golden", "gone.yaml"], "gone.yaml cannot be read"),
        (["--golden"], "There is no golden question to ask"),
        (["--compare", "gone.json"], "gone.json is no report"),
    ],
)
def test_what_is_missing_is_said(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        evaluate(*arguments)


def test_a_judge_needs_a_model(golden: Path) -> None:
    with pytest.raises(CommandError, match="There is no model to judge"):
        evaluate("--golden", golden, "--judge")


class Failing:
    """A judge whose model is down."""

    async def judge(self, *_said: object) -> dict[str, float]:
        """Fail."""
        raise ModelFailed("It is down.")


def test_a_judge_that_fails_costs_its_figure_and_not_the_run(golden: Path) -> None:
    questions = read(golden.read_text())

    async def asked() -> list[dict[str, Any]]:
        asking = await questioner(questions, Failing())
        return [await asking.ask(question) for question in questions]

    (row,) = async_to_sync(asked)()

    assert row["outcome"] == "answered"
    assert "judged" not in row


def test_a_document_that_was_deleted_makes_its_question_wrong(golden: Path, tmp_path: Path) -> None:
    taken_in(tmp_path, "# Shipping\n\nShipping takes two days.\n", "shipping.md")
    golden.write_text(GOLDEN + "- question: How long does shipping take?\n  document: shipping.md\n")
    evaluate("--golden", golden)
    Document.objects.filter(file_name="shipping.md").update(is_published=False)

    with pytest.raises(CommandError):
        evaluate("--golden", golden)
