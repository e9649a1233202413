"""Keeping: what staff may do to curated answers: add, change, enable, confirm, remove.

Every act is attributed. Vectors are made right after the transaction; when the embedder is
away the answer is saved all the same, and the reconciler makes them later.
"""

import logging

from django.contrib.auth.models import User
from django.db import connection, transaction

from knowledge.acts import record_on
from knowledge.curated.planning import CuratedPlan, checked, questions_of
from knowledge.curated.vectors import make_vectors
from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
from knowledge.embedding.sets import ensure_active_set
from knowledge.errors import PermanentError
from knowledge.models import Collection, CuratedAnswer, CuratedQuestion

log = logging.getLogger(__name__)
WORDING_LOCK = 7_340_002  # advisory, with the collection: one writer of wordings at a time
AT_ONCE = 32  # questions embedded while staff wait, a second or two; the reconciler makes the rest


def add(plan: CuratedPlan, by: User | None = None) -> CuratedAnswer:
    """Add a curated answer; customers get it from the next question on.

    Raises:
        PermanentError: The plan cannot be, or another answer has the wording already.
    """
    values = checked(plan)
    with transaction.atomic():
        lock_wordings(plan.collection)
        answer = CuratedAnswer.objects.create(**values, made_by=by)
        put_questions(answer, plan)
        record_on(plan.question, "curated answer added", by, answer=answer.pk)
    make_some_vectors()
    return answer


def change(answer: CuratedAnswer, plan: CuratedPlan, by: User | None = None) -> CuratedAnswer:
    """Make a curated answer what the plan says; wordings that stay keep their vectors.

    Raises:
        PermanentError: The plan cannot be, another answer has the wording, or this one is gone.
    """
    values = checked(plan)
    with transaction.atomic():
        lock_wordings(plan.collection)
        kept = _held(answer)
        rewritten = kept.text != values["text"]
        for name, value in values.items():
            setattr(kept, name, value)
        if rewritten:
            _forget_warning(kept)
        kept.save()
        put_questions(kept, plan)
        record_on(plan.question, "curated answer changed", by, answer=kept.pk)
    make_some_vectors()
    return kept


def set_enabled(answer: CuratedAnswer, enabled: bool, by: User | None = None) -> None:
    """Let customers get an answer, or keep it from them without removing it.

    Raises:
        PermanentError: It is gone.
    """
    with transaction.atomic():
        kept = _held(answer)
        kept.is_enabled = enabled
        kept.save(update_fields=["is_enabled", "updated_at"])
        verb = "curated answer enabled" if enabled else "curated answer disabled"
        record_on(name_of(kept), verb, by, answer=kept.pk)


def confirm(answer: CuratedAnswer, by: User | None = None) -> None:
    """Clear the warning: staff have looked, and the answer holds. The same warning does not come back.

    Raises:
        PermanentError: It is gone.
    """
    with transaction.atomic():
        kept = _held(answer)
        record_on(name_of(kept), "curated answer confirmed", by, answer=kept.pk, warning=kept.warning)
        if kept.warning_key:
            kept.confirmed = [*kept.confirmed, kept.warning_key]
        _forget_warning(kept)
        kept.save(update_fields=["warning", "warning_key", "warned_by", "confirmed", "updated_at"])


def remove(answer: CuratedAnswer, by: User | None = None) -> None:
    """Delete a curated answer with its wordings; what customers were shown stays in their transcripts.

    Raises:
        PermanentError: It is gone already.
    """
    with transaction.atomic():
        kept = _held(answer)
        record_on(name_of(kept), "curated answer removed", by, answer=kept.pk, text=kept.text)
        kept.delete()


def name_of(answer: CuratedAnswer) -> str:
    """Return what staff know an answer by: its first question."""
    return answer.questions.values_list("text", flat=True).first() or str(answer)


def lock_wordings(collection: Collection) -> None:
    """Keep others from writing wordings of a collection until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WORDING_LOCK, collection.pk])


def put_questions(answer: CuratedAnswer, plan: CuratedPlan) -> None:
    """Store the wordings of an answer (wordings locked); rows whose text stays are kept with their vectors.

    Raises:
        PermanentError: Another answer of the collection has one of the wordings.
    """
    wanted = questions_of(plan, answer.language)
    taken = CuratedQuestion.objects.filter(
        wording__in=[question.wording for question in wanted], answer__collection=answer.collection_id
    ).exclude(answer=answer)
    if other := taken.first():
        raise PermanentError(
            f"“{other.text}” is asked by another curated answer of {plan.collection.name}: change that one."
        )
    kept = {row.text: row for row in answer.questions.all()}
    answer.questions.exclude(text__in=[question.text for question in wanted]).delete()
    for question in wanted:
        row = kept.get(question.text)
        if row is None:
            question.answer = answer
            question.save()
        elif (row.ordinal, row.language) != (question.ordinal, question.language):
            row.ordinal, row.language = question.ordinal, question.language
            row.save(update_fields=["ordinal", "language"])


def make_some_vectors() -> None:
    """Make vectors while somebody waits; an embedder that is away is no reason not to save."""
    try:
        make_vectors(ensure_active_set().pk, most=AT_ONCE)
    except (EmbedderUnavailable, EmbedderMismatch) as error:
        log.warning("curated questions match by exact wording until they have vectors: %s", error)


def _held(answer: CuratedAnswer) -> CuratedAnswer:
    kept = CuratedAnswer.objects.select_for_update(of=("self",)).filter(id=answer.pk).first()
    if kept is None:
        raise PermanentError("This curated answer was removed a moment ago; look again.")
    return kept


def _forget_warning(answer: CuratedAnswer) -> None:
    answer.warning, answer.warning_key, answer.warned_by = "", "", None
