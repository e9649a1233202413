"""The evaluation pages in a real browser: no obstacle, no scrolling sideways, a slider for every hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from chat.evaluation.reports import page_alone, report_of
from chat.learning.calibrating import forget
from chat.learning.comparing import compare
from chat.models import Calibration, EvaluationRun, GoldenQuestion, Message, Role
from tests.staff.conftest import MakeConversation
from tests.staff.looking import AXE, troubles
from tests.staff.test_browser import chromium, page, pytestmark
from tests.staff.test_evaluation_pages import asked, run_with

__all__ = ["chromium", "page", "pytestmark"]
LONG = "How-do-I-ask-without-any-space-" * 5
SIZES = [("light", 1280, 800), ("dark", 390, 844), ("light", 320, 800), ("dark", 1280, 800)]


@pytest.fixture(autouse=True)
def _unremembered() -> Iterator[None]:
    """Read the calibration anew before and after each test."""
    forget()
    yield
    forget()


def rows(first_is_right: bool) -> list[dict[str, Any]]:
    """Return what became of forty questions."""
    others = (asked(f"Question {n}?", n > 12, logit=n / 4 - 4, whole_ms=9.0 * n) for n in range(39))
    return [asked(LONG, first_is_right, text=LONG), *others]


@pytest.fixture
def areas(page: Page, ada: User, make_conversation: MakeConversation) -> list[str]:
    """Return the addresses of all pages of the evaluation, with something to see on each."""
    run_with(*rows(True))
    run = run_with(*rows(False))
    EvaluationRun.objects.create(subject="Golden questions", total=40, done=7, by=ada)
    EvaluationRun.objects.create(subject="Golden questions", state="failed", total=40, reason="No.")
    golden = GoldenQuestion.objects.create(
        question=LONG, document="terms.pdf", page=3, note="Often.", history=[{"question": "Hello?"}]
    )
    Calibration.objects.create(answer_from=0.6, slope=1, intercept=0, note="Set by hand", created_by=ada)
    make_conversation()
    reply = Message.objects.get(role=Role.ASSISTANT)
    return [
        "golden/?q=how",
        "golden/new/",
        f"golden/new/?message={reply.pk}",
        f"golden/{golden.pk}/",
        f"golden/{golden.pk}/delete/",
        "golden/import/",
        "evaluations/",
        f"evaluations/{run.pk}/",
        f"evaluations/{run.pk + 1}/",
        "confidence/",
        f"conversations/{reply.conversation_id}/",
    ]


@pytest.mark.parametrize(("scheme", "width", "height"), SIZES)
def test_every_page_of_the_evaluation_is_free_of_obstacles_and_fits(
    page: Page, areas: list[str], scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    # A table with many columns scrolls in a frame of its own, and there only.
    found = troubles(page, areas, width, "main:not(:has(.scroll))")
    page.goto(f"/staff/{areas[7]}")

    assert found == {}
    assert page.locator(".scroll").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_slider_shows_what_it_would_do_while_the_keyboard_moves_it(page: Page, areas: list[str]) -> None:
    page.goto("/staff/confidence/")
    slider = page.get_by_label("Answer from a confidence of")
    before = page.locator("#answered").inner_text()

    slider.focus()
    page.keyboard.press("Home")

    expect(page.locator("#chosen")).to_have_text("0 %")
    expect(page.locator("#answered")).to_have_text("100 %")
    expect(page.get_by_role("button", name="Show what it would do")).to_be_hidden()
    assert before != "100 %"
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Save this setting").click()
    expect(page.locator("#messages")).to_contain_text("from a confidence of 1 % on")


@pytest.mark.parametrize(("scheme", "width", "height"), SIZES)
def test_the_report_that_stands_alone_is_free_of_obstacles_and_fits(
    page: Page, tmp_path: Path, scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    run, before = run_with(*rows(False)), run_with(*rows(True))
    now, then = ({"figures": one.figures, "questions": one.questions} for one in (run, before))
    shown = report_of("Golden questions", run.figures, run.questions, compare(now, then))
    (tmp_path / "report.html").write_text(page_alone(shown), encoding="utf-8")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate(AXE.read_text())
    obstacles = page.evaluate("axe.run().then(run => run.violations.map(v => [v.id, v.nodes[0].html]))")

    assert obstacles == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg").count() == 3
