"""The engine room: every page opens in a few queries, and what has use cases cannot be touched."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import (
    Attachment,
    Ban,
    Calibration,
    CannedReply,
    Citation,
    Conversation,
    ConversationSecret,
    Customer,
    EvaluationRun,
    Event,
    Feedback,
    GoldenQuestion,
    Handoff,
    IdentitySecret,
    IncomingMail,
    Message,
    Note,
    OutgoingMail,
    PendingReply,
    RememberedAnswer,
    Review,
    Role,
    SpentIdentity,
    StaffPresence,
    Verdict,
)
from knowledge.models import (
    Act,
    ApiToken,
    Chunk,
    CuratedAnswer,
    CuratedQuestion,
    CuratedVector,
    Document,
    Edit,
    Embedding,
    EmbeddingSet,
    Finding,
    LexemeStatistic,
    Source,
    SourcePage,
    State,
    SyncRun,
    Version,
)
from tests.staff.conftest import MakeConversation, MakeDocument

MODELS = [model for name in ("knowledge", "chat") for model in apps.get_app_config(name).get_models()]
EDITABLE = {"Collection", "Assistant"}


def name_of(model: type[Model]) -> str:
    """Return the part of the admin's URL names that stands for ``model``."""
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


@pytest.fixture
def engineer(db: None) -> Client:
    """Return the browser of somebody with all rights."""
    client = Client()
    client.force_login(User.objects.create_superuser("engineer"))
    return client


@pytest.fixture
def rows(everyone_at_work: None, make_document: MakeDocument, make_conversation: MakeConversation) -> None:
    """Fill the tables with more than one row each."""
    for n in range(5):
        make_document(f"Manual {n}", State.READY, ["one", "two"])
        make_conversation()
    for message in Message.objects.filter(role=Role.ASSISTANT):
        Feedback.objects.create(message=message, helpful=True)
        Review.objects.create(message=message, verdict=Verdict.CORRECT)
        Event.objects.create(conversation=message.conversation, seq=1, kind="message.created", data={})
        place = {"document_id": uuid4(), "version_id": uuid4(), "start": 0, "end": 4}
        Citation.objects.create(message=message, number=1, quote="Hold", title="Manual", **place)
    vectors = EmbeddingSet.objects.create(name="tiny", dimensions=2, probe=[0.0, 1.0], is_active=True)
    for n, chunk in enumerate(Chunk.objects.select_related("version__document")):
        Embedding.objects.create(chunk=chunk, embedding_set=vectors, vector=[0.0, 1.0])
        shelf = chunk.version.document.collection
        LexemeStatistic.objects.create(collection=shelf, lexeme=f"word{n}", chunks=1)
    for document in Document.objects.all():
        _curate(document, vectors)
    for n, conversation in enumerate(Conversation.objects.all()):
        _staff(n, conversation)
    for n in range(3):
        GoldenQuestion.objects.create(question=f"How {n}?")
        RememberedAnswer.objects.create(wording=f"how {n}", question=f"How {n}?", vector=[0.0, 1.0])
        EvaluationRun.objects.create(subject="golden")
        Calibration.objects.create(answer_from=0.4, slope=1.0, intercept=0.0)
        owner = User.objects.create(username=f"keeper {n}", is_staff=True)
        ApiToken.objects.create(owner=owner, name="nightly sync", digest=f"{n:064d}", shown="sb_abcdefgh")


def _curate(document: Document, vectors: EmbeddingSet) -> None:
    """Add a row of each kind that is about a document."""
    answer = CuratedAnswer.objects.create(collection=document.collection, text="Hold it.", document=document)
    question = CuratedQuestion.objects.create(answer=answer, text=f"How do I reset {document.pk}?")
    CuratedVector.objects.create(question=question, embedding_set=vectors, vector=[0.0, 1.0])
    Edit.objects.create(document=document, kind="disable", start=0, end=4)
    version = Version.objects.filter(document=document).earliest("number")
    Finding.objects.create(document=document, version=version, kind="hidden_text", key="1")
    Act.objects.create(verb="published", subject=document.title, document=document)
    source = Source.objects.create(
        collection=document.collection, name="Help", kind="page", address="https://a"
    )
    run = SyncRun.objects.create(source=source)
    SourcePage.objects.create(source=source, address="https://a", document=document, run=run)


def _staff(n: int, conversation: Conversation) -> None:
    """Add a row of each kind that passes between a conversation and people."""
    ben = User.objects.create(username=f"ben {n}", is_staff=True)
    about = {"conversation": conversation}
    Handoff.objects.create(**about, reason="asked", joined_by=ben)
    Note.objects.create(**about, author=ben, text="A difficult one.")
    PendingReply.objects.create(**about, author=ben, text="Hello", due_at=timezone.now())
    CannedReply.objects.create(shortcut=f"hello-{n}", text="Hello {name}")
    StaffPresence.objects.create(staff=ben, seen_at=timezone.now())
    Ban.objects.create(kind="word", value=f"word {n}", created_by=ben)
    told = Message.objects.filter(conversation=conversation).earliest("created_at")
    size = {"media_type": "image/png", "size": 7, "sha256": f"{n:064d}"}
    Attachment.objects.create(**about, message=told, name="photo.png", **size)
    assistant = conversation.assistant
    cleo = Customer.objects.create(assistant=assistant, external_id=f"cleo {n}")
    IdentitySecret.objects.create(assistant=assistant, number=f"k{n}", salt="a" * 43)
    spent = {"jti": str(n), "token_sha256": "0" * 64, "expires_at": timezone.now()}
    SpentIdentity.objects.create(assistant=assistant, customer=cleo, **spent)
    ConversationSecret.objects.create(**about, token_sha256=f"9{n:063d}")
    mail = {"kind": "waiting", "to": "team@example.com", "subject": "Waits", "text": "…"}
    OutgoingMail.objects.create(**about, **mail, key=str(n), message_id="<1@a>", due_at=timezone.now())
    IncomingMail.objects.create(message_id=f"<{n}@b>", sender="cleo@example.com", recipient="reply@a")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_has_a_list_that_opens_in_at_most_twelve_queries(
    engineer: Client, rows: None, model: type[Model], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        response = engineer.get(reverse(f"{name_of(model)}_changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_page_of_a_row_opens(engineer: Client, rows: None, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row is not None, "the fixture makes no row of this kind"

    response = engineer.get(reverse(f"{name_of(model)}_change", args=[row.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_with_use_cases_is_added_changed_or_deleted(
    engineer: Client, rf: RequestFactory, model: type[Model]
) -> None:
    request = rf.get("/")
    request.user = User.objects.get()
    registered = admin.site._registry[model]

    assert not registered.has_delete_permission(request)
    assert registered.has_add_permission(request) == (model.__name__ in EDITABLE)
    assert registered.has_change_permission(request) == (model.__name__ in EDITABLE | {"Review"})


def test_of_a_review_only_the_note_changes(engineer: Client, rows: None) -> None:
    review = Review.objects.earliest("pk")

    engineer.post(
        reverse("admin:chat_review_change", args=[review.pk]), {"note": "Seen.", "verdict": "wrong"}
    )

    review.refresh_from_db()
    assert (review.note, review.verdict) == ("Seen.", Verdict.CORRECT)


def test_the_digest_of_a_customers_secret_is_never_shown(
    engineer: Client, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation()

    html = engineer.get(reverse("admin:chat_conversation_change", args=[conversation.pk])).content.decode()

    assert conversation.token_sha256 not in html
