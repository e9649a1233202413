"""The list of conversations, the transcript of one, and the reviews of its answers."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from chat.models import Assistant, Citation, Conversation, Feedback, Message, Outcome, Review, Role, Verdict
from tests.staff.conftest import MakeConversation

PASSAGE = {
    "title": "Rill manual",
    "heading_path": ["Care", "Filter"],
    "page": 7,
    "text": "Unscrew the filter.",
    "score": 0.0312,
    "dense": 0.871,
    "lexical": None,
    "version_id": str(uuid4()),
    "document_id": str(uuid4()),
    "start": 10,
    "end": 29,
    "cited": True,
}


def reply_of(conversation: Conversation) -> Message:
    """Return the last thing the assistant said."""
    return conversation.messages.filter(role=Role.ASSISTANT).latest("created_at")


def found(client: Client, **filters: str) -> list[Conversation]:
    """Return the conversations that the list shows, in order."""
    return list(client.get(reverse("staff:conversations"), filters).context["page"].rows)


@pytest.fixture
def wanted(make_conversation: MakeConversation) -> Conversation:
    """Return a conversation that differs from the other one in everything that can be filtered."""
    make_conversation([("Something else?", "Yes. [1]")], at=datetime(2026, 3, 1, tzinfo=UTC), language="en")
    other = Assistant.objects.create(key="spanish", name="Luz")
    conversation = make_conversation(
        [("¿Puedo pagar con tarjeta?", "No lo sé.")],
        Outcome.DECLINED,
        at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC),
        language="es",
    )
    Conversation.objects.filter(pk=conversation.pk).update(assistant=other)
    Feedback.objects.create(message=reply_of(conversation), helpful=False)
    Review.objects.create(message=reply_of(conversation), verdict=Verdict.CORRECT)
    return conversation


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "TARJETA"},
        {"outcome": "declined"},
        {"unhelpful": "on"},
        {"reviewed": "yes"},
        {"language": "es"},
        {"assistant": "spanish"},
        {"since": "2026-03-09"},
        {"since": "2026-03-02", "until": "2026-03-09"},
    ],
)
def test_each_filter_in_the_url_keeps_only_what_it_names(
    ada_client: Client, wanted: Conversation, filters: dict[str, str]
) -> None:
    assert found(ada_client, **filters) == [wanted]


def test_the_queue_of_what_is_to_be_reviewed_holds_the_others(
    ada_client: Client, wanted: Conversation
) -> None:
    (conversation,) = found(ada_client, reviewed="no")

    assert conversation != wanted


def test_a_day_that_is_none_is_explained(ada_client: Client, wanted: Conversation) -> None:
    html = ada_client.get(reverse("staff:conversations"), {"since": "yesterday"}).content.decode()

    assert "Enter a valid date." in html


def test_the_latest_conversation_comes_first_with_question_outcome_and_thumb(
    ada_client: Client, wanted: Conversation
) -> None:
    response = ada_client.get(reverse("staff:conversations"))

    html = response.content.decode()
    assert response.context["page"].rows[0] == wanted
    for word in ("¿Puedo pagar con tarjeta?", "Declined", "Unhelpful", "Correct", "Luz"):
        assert word in html


def test_a_full_page_takes_at_most_twelve_queries(
    ada_client: Client,
    make_conversation: MakeConversation,
    everyone_at_work: None,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(51):
        make_conversation([(f"Question {n}?", "Answer."), ("And then?", "Nothing.")])

    with django_assert_max_num_queries(12):
        response = ada_client.get(reverse("staff:conversations"), {"outcome": "answered", "reviewed": "no"})

    assert len(response.context["page"].rows) == 50


def test_an_empty_list_says_what_to_do_next(ada_client: Client) -> None:
    html = ada_client.get(reverse("staff:conversations")).content.decode()

    assert "Nobody has asked anything yet" in html
    assert reverse("staff:assistants") in html


def test_the_transcript_shows_evidence_with_scores_and_links_to_the_reader(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation(evidence=[PASSAGE])

    html = ada_client.get(reverse("staff:conversation", args=[conversation.pk])).content.decode()

    assert "1 passage found" in html
    assert "Unscrew the filter." in html
    assert "0.031" in html
    assert "Cited" in html
    assert f"{reverse('reader', args=[PASSAGE['version_id']])}?from=10&amp;to=29&amp;page=7#passage" in html


def test_the_transcript_shows_citations_and_what_the_customer_thought(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation()
    reply = reply_of(conversation)
    Citation.objects.create(
        message=reply,
        number=1,
        quote="Hold",
        title="Manual X",
        document_id=uuid4(),
        version_id=uuid4(),
        start=0,
        end=4,
    )
    Feedback.objects.create(message=reply, helpful=False, reason="Which button?")

    html = ada_client.get(reverse("staff:conversation", args=[conversation.pk])).content.decode()

    assert "Manual X" in html
    assert "Which button?" in html


def test_what_customers_and_models_write_is_shown_and_never_executed(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    conversation = make_conversation([(evil, evil)], evidence=[{**PASSAGE, "title": evil, "text": evil}])

    pages = [
        ada_client.get(reverse("staff:conversation", args=[conversation.pk])),
        ada_client.get(reverse("staff:conversations")),
    ]

    for page in pages:
        assert "<img" not in page.content.decode()


def test_the_transcript_of_a_long_conversation_takes_at_most_twelve_queries(
    ada_client: Client,
    make_conversation: MakeConversation,
    everyone_at_work: None,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    conversation = make_conversation([(f"Question {n}?", "Answer.") for n in range(55)], evidence=[PASSAGE])

    with django_assert_max_num_queries(12):
        response = ada_client.get(reverse("staff:conversation", args=[conversation.pk]))

    assert len(response.context["entries"]) == 100
    assert "Later" in response.content.decode()


def test_a_review_is_recorded_with_its_reviewer(
    ada: User, ada_client: Client, make_conversation: MakeConversation
) -> None:
    reply = reply_of(make_conversation())
    data = {"verdict": "incomplete", "note": "Model B differs", "better_answer": "Hold it for 5 s."}

    response = ada_client.post(reverse("staff:review", args=[reply.pk]), data)

    review = Review.objects.get(message=reply)
    assert (review.verdict, review.note, review.better_answer) == tuple(data.values())
    assert review.reviewer == ada
    assert response["Location"].endswith(f"#message-{reply.pk}")


def test_htmx_gets_the_saved_form_back_with_a_confirmation(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    reply = reply_of(make_conversation())

    response = ada_client.post(
        reverse("staff:review", args=[reply.pk]), {"verdict": "wrong"}, headers={"HX-Request": "true"}
    )

    html = response.content.decode()
    assert html.lstrip().startswith(f'<form id="review-{reply.pk}"')
    assert "Saved." in html


def test_a_review_without_a_verdict_is_refused_in_a_sentence(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    reply = reply_of(make_conversation())

    response = ada_client.post(
        reverse("staff:review", args=[reply.pk]), {"note": "hm"}, headers={"HX-Request": "true"}
    )

    assert "Choose a verdict, then save again." in response.content.decode()
    assert not Review.objects.exists()


def test_only_what_an_assistant_said_can_be_reviewed(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    question = make_conversation().messages.get(role=Role.CUSTOMER)

    response = ada_client.post(reverse("staff:review", args=[question.pk]), {"verdict": "wrong"})

    assert response.status_code == 404
