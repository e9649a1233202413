"""Vectors: from the wordings of curated questions to their vectors, in any embedding set.

Whatever is missing can be made later, by whoever comes first: a saved answer whose
vectors are missing matches by its exact wording until then.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from knowledge.embedding import Embedder
from knowledge.embedding.sets import active_set, verified
from knowledge.models import CuratedAnswer, CuratedQuestion, CuratedVector, EmbeddingSet


def missing_vectors(set_id: int) -> int:
    """Return how many curated questions have no vector in a set."""
    return _bare(set_id).count()


def awaiting_vectors() -> QuerySet[CuratedAnswer]:
    """Return the answers that so far match by their exact wording only."""
    chosen = active_set()
    if chosen is None:
        return CuratedAnswer.objects.all()
    return CuratedAnswer.objects.filter(questions__in=_bare(chosen.pk)).distinct()


def make_vectors(set_id: int, embedder: Embedder | None = None, most: int | None = None) -> int:
    """Make the vectors that a set lacks; return how many were made.

    The model runs outside any transaction. A question that changes meanwhile gets its
    vector in the next round.

    Args:
        set_id: The embedding set.
        embedder: Its model; None for the configured one, which must be the set's.
        most: Stop after so many questions; None for all.

    Raises:
        EmbedderUnavailable: The embedder did not answer; what was made so far is kept.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    embedding_set = EmbeddingSet.objects.get(id=set_id)
    made = last = 0
    while most is None or made < most:
        wanted = settings.EMBEDDER_BATCH if most is None else min(settings.EMBEDDER_BATCH, most - made)
        batch = list(_bare(set_id).filter(id__gt=last).order_by("id")[:wanted])
        if not batch:
            break
        last = batch[-1].pk
        made += _store(embedding_set, batch, embedder or verified(embedding_set))
    return made


def _bare(set_id: int) -> QuerySet[CuratedQuestion]:
    return CuratedQuestion.objects.exclude(
        id__in=CuratedVector.objects.filter(embedding_set=set_id).values("question_id")
    )


def _store(embedding_set: EmbeddingSet, batch: Sequence[CuratedQuestion], embedder: Embedder) -> int:
    vectors = {question.pk: embedder.embed_query(question.text) for question in batch}
    texts = {question.pk: question.text for question in batch}
    with transaction.atomic():
        # Locked, so that none is deleted or reworded between the look and the write.
        rows = CuratedQuestion.objects.select_for_update(no_key=True).filter(id__in=texts).order_by("id")
        same = [row.pk for row in rows if row.text == texts[row.pk]]
        CuratedVector.objects.bulk_create(
            (
                CuratedVector(question_id=number, embedding_set=embedding_set, vector=vectors[number])
                for number in same
            ),
            ignore_conflicts=True,
        )
    return len(same)
