"""The curation pages in a real browser: nothing that the CSP forbids, no obstacle, no scrolling sideways."""

from pathlib import Path
from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from knowledge.curation.edits import disable, replace_text
from knowledge.models import Chunk, Collection, CuratedAnswer, Document, Edit, EditState
from tests.factories import MANUAL, taken_in
from tests.knowledge.curated.approving import approved
from tests.staff.looking import troubles
from tests.staff.test_browser import chromium, page, pytestmark
from tests.staff.test_chunks import live, work_off

__all__ = ["chromium", "page", "pytestmark"]
SHOP = "# Shop\n\nA new battery costs 59 € with us. We are open on Mondays.\n"


@pytest.fixture
def areas(page: Page, knowledge: object, ada: User, tmp_path: Path) -> list[str]:
    """Return the addresses of all pages of curation, with something to see on each."""
    document = taken_in(tmp_path)
    chunk = live("The warranty lasts")
    replace_text(chunk, chunk.text.replace("24 months", "30 months"), ada)
    work_off()
    disable(live("rinse the pump"), ada)
    work_off()
    document = taken_in(tmp_path, MANUAL.replace("24 months", "36 months"))
    assert Edit.objects.filter(state=EditState.CONFLICT).exists()
    Collection.objects.update(holds_findings=True)
    taken_in(tmp_path, SHOP.replace("59", "49"), "prices.md")
    taken_in(tmp_path, SHOP, "shop.md")
    answer = approved("How do I reset it?", "Reset?")
    approved("How-do-I-ask-without-any-space-" * 5, is_enabled=False)
    CuratedAnswer.objects.filter(pk=answer.pk).update(warning="“Manual” says: “Nine seconds.”")
    document = Document.objects.get(pk=document.pk)
    first = Chunk.objects.filter(version=document.live_version_id).earliest("ordinal")
    home = f"documents/{document.pk}/"
    return [
        home,
        f"{home}particulars/",
        f"{home}compare/?from=1&to=4",
        f"{home}versions/1/",
        *(f"{home}chunks/{first.pk}/{act}/" for act in ("text", "add", "split")),
        "findings/?state=",
        "curated/?q=o",
        "curated/new/",
        f"curated/{answer.pk}/",
        f"curated/{answer.pk}/delete/",
        "curated/import/",
        "documents/?q=",
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "height"), [("light", 1280, 800), ("dark", 390, 844), ("light", 320, 800)]
)
def test_every_page_of_curation_is_free_of_obstacles_and_fits(
    page: Page, areas: list[str], scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    found = troubles(page, areas, width, "main")

    assert found == {}


def test_a_passage_is_split_with_the_keyboard_alone(page: Page, areas: list[str]) -> None:
    page.goto(f"/staff/{areas[6]}")
    page.get_by_role("button", name="Split here").first.focus()

    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("Saved.")
    assert Edit.objects.filter(kind="split").count() == 1
