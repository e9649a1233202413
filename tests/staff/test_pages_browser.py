"""The pages of search, citations and settling in a real browser, and the menu by keyboard alone."""

from pathlib import Path
from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from knowledge.models import EmbeddingSet, State
from tests.factories import taken_in
from tests.staff.conftest import MakeConversation, MakeDocument
from tests.staff.looking import AXE, troubles
from tests.staff.test_browser import chromium, page, pytestmark
from tests.staff.test_cited import cite

__all__ = ["chromium", "page", "pytestmark"]
SECTIONS = 14  # links of the menu at least


@pytest.fixture
def areas(
    page: Page,
    knowledge: object,
    make_document: MakeDocument,
    make_conversation: MakeConversation,
    tmp_path: Path,
) -> list[str]:
    """Return the addresses of the pages, with something to see on each."""
    User.objects.update(is_superuser=True)  # the longest menu: with the way to the engine room
    manual = taken_in(tmp_path)
    title = "A-very-long-title-without-any-space-" * 5
    make_document(title, State.WORKING, stage="embedding", done=3, total=9)
    cite(make_conversation([("x" * 300, "y" * 300)]), manual, "z" * 300)
    for name, columns in (
        ("mirror", {"state": State.WORKING, "stage": "activating", "done": 3, "total": 9}),
        ("a-very-long-name-of-a-model-" * 4, {"state": State.QUEUED, "stage": "discarding", "total": 9}),
        ("third", {"reason": "It was not activated: it finds 40% of the questions' documents."}),
    ):
        EmbeddingSet.objects.create(name=name, dimensions=4, probe=[1], **columns)
    third = EmbeddingSet.objects.get(name="third")
    home = f"documents/{manual.pk}/"
    return [
        "documents/?inside=receipt",
        "documents/?inside=nothing-like-it",
        home,
        f"{home}cited/",
        f"{home}delete/",
        "storage/",
        *(f"storage/{third.pk}/{act}/" for act in ("activate", "discard", "cancel")),
        "history/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_every_page_is_free_of_obstacles_and_fits(
    page: Page, areas: list[str], scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    found = troubles(page, areas, width, "body")

    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_menu_opens_and_closes_by_keyboard_and_hides_nothing_sideways(
    page: Page, areas: list[str], scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/staff/{areas[0]}")
    button, menu = page.get_by_role("button", name="Menu"), page.locator("#menu")
    expect(menu).to_be_hidden()

    button.focus()
    page.keyboard.press("Enter")

    expect(button).to_be_focused()
    expect(menu.get_by_role("link", name="Conversations")).to_be_visible()
    assert menu.get_by_role("link").count() >= SECTIONS
    assert menu.evaluate("part => part.scrollWidth <= part.clientWidth")
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run('header').then(run => run.violations.map(v => v.id))") == []
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Customers")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    menu.get_by_role("link", name="History").click()
    expect(page.locator("h1")).to_have_text("History")


def test_on_a_desk_the_groups_are_one_row_and_the_sections_of_the_open_one_another(
    page: Page, areas: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.route_web_socket("**/ws/staff/", lambda _: None)  # the inbox's; nobody serves it here
    page.goto("/staff/documents/")
    sections = page.locator(".parts a").evaluate_all("links => links.map(link => link.pathname)")
    assert len(sections) >= SECTIONS

    for section in sections:
        page.goto(section)

        assert page.evaluate("location.pathname") == section
        expect(page.get_by_role("button", name="Menu")).to_be_hidden()
        expect(page.locator(".parts [aria-current]")).to_be_visible()
        assert page.locator(".parts [aria-current]").evaluate("link => link.pathname") == section
        for row in (".group-name", ".parts a:visible"):
            tops = {
                link.evaluate("link => Math.round(link.getBoundingClientRect().y)")
                for link in page.locator(row).all()
            }
            assert len(tops) == 1


def test_words_are_searched_with_the_keyboard_and_the_other_filters_stay(
    page: Page, areas: list[str]
) -> None:
    page.goto("/staff/documents/?audience=public")

    page.get_by_label("Search in the texts").fill("receipt")
    page.keyboard.press("Enter")

    expect(page.locator(".held mark").first).to_have_text("receipt")
    assert "audience=public" in page.url
    page.get_by_label("Search in the texts").fill("nothing-like-it")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#documents h2")).to_contain_text("No document holds")
