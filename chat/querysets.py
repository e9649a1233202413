"""Querysets of chat: from what staff look for to conversations and their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from chat.models import Assistant, Citation, Conversation, Feedback, Message, Review, Role


@dataclass(frozen=True, slots=True)
class ConversationFilters:
    """What staff narrow the list of conversations down to; empty means any."""

    words: str = ""
    outcome: str = ""
    unhelpful: bool = False
    reviewed: bool | None = None
    language: str = ""
    assistant: Assistant | None = None
    first_day: date | None = None
    last_day: date | None = None


def conversations_matching(filters: ConversationFilters) -> QuerySet[Conversation]:
    """Return the conversations that staff look for, each with ``last_question`` and its ``replies``."""
    found = _by_messages(_by_columns(Conversation.objects.all(), filters), filters)
    questions = Message.objects.filter(conversation=OuterRef("pk"), role=Role.CUSTOMER)
    replies = (
        Message.objects.filter(role=Role.ASSISTANT)
        .select_related("feedback", "review")
        .defer("text", "feedback__reason", "review__note", "review__better_answer")
        .order_by("created_at", "id")
    )
    return (
        found.select_related("assistant")
        .annotate(last_question=Subquery(questions.order_by("-created_at", "-id").values("text")[:1]))
        .prefetch_related(Prefetch("messages", queryset=replies, to_attr="replies"))
    )


def conversation_languages() -> list[str]:
    """Return the languages that conversations are held in, in alphabetical order."""
    languages = Conversation.objects.exclude(language="").order_by("language")
    return list(languages.values_list("language", flat=True).distinct())


def transcript_of(conversation: Conversation) -> QuerySet[Message]:
    """Return the messages of ``conversation`` with citations, evidence, feedback and review."""
    return conversation.messages.select_related(
        "answered_by", "feedback", "review", "review__reviewer"
    ).prefetch_related("citations")


def reviewable_messages() -> QuerySet[Message]:
    """Return the messages that staff may review: what an assistant said."""
    return Message.objects.filter(role=Role.ASSISTANT).select_related("review", "review__reviewer")


def first_citations(document_id: UUID) -> QuerySet[Citation]:
    """Return the first citation of a document in each answer that cites it, with question and opinions."""
    same = Citation.objects.filter(message=OuterRef("message"), document_id=document_id)
    return (
        Citation.objects.filter(~Exists(same.filter(pk__lt=OuterRef("pk"))), document_id=document_id)
        .select_related(
            "message__conversation__assistant",
            "message__answered_by__question",
            "message__feedback",
            "message__review",
        )
        .defer("message__answered_by__evidence", "message__answered_by__text", "message__text")
    )


def citations_of_answers(first: Sequence[Citation]) -> QuerySet[Citation]:
    """Return all that the answers of ``first_citations`` quote from the same document, in their order."""
    answers = {citation.message_id for citation in first}
    documents = {citation.document_id for citation in first}
    quoted = Citation.objects.filter(message__in=answers, document_id__in=documents)
    return quoted.order_by("message", "number")


def assistants_with_counts() -> QuerySet[Assistant]:
    """Return all assistants with the number of their conversations as ``conversation_count``."""
    return Assistant.objects.annotate(conversation_count=Count("conversations")).order_by("name")


def _by_columns(found: QuerySet[Conversation], filters: ConversationFilters) -> QuerySet[Conversation]:
    if filters.language:
        found = found.filter(language=filters.language)
    if filters.assistant is not None:
        found = found.filter(assistant=filters.assistant)
    if filters.first_day is not None:
        found = found.filter(last_message_at__gte=_midnight(filters.first_day))
    if filters.last_day is not None:
        found = found.filter(last_message_at__lt=_midnight(filters.last_day + timedelta(days=1)))
    return found


def _by_messages(found: QuerySet[Conversation], filters: ConversationFilters) -> QuerySet[Conversation]:
    messages = Message.objects.filter(conversation=OuterRef("pk"))
    replies = messages.filter(role=Role.ASSISTANT)
    if filters.words:
        found = found.filter(Exists(messages.filter(text__icontains=filters.words)))
    if filters.outcome:
        found = found.filter(Exists(messages.filter(outcome=filters.outcome)))
    if filters.unhelpful:
        thumbs = Feedback.objects.filter(message__conversation=OuterRef("pk"), helpful=False)
        found = found.filter(Exists(thumbs))
    if filters.reviewed is not None:
        reviews = Review.objects.filter(message=OuterRef("pk"))
        unreviewed = Exists(replies.filter(~Exists(reviews)))
        found = found.filter(~unreviewed, Exists(replies)) if filters.reviewed else found.filter(unreviewed)
    return found


def _midnight(day: date) -> datetime:
    """Return the start of ``day`` in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time.min))
