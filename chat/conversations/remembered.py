"""Remembered answers: kept, found again by wording or by meaning, and dropped.

``chat.answering.remembering`` asks for them; nothing here runs while a model is at work, and
a database that is away costs the memory, never the answer.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from pgvector import HalfVector
from pgvector.django import CosineDistance

from chat.answering.events import AnswerEvent
from chat.answering.remembering import Recalled
from chat.answering.retelling import as_json, from_json, text_of
from chat.models import RememberedAnswer
from knowledge.curated import asks_the_same, match, wording_of
from knowledge.retrieval import Scope
from knowledge.retrieval.liveness import knowledge_state
from knowledge.retrieval.meaning import meaning_of

log = logging.getLogger(__name__)
LONGEST_QUESTION = 300  # characters; longer ones tell a story that nobody tells twice
NEIGHBOURS = 3  # nearest questions that are compared
NOTHING = Recalled((), "")


class StoredMemory:
    """The memory of one assistant: what may be given again is what was made under the same circumstances."""

    def __init__(self, scope: Scope, circumstances: Sequence[str]) -> None:
        """Take whose eyes it has, and all that shapes an answer besides question and language."""
        self._scope = scope
        self._circumstances = (*circumstances, *sorted(scope.audiences), "|", *sorted(scope.collections))

    async def recall(self, question: str, language: str) -> Recalled:
        """Return the answer that holds still, or none."""
        recalled: Recalled = await database_sync_to_async(self._recall, thread_sensitive=False)(
            question, language
        )
        return recalled

    async def count(self, number: int) -> None:
        """Count that an answer was given again, after it was: nobody waits for a number."""
        await database_sync_to_async(_count, thread_sensitive=False)(number)

    async def remember(
        self, question: str, language: str, knowledge: str, events: Sequence[AnswerEvent]
    ) -> None:
        """Keep an answer built from a state of the knowledge."""
        await database_sync_to_async(self._remember, thread_sensitive=False)(
            question, language, knowledge, events
        )

    def _recall(self, question: str, language: str) -> Recalled:
        wording = _wording(question)
        if not wording:
            return NOTHING
        try:
            knowledge = knowledge_state(self._scope)
            holding = fresh().filter(circumstances=self._digest(language), knowledge=knowledge)
            found = holding.filter(wording=wording).first()
            if found is None:
                found = self._alike(question, holding)
            return Recalled(_events(found), knowledge, found.pk if found else 0)
        except DatabaseError as error:
            log.warning("cannot remember answers: %s", error)
            return NOTHING

    def _alike(self, question: str, holding: QuerySet[RememberedAnswer]) -> RememberedAnswer | None:
        """Return the answer to a question that asks the same; an approved answer would win over it."""
        if not holding.exists():
            return None
        meaning = meaning_of(question)
        if meaning is None:
            return None
        near = (
            holding.filter(embedding_set_id=meaning.embedding_set_id)
            .annotate(distance=CosineDistance("vector", HalfVector(list(meaning.vector))))
            .order_by("distance")[:NEIGHBOURS]
        )
        for known in near:
            if asks_the_same(question, known.question, 1 - known.distance):
                return None if match(question, self._scope) else known
        return None

    def _remember(self, question: str, language: str, knowledge: str, events: Sequence[AnswerEvent]) -> None:
        wording = _wording(question)
        if not wording:
            return
        meaning = meaning_of(question)
        text = digest(text_of(events))
        try:
            if RememberedAnswer.objects.filter(text_sha256=text, is_disliked=True).exists():
                return
            # What changed meanwhile may be in the answer, and be changed back before anybody looks.
            if knowledge_state(self._scope) != knowledge:
                return
            RememberedAnswer.objects.update_or_create(
                circumstances=self._digest(language),
                wording=wording,
                defaults={
                    "question": question,
                    "knowledge": knowledge,
                    "embedding_set_id": meaning.embedding_set_id if meaning else None,
                    "vector": list(meaning.vector) if meaning else None,
                    "events": as_json(events),
                    "text_sha256": text,
                    "is_disliked": False,
                    "uses": 0,
                    "created_at": Now(),
                },
            )
            _forget_the_oldest()
        except DatabaseError as error:
            log.warning("cannot remember an answer: %s", error)

    def _digest(self, language: str) -> str:
        return digest("\0".join((language, *self._circumstances)))


def _count(number: int) -> None:
    try:
        RememberedAnswer.objects.filter(pk=number).update(uses=F("uses") + 1)
    except DatabaseError as error:
        log.warning("cannot count a remembered answer: %s", error)


def fresh() -> QuerySet[RememberedAnswer]:
    """Return the answers that may be given again as far as age and customers' thumbs tell."""
    age = timedelta(hours=settings.REMEMBERED_HOURS)
    return RememberedAnswer.objects.filter(is_disliked=False, created_at__gt=Now() - age)


def dislike(text: str) -> None:
    """Never give an answer with this text again: a customer was not helped by it."""
    RememberedAnswer.objects.filter(text_sha256=digest(text)).update(is_disliked=True)


def digest(text: str) -> str:
    """Return a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


def _wording(question: str) -> str:
    wording = wording_of(question) if len(question) <= LONGEST_QUESTION else ""
    return wording if len(wording) <= LONGEST_QUESTION else ""


def _events(found: RememberedAnswer | None) -> tuple[AnswerEvent, ...]:
    if found is None:
        return ()
    try:
        return tuple(from_json(found.events))
    except ValueError as error:
        log.info("an answer of another version is not given: %s", error)
        return ()


def _forget_the_oldest() -> None:
    """Keep the newest ``REMEMBERED_ANSWERS``, and none that is too old to be given."""
    age = timedelta(hours=settings.REMEMBERED_HOURS)
    RememberedAnswer.objects.filter(created_at__lte=Now() - age).delete()
    kept = RememberedAnswer.objects.order_by("-created_at", "-id")
    beyond = kept.values_list("created_at", flat=True)[settings.REMEMBERED_ANSWERS :][:1]
    oldest = next(iter(beyond), None)
    if oldest is not None:
        RememberedAnswer.objects.filter(created_at__lte=oldest).delete()
