"""Fixtures of the staff area: Ada who is signed in, and makers of documents and conversations."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Value
from django.db.models.functions import Cast
from django.test import Client
from django.utils import timezone

from chat.models import Answer, Assistant, Conversation, Message, Outcome, Role
from knowledge.heartbeats import beat
from knowledge.models import Chunk, Collection, Document, Source, SourceKind, State, Version

MakeDocument = Callable[..., Document]
MakeConversation = Callable[..., Conversation]
MakeSource = Callable[..., Source]


@pytest.fixture
def ada(db: None) -> User:
    """Return Ada, who curates the documents."""
    return User.objects.create(username="ada", is_staff=True)


@pytest.fixture
def ada_client(ada: User) -> Client:
    """Return a browser in which Ada is signed in."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def collection(db: None) -> Collection:
    """Return the public collection "Help centre"."""
    return Collection.objects.create(slug="help-centre", name="Help centre")


@pytest.fixture
def assistant(db: None) -> Assistant:
    """Return the assistant that customers ask."""
    return Assistant.objects.create(key="demo", name="Mia", suggestions=["How do I reset it?"])


@pytest.fixture
def everyone_at_work(db: None) -> None:
    """Let every kind of process have been seen just now."""
    for kind in ("worker", "answers", "beat"):
        beat(kind)


@pytest.fixture
def make_document(collection: Collection) -> MakeDocument:
    """Return a maker of documents with one version, live when it is ready."""

    def make(
        title: str = "Manual", state: str = State.READY, texts: Sequence[str] = (), **columns: Any
    ) -> Document:
        shelf = columns.pop("collection", collection)
        version = {key: columns.pop(key) for key in ("stage", "done", "total", "reason") if key in columns}
        defaults = {"file_name": f"{title}.pdf", "audience": shelf.audience, "language": "en"}
        document = Document.objects.create(collection=shelf, title=title, **{**defaults, **columns})
        return with_version(document, state, texts, **version)

    return make


def with_version(document: Document, state: str, texts: Sequence[str], **columns: Any) -> Document:
    """Give ``document`` its next version, with a chunk for each of ``texts``."""
    number = document.versions.count() + 1
    version = Version.objects.create(
        document=document,
        number=number,
        state=state,
        sha256="0" * 64,
        media_type="application/pdf",
        size=2048,
        pages=12,
        **columns,
    )
    document.latest_version = version
    if state == State.READY:
        document.live_version = version
    document.save()
    lexemes = Cast(Value(""), SearchVectorField())
    Chunk.objects.bulk_create(
        Chunk(
            version=version,
            ordinal=n,
            text=text,
            kind="text",
            heading_path=["Care", "Cleaning"],
            page=n + 1,
            start=n * 10,
            end=n * 10 + 9,
            language="en",
            content_hash=str(n),
            lexemes=lexemes,
            lexeme_count=7,
        )
        for n, text in enumerate(texts)
    )
    # A live version is counted in the figures of its collection, as the swap would have done.
    shelf = Collection.objects.filter(pk=document.collection_id)
    shelf.update(chunk_count=F("chunk_count") + len(texts), lexeme_total=F("lexeme_total") + 7 * len(texts))
    return document


@pytest.fixture
def make_conversation(assistant: Assistant) -> MakeConversation:
    """Return a maker of conversations out of pairs of question and reply."""

    def make(
        turns: Sequence[tuple[str, str]] = (("How do I reset it?", "Hold the button. [1]"),),
        outcome: str = Outcome.ANSWERED,
        evidence: Sequence[dict[str, object]] = (),
        at: datetime | None = None,
        **columns: Any,
    ) -> Conversation:
        secret = f"{Conversation.objects.count():064d}"
        conversation = Conversation.objects.create(assistant=assistant, token_sha256=secret, **columns)
        for question, reply in turns:
            asked = Message.objects.create(conversation=conversation, role=Role.CUSTOMER, text=question)
            said = Message.objects.create(
                conversation=conversation,
                role=Role.ASSISTANT,
                text=reply,
                outcome=outcome,
                answerer="quoting",
            )
            Answer.objects.create(
                conversation=conversation, question=asked, reply=said, evidence=list(evidence)
            )
        Conversation.objects.filter(pk=conversation.pk).update(last_message_at=at or timezone.now())
        return conversation

    return make


@pytest.fixture
def make_source(collection: Collection) -> MakeSource:
    """Return a maker of websites that were never synced."""

    def make(name: str = "Help site", **columns: Any) -> Source:
        values = {"kind": SourceKind.SITE, "address": "https://help.example.com/", "collection": collection}
        return Source.objects.create(name=name, **{**values, **columns})

    return make
