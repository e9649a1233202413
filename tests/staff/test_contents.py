"""Search in the texts: staff find the documents whose live chunks hold their words, and see where."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.curation.edits import disable
from knowledge.diffing import Segment
from knowledge.models import Audience, Chunk, Document
from knowledge.staff import contents
from knowledge.staff.contents import Wanted
from tests.factories import MANUAL, shelf, taken_in
from tests.staff.reading import page_of, row_of
from tests.staff.test_chunks import work_off

pytestmark = pytest.mark.usefixtures("knowledge")
SHOP = "# Shop\n\nA new battery costs 59 € with us. We are open on Mondays. Ask for part W17.\n"


def found(client: Client, words: str, **others: str) -> list[str]:
    """Return the titles of the list for words in the text."""
    response = client.get(reverse("staff:documents"), {"inside": words, **others})
    assert response.status_code == 200
    return [row.document.title for row in response.context["rows"]]


def test_words_are_found_in_the_text_whatever_their_form_and_marked_where_they_stand(
    ada_client: Client, tmp_path: Path
) -> None:
    manual = taken_in(tmp_path)
    taken_in(tmp_path, SHOP, "shop.md")

    html = page_of(ada_client, "documents", query="?inside=lasting+receipts")

    row = row_of(html, f"document-{manual.pk}")
    assert "The warranty <mark>lasts</mark> 24 months" in row
    assert "Keep the <mark>receipt</mark>" in row
    assert f"{reverse('reader', args=[manual.live_version_id])}?from=" in row
    assert "shop.md" not in html


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("battery", ["Shop"]),
        ("warranty battery", []),
        ("E42", ["Aroma 3000"]),
        ("e-42", ["Aroma 3000"]),
        ("W-17", ["Shop"]),
        ("???", []),
        ("unheard-of", []),
        ("' | & ! :* \\", []),
    ],
)
def test_a_passage_has_to_hold_all_the_words(
    ada_client: Client, tmp_path: Path, words: str, expected: list[str]
) -> None:
    taken_in(tmp_path)
    taken_in(tmp_path, SHOP, "shop.md")

    assert found(ada_client, words) == expected


def test_each_language_has_its_own_forms_and_texts_without_spaces_are_found_too(
    ada_client: Client, tmp_path: Path
) -> None:
    german = "# Pflege\n\nReinigen Sie die Siebe der Maschine jeden Monat mit warmem Wasser und Bürste."
    taken_in(tmp_path, german, "pflege.md")
    japanese = "# 手入れ\n\nフィルターは毎月水で洗ってください。電源を切ってから始めてください。"
    taken_in(tmp_path, japanese, "teire.md")

    html = page_of(ada_client, "documents", query="?inside=毎月水")

    assert found(ada_client, "sieb") == ["Pflege"]
    assert "<mark>毎月水</mark>" in html


def test_internal_documents_are_found_and_other_filters_hold(ada_client: Client, tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "secret.md", shelf("internal", Audience.INTERNAL))
    taken_in(tmp_path)

    assert len(found(ada_client, "receipt")) == 2
    assert len(found(ada_client, "receipt", audience="internal")) == 1
    assert found(ada_client, "receipt", q="nothing is called so") == []


def test_only_what_is_live_and_not_disabled_is_found(ada_client: Client, tmp_path: Path, ada: object) -> None:
    taken_in(tmp_path)
    taken_in(tmp_path, MANUAL.replace("receipt", "bill"))
    taken_in(tmp_path, "# Paying\n\nA bill is sent by post once the machine has left the house.", "paying.md")
    before = found(ada_client, "receipt"), found(ada_client, "bill")

    live = Chunk.objects.get(version__in=Document.objects.values("live_version"), text__contains="the bill")
    disable(live, ada)  # type: ignore[arg-type]  # the fixture is a User
    work_off()

    assert before == ([], ["Paying", "Aroma 3000"])
    assert found(ada_client, "bill") == ["Paying"]


@pytest.mark.parametrize("looked_up", [0, contents.LOOKED_UP])
def test_common_words_and_rare_ones_are_found_alike_newest_first(
    ada_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looked_up: int
) -> None:
    monkeypatch.setattr(contents, "LOOKED_UP", looked_up)
    for name in ("one", "two", "three"):
        taken_in(tmp_path, f"# {name.title()}\n\nKeep the receipt of machine {name}.", f"{name}.md")

    assert found(ada_client, "keep receipt") == ["Three", "Two", "One"]


def test_rare_words_are_looked_up_in_the_index_before_any_document(tmp_path: Path) -> None:
    taken_in(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")

    plan = Wanted("receipt", ("en",)).documents(Document.objects.order_by("-created_at"))[:51].explain()

    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = on")
    assert "Bitmap Index Scan on chunk_lexemes" in plan


def test_words_that_take_too_long_are_answered_with_what_to_do(
    ada_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "PATIENCE", 1)
    taken_in(tmp_path)
    other = connection.copy()
    with other.cursor() as cursor:  # whoever reads chunks waits, as if there were very many
        cursor.execute("BEGIN; LOCK knowledge_chunk IN ACCESS EXCLUSIVE MODE")

    response = ada_client.get(reverse("staff:documents"), {"inside": "receipt"})

    other.close()
    html = response.content.decode()
    assert "Too much to look through" in html
    assert "add a rarer word, or choose a collection" in html
    assert found(ada_client, "receipt") == ["Aroma 3000"]


def test_the_page_takes_few_queries_and_its_polling_keeps_the_place(
    ada_client: Client, tmp_path: Path
) -> None:
    for name in ("one", "two", "three", "four"):
        taken_in(tmp_path, f"# {name.title()}\n\nKeep the receipt of machine {name}.", f"{name}.md")
    document = Document.objects.latest("created_at")

    with CaptureQueriesContext(connection) as asked:
        page_of(ada_client, "documents", query="?inside=receipt")
    polled = ada_client.get(reverse("staff:progress"), {"id": str(document.pk), "inside": "receipt"})

    assert len(asked) <= 12, [query["sql"][:90] for query in asked]
    assert "<mark>receipt</mark>" in polled.content.decode()


def test_a_stretch_is_cut_between_words_around_the_first_that_was_found() -> None:
    text = "word " * 40 + "receipt " + "tail " * 60
    chunk = Chunk(text=text, language="en")

    segments = Wanted("receipt", ("en",)).segments_in(chunk)

    assert segments[0] == Segment("… ")
    assert segments[1].text.startswith("word word")
    assert Segment("receipt", marked=True) in segments
    assert segments[-1] == Segment(" …")
    assert sum(len(segment.text) for segment in segments) < 300
