"""Answers as work: claimed, kept and finished by runners, one attempt at a time.

The rules are those of ingestion: a lease by the database's clock, an attempt number as
the fence, and one transaction in which the reply, its citations and its event appear.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from chat.answering.events import CitationDraft, Turn
from chat.answering.style import Style
from chat.conversations.handoffs import is_worth_offering, requested_in
from chat.conversations.transcript import lock_if_there, message_data, record, ring
from chat.conversations.turns import history_before
from chat.models import (
    Answer,
    AnswerState,
    Assistant,
    Channel,
    Citation,
    Conversation,
    Event,
    HandoffReason,
    Message,
    Outcome,
    Role,
)

MOST_PAUSES = 2  # of one answer; afterwards it is made to its end, watched or not


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed answer: what was asked, in which conversation, in which manner, and which attempt this is.

    ``pauses`` is how many of the attempts before were put aside because nobody watched; ``is_mailed``
    says that nobody will: the question came by e-mail, and so does the answer go.
    """

    answer_id: uuid.UUID
    conversation_id: uuid.UUID
    attempt: int
    question: str
    language: str
    history: tuple[Turn, ...]
    collections: tuple[str, ...]
    style: Style
    started: Event
    pauses: int = 0
    is_mailed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a runner learns when it renews: is the answer still its own, and still wanted."""

    is_mine: bool
    is_wanted: bool


KEEP = """
UPDATE chat_answer answer
SET lease_until = statement_timestamp() + make_interval(secs => %s), text = kept.text
FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS kept(id, attempt, text)
WHERE answer.id = kept.id AND answer.attempt = kept.attempt AND answer.state = %s
RETURNING answer.id, answer.stop_requested
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer before it is stored."""

    text: str
    outcome: str
    answerer: str
    citations: tuple[CitationDraft, ...]
    evidence: tuple[dict[str, Any], ...] = ()
    follow_ups: tuple[str, ...] = ()


def lease() -> timedelta:
    """Return how long an answer stays with a silent runner."""
    return timedelta(seconds=settings.ANSWER_LEASE_SECONDS)


def claim_next(owner: str, most: int) -> list[Work]:
    """Claim waiting answers, oldest first, and those whose runner fell silent."""
    with transaction.atomic():
        silent = Q(state=AnswerState.RUNNING, lease_until__lt=Now())
        rows = list(
            Answer.objects.select_for_update(skip_locked=True)
            .filter(Q(state=AnswerState.QUEUED) | silent)
            .order_by("created_at")[:most]
        )
        Answer.objects.filter(id__in=[row.id for row in rows]).update(
            state=AnswerState.RUNNING,
            owner=owner,
            attempt=F("attempt") + 1,
            lease_until=Now() + lease(),
            text="",
        )
    return [work for row in rows if (work := _begin(row)) is not None]


def _begin(claimed: Answer) -> Work | None:
    """Return the work of a claimed answer; None when its conversation was deleted meanwhile."""
    with transaction.atomic():
        conversation = lock_if_there(claimed.conversation_id)
        if conversation is None:
            return None
        answer = Answer.objects.select_related("question", "conversation__assistant").get(id=claimed.id)
        kind = "answer.reset" if _is_known(answer) else "answer.started"
        data = {"answer": str(answer.id), "question": str(answer.question_id), "attempt": answer.attempt}
        event = record(conversation, kind, data)
    assistant = answer.conversation.assistant
    return Work(
        answer_id=answer.id,
        conversation_id=answer.conversation_id,
        attempt=answer.attempt,
        question=answer.question.text,
        language=answer.conversation.language or assistant.language,
        history=tuple(history_before(answer.question)),
        collections=tuple(assistant.collections),
        style=style_of(assistant),
        started=event,
        pauses=answer.pauses,
        is_mailed=answer.question.channel == Channel.EMAIL,
    )


def _is_known(answer: Answer) -> bool:
    """Say whether an event has told of an answer: a runner may die between its claim and its first event."""
    if answer.attempt == 1:
        return False
    told = Event.objects.filter(conversation=answer.conversation_id, kind="answer.started")
    return told.filter(data__answer=str(answer.id)).exists()


def style_of(assistant: Assistant) -> Style:
    """Return the manner in which an assistant answers."""
    return Style(
        assistant.language,
        assistant.persona,
        assistant.tone,
        assistant.answer_format,
        has_people=assistant.passes_on,
    )


def keep_all(kept: Sequence[tuple[Work, str]]) -> list[Standing]:
    """Renew the leases of answers and checkpoint what they have said so far, in one statement."""
    ids = [work.answer_id for work, _ in kept]
    with connection.cursor() as cursor:
        attempts, texts = [work.attempt for work, _ in kept], [text for _, text in kept]
        seconds = settings.ANSWER_LEASE_SECONDS
        cursor.execute(KEEP, [seconds, ids, attempts, texts, AnswerState.RUNNING.value])
        stops = dict(cursor.fetchall())
    return [Standing(one in stops, one in stops and not stops[one]) for one in ids]


def pause(work: Work) -> bool:
    """Put an answer that nobody watches aside, at most ``MOST_PAUSES`` times; say whether that was done.

    One to a mail never is: its customer has no page open, and nobody would let it go on.
    """
    if work.is_mailed:
        return False
    mine = Answer.objects.filter(id=work.answer_id, attempt=work.attempt, state=AnswerState.RUNNING)
    paused = mine.filter(pauses__lt=MOST_PAUSES).update(
        state=AnswerState.PAUSED, lease_until=None, pauses=F("pauses") + 1
    )
    return bool(paused)


def paused_in(conversations: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return which of some conversations have a paused answer."""
    paused = Answer.objects.filter(conversation__in=list(conversations), state=AnswerState.PAUSED)
    return list(paused.order_by().values_list("conversation", flat=True).distinct())


def hand_over(works: Iterable[Work]) -> None:
    """Give unfinished answers back, so that another runner takes them before their leases end."""
    with transaction.atomic():
        for work in works:
            mine = Answer.objects.filter(id=work.answer_id, attempt=work.attempt, state=AnswerState.RUNNING)
            mine.update(state=AnswerState.QUEUED, lease_until=None)
        ring()


def go_on(conversation_id: uuid.UUID) -> None:
    """Queue the paused answers of a conversation again: somebody looks."""
    paused = Answer.objects.filter(conversation_id=conversation_id, state=AnswerState.PAUSED)
    if not paused.exists():
        return
    with transaction.atomic():
        if paused.update(state=AnswerState.QUEUED):
            ring()


def finish(work: Work, reply: Reply, language: str) -> list[Event]:
    """Store the reply with its citations and events; none when another attempt has it, or it is gone.

    A customer who asked for a person is passed to staff in the same transaction.
    """
    with transaction.atomic():
        conversation = lock_if_there(work.conversation_id)
        mine = Answer.objects.filter(id=work.answer_id, attempt=work.attempt, state=AnswerState.RUNNING)
        if conversation is None or not mine.exists():
            return []
        message = Message.objects.create(
            conversation=conversation,
            role=Role.ASSISTANT,
            text=reply.text,
            outcome=reply.outcome,
            answerer=reply.answerer,
        )
        citations = Citation.objects.bulk_create(_citation(message, draft) for draft in reply.citations)
        mine.update(
            state=AnswerState.FINISHED,
            reply=message,
            text=reply.text,
            evidence=list(reply.evidence),
            lease_until=None,
            finished_at=Now(),
        )
        Conversation.objects.filter(id=conversation.id).update(last_message_at=Now(), language=language)
        data = {
            "answer": str(work.answer_id),
            "message": message_data(message, citations) | {"follow_ups": list(reply.follow_ups)},
            "offer_handoff": is_worth_offering(conversation),
        }
        events = [record(conversation, "answer.finished", data)]
        if reply.outcome == Outcome.HANDOFF:
            events += requested_in(conversation, HandoffReason.ASKED)
        return events


def _citation(message: Message, draft: CitationDraft) -> Citation:
    passage = draft.passage
    return Citation(
        message=message,
        number=draft.number,
        quote=draft.quote,
        title=passage.title,
        heading_path=list(passage.heading_path),
        page=passage.page,
        document_id=passage.document_id if draft.opens else None,
        version_id=passage.version_id if draft.opens else None,
        url="" if draft.opens else draft.url,
        start=draft.start,
        end=draft.end,
    )


def running(conversation_id: uuid.UUID) -> Sequence[Answer]:
    """Return the answers of a conversation that are being made, with their checkpoints."""
    return list(Answer.objects.filter(conversation_id=conversation_id, state=AnswerState.RUNNING))
