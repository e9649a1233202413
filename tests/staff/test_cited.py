"""What cites a document: the answers that rest on it, newest first, with their quotes and opinions."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import Citation, Conversation, Feedback, Message, Outcome, Review, Role
from chat.querysets import first_citations
from chat.staff import cited
from knowledge.models import Document
from knowledge.staff.ordered import Ordered
from tests.staff.conftest import MakeConversation, MakeDocument, with_version
from tests.staff.reading import page_of, row_of


def cite(conversation: Conversation, document: Document, quote: str, **columns: object) -> Citation:
    """Let the answer of a conversation quote a document."""
    reply = Message.objects.get(conversation=conversation, role=Role.ASSISTANT)
    values = {"version_id": document.live_version_id, "start": 0, "end": 9, "page": 7, **columns}
    number = reply.citations.count() + 1
    return Citation.objects.create(
        message=reply, number=number, quote=quote, title=document.title, document_id=document.pk, **values
    )


def test_each_answer_stands_there_once_with_its_question_and_all_its_quotes(
    ada_client: Client, make_document: MakeDocument, make_conversation: MakeConversation
) -> None:
    manual, other = make_document("Manual"), make_document("Other")
    conversation = make_conversation([("How do I reset it?", "Hold the button. [1] [2] [3]")])
    cite(conversation, manual, "Hold the button.")
    cite(conversation, other, "Something else.")
    last = cite(conversation, manual, "Until it blinks.")

    html = page_of(ada_client, "cited", manual.pk)

    row = row_of(html, f"answer-{last.message_id}")
    where = reverse("staff:conversation", args=[conversation.pk])
    assert f'href="{where}#message-{last.message_id}"' in row
    assert "How do I reset it?" in row
    assert "Hold the button." in row
    assert "Until it blinks." in row
    assert "Something else." not in html
    assert html.count('id="answer-') == 1


def test_the_row_says_which_version_was_quoted_and_what_became_of_the_answer(
    ada_client: Client, make_document: MakeDocument, make_conversation: MakeConversation
) -> None:
    manual = make_document("Manual")
    conversation = make_conversation(outcome=Outcome.ANSWERED)
    early = cite(conversation, manual, "Nine seconds.")
    with_version(manual, "ready", ())
    cite(conversation, manual, "Ten seconds.")
    cite(conversation, manual, "Long ago.", version_id=uuid.uuid4())
    Feedback.objects.create(message=early.message, helpful=False)
    Review.objects.create(message=early.message, verdict="incomplete")

    row = row_of(page_of(ada_client, "cited", manual.pk), f"answer-{early.message_id}")

    first, second, third = row.split("</blockquote>")[1:4]
    assert "version 1" in first
    assert "Live" not in first
    assert "version 2" in second
    assert "Live" in second
    assert "a version that is not kept any more" in third
    assert f"{reverse('reader', args=[early.version_id])}?from=0&amp;to=9&amp;page=7#passage" in first
    assert "Answered" in row
    assert "Unhelpful" in row
    assert "Incomplete" in row


def test_the_newest_come_first_and_older_ones_are_a_page_further(
    ada_client: Client,
    make_document: MakeDocument,
    make_conversation: MakeConversation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cited, "NEWEST", Ordered("id", is_descending=True, size=2))
    manual = make_document("Manual")
    for n in range(5):
        turn = [(f"Question {n}?", "Answer. [1]")]
        cite(make_conversation(turn, at=timezone.now() - timedelta(days=n)), manual, f"Quote {n}.")

    pages, after = [], ""
    for _ in range(3):
        response = ada_client.get(reverse("staff:cited", args=[manual.pk]), {"after": after})
        pages.append([row.first.quote for row in response.context["rows"]])
        after = response.context["page"].after

    assert pages == [["Quote 4.", "Quote 3."], ["Quote 2.", "Quote 1."], ["Quote 0."]]
    assert after == ""


def test_a_document_that_no_answer_cites_says_so_and_leads_back(
    ada_client: Client, make_document: MakeDocument
) -> None:
    manual = make_document("Manual")

    html = page_of(ada_client, "cited", manual.pk)

    assert "No answer cites it yet" in html
    assert reverse("staff:document", args=[manual.pk]) in html


@pytest.mark.parametrize("query", ["?after=x", "?before=%00", "?after=99999999999999999999"])
def test_a_damaged_link_or_an_unknown_document_is_not_found(
    ada_client: Client, make_document: MakeDocument, query: str
) -> None:
    manual = make_document("Manual")

    damaged = ada_client.get(reverse("staff:cited", args=[manual.pk]) + query)
    unknown = ada_client.get(reverse("staff:cited", args=[uuid.uuid4()]))

    assert (damaged.status_code, unknown.status_code) in [(404, 404), (200, 404)]


def test_the_document_and_the_question_before_deleting_it_lead_there(
    ada_client: Client, make_document: MakeDocument
) -> None:
    manual = make_document("Manual")
    there = reverse("staff:cited", args=[manual.pk])

    assert there in page_of(ada_client, "document", manual.pk)
    assert there in page_of(ada_client, "delete", manual.pk)


def test_fifty_answers_take_as_few_queries_as_one(
    ada_client: Client,
    make_document: MakeDocument,
    make_conversation: MakeConversation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    manual = make_document("Manual")
    for n in range(12):
        cite(make_conversation([(f"Question {n}?", "Answer. [1]")]), manual, f"Quote {n}.")

    with django_assert_max_num_queries(12):
        page_of(ada_client, "cited", manual.pk)


def test_the_newest_are_read_from_the_index_without_sorting_all(
    make_document: MakeDocument, make_conversation: MakeConversation
) -> None:
    manual = make_document("Manual")
    cite(make_conversation(), manual, "Quote.")
    with CaptureQueriesContext(connection), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    plan = first_citations(manual.pk).order_by("-id")[:51].explain()

    assert "citation_of_document" in plan
    assert "Sort" not in plan
