"""The list of documents, its live progress and the page of one document."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from knowledge.models import Audience, Collection, State
from tests.staff.conftest import MakeDocument

LIST = "/staff/documents/"


def shown(client: Client, **filters: str) -> str:
    """Return the HTML of the list of documents."""
    response = client.get(reverse("staff:documents"), filters)
    assert response.status_code == 200
    return response.content.decode()


def titles(client: Client, **filters: str) -> list[str]:
    """Return the titles that the list shows, in order."""
    response = client.get(reverse("staff:documents"), filters)
    return [document.title for document in response.context["page"].rows]


def test_a_document_is_listed_with_all_its_facts(ada_client: Client, make_document: MakeDocument) -> None:
    make_document("Rill manual", texts=["Open the flap.", "Pull the plug."], language="de")

    html = shown(ada_client)

    for fact in (
        "Rill manual",
        "Rill manual.pdf",
        "Help centre",
        "Public",
        "DE",
        ">2<",
        ">1<",
        "Ready",
    ):
        assert fact in html


def test_titles_cannot_smuggle_markup_into_the_page(ada_client: Client, make_document: MakeDocument) -> None:
    make_document("<script>alert(1)</script>")

    html = shown(ada_client)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "wanted"},
        {"q": "WANTED.pdf"},
        {"collection": "internal"},
        {"state": "failed"},
        {"audience": "internal"},
        {"language": "es"},
        {"published": "no"},
    ],
)
def test_each_filter_in_the_url_keeps_only_what_it_names(
    ada_client: Client, make_document: MakeDocument, filters: dict[str, str]
) -> None:
    internal = Collection.objects.create(slug="internal", name="Internal", audience=Audience.INTERNAL)
    make_document("Other")
    make_document(
        "Wanted", State.FAILED, collection=internal, language="es", is_published=False, file_name="wanted.pdf"
    )

    found = titles(ada_client, **filters)

    assert found == ["Wanted"]


def test_a_filter_that_makes_no_sense_is_explained_and_left_out(
    ada_client: Client, make_document: MakeDocument
) -> None:
    make_document("Manual")

    response = ada_client.get(reverse("staff:documents"), {"state": "asleep"})

    assert [row.title for row in response.context["page"].rows] == ["Manual"]
    assert "asleep is not one of the available choices" in response.content.decode()


def test_the_shelves_of_evaluations_are_not_shown(ada_client: Client, make_document: MakeDocument) -> None:
    make_document("Scratch", collection=Collection.objects.create(slug="s", name="Scratch", is_scratch=True))

    assert titles(ada_client) == []


def test_an_empty_list_says_what_to_do_next(ada_client: Client, collection: Collection) -> None:
    nothing_yet = shown(ada_client)
    nothing_found = shown(ada_client, q="zzz")
    collection.delete()
    no_shelf = shown(ada_client)

    assert "There are no documents yet" in nothing_yet
    assert "No document matches these filters" in nothing_found
    assert "Create the first collection" in no_shelf


def test_a_full_page_takes_at_most_twelve_queries(
    ada_client: Client,
    make_document: MakeDocument,
    everyone_at_work: None,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(51):
        make_document(f"Manual {n}", texts=["one", "two"])

    with django_assert_max_num_queries(12):
        response = ada_client.get(reverse("staff:documents"), {"collection": "help-centre", "state": "ready"})

    assert len(response.context["page"].rows) == 50
    assert "Older" in response.content.decode()


def test_lists_never_load_the_text_of_versions(
    ada_client: Client, make_document: MakeDocument, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_document()

    with django_assert_max_num_queries(12) as queries:
        shown(ada_client)

    assert not [query for query in queries.captured_queries if '."blocks"' in query["sql"]]


def test_progress_is_shown_in_words_and_numbers_and_asked_for_again(
    ada_client: Client, make_document: MakeDocument
) -> None:
    make_document("Policy", State.WORKING, stage="embedding", done=48, total=120)

    html = shown(ada_client)

    assert "Embedding" in html
    assert "48 of 120" in html
    assert 'hx-trigger="every 2s"' in html


def test_nothing_is_asked_for_again_when_nothing_is_in_progress(
    ada_client: Client, make_document: MakeDocument
) -> None:
    make_document("Ready")
    make_document("Failed", State.FAILED, reason="It is empty.")

    html = shown(ada_client)

    assert "every 2s" not in html
    assert "It is empty." in html
    assert "Retry" in html


def test_the_progress_fragment_renews_finished_rows_and_goes_on_with_the_others(
    ada_client: Client, make_document: MakeDocument
) -> None:
    finished = make_document("Finished")
    waiting = make_document("Waiting", State.QUEUED)
    asked = {"id": [str(finished.pk), str(waiting.pk), "nonsense"], "next": LIST}

    html = ada_client.get(reverse("staff:progress"), asked).content.decode()

    assert f'<tr id="document-{finished.pk}" hx-swap-oob="true"' in html
    poller = html[html.index('id="poller"') :]
    assert str(waiting.pk) in poller
    assert str(finished.pk) not in poller
    assert "<html" not in html


def test_the_last_fragment_ends_the_asking(ada_client: Client, make_document: MakeDocument) -> None:
    finished = make_document("Finished")

    html = ada_client.get(reverse("staff:progress"), {"id": [str(finished.pk)]}).content.decode()

    assert "every 2s" not in html


def test_missing_processes_are_named_with_the_command_that_starts_them(ada_client: Client, db: None) -> None:
    html = shown(ada_client)

    assert "never been seen" in html
    assert "celery -A supportbot worker" in html


def test_no_banner_stands_in_the_way_while_everyone_is_at_work(
    ada_client: Client, everyone_at_work: None
) -> None:
    assert "been seen" not in shown(ada_client)


def test_the_page_of_a_document_shows_versions_and_chunks_with_links_to_the_reader(
    ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("Manual", texts=["Open the flap.", "Pull the plug."])

    html = ada_client.get(reverse("staff:document", args=[document.pk])).content.decode()

    assert "Version 1" in html
    assert "Live" in html
    assert "Care › Cleaning" in html
    reader = reverse("reader", args=[document.live_version_id])
    assert f"{reader}?from=10&amp;to=19&amp;page=2#passage" in html


def test_searching_inside_a_document_keeps_the_chunks_with_the_words(
    ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("Manual", texts=["Open the flap.", "Pull the plug."])

    html = ada_client.get(reverse("staff:document", args=[document.pk]), {"q": "PLUG"}).content.decode()

    assert "Pull the plug." in html
    assert "Open the flap." not in html


def test_a_document_with_many_chunks_is_shown_page_by_page(
    ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("Manual", texts=[f"text number {n}." for n in range(30)])

    html = ada_client.get(reverse("staff:document", args=[document.pk]), {"page": 2}).content.decode()

    assert "Page 2 of 2" in html
    assert "text number 29." in html
    assert "text number 2." not in html
