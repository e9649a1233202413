"""Reviewing: does a document that has just gone live contradict or repeat a curated answer?

Called soon after a swap. Passages near an answer's questions are compared with it sentence by
sentence: sentences of nearly the same words that differ in a number, a code or a denial
contradict; an answer whose every sentence stands there is a duplicate. Nothing is changed
but the warning that staff see, and what they confirmed does not come back.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from knowledge.curated.agreeing import agree, overlap
from knowledge.embedding.sets import active_set
from knowledge.models import CuratedAnswer, CuratedQuestion, State, Version
from knowledge.sentences import sentences

NEAR = 0.6  # share of content words: sentences about the same thing
SAME = 0.8  # share of content words: the same sentence in all but style
PASSAGES = 3  # of the version, nearest to each question
BATCH = 200  # questions per statement
MOST_VERSIONS = 50  # per look
LONGEST_SHOWN = 300  # characters of a quoted sentence

STATEMENT = """
SELECT q.answer_id, near.text
FROM knowledge_curatedquestion q
JOIN knowledge_curatedvector v ON v.question_id = q.id AND v.embedding_set_id = %(set)s
CROSS JOIN LATERAL (
    SELECT c.text
    FROM knowledge_embedding e JOIN knowledge_chunk c ON c.id = e.chunk_id
    WHERE c.version_id = %(version)s AND c.is_searchable AND e.embedding_set_id = %(set)s
    ORDER BY e.vector <=> v.vector
    LIMIT %(passages)s
) near
WHERE q.id = ANY(%(questions)s)
"""


@dataclass(frozen=True, slots=True)
class Warned:
    """What a document says beside a curated answer; ``key`` is equal for the same pair of sentences."""

    text: str
    key: str


def review_against(version_id: uuid.UUID) -> int:
    """Compare the curated answers of a live version's collection with it; return how many got a warning.

    A warning that an earlier version of the document gave and this one does not is cleared.
    Without an embedding set, or when the version is not live any more, nothing happens.
    """
    chosen = active_set()
    version = (
        Version.objects.select_related("document")
        .only("id", "document__id", "document__title", "document__collection_id", "document__live_version_id")
        .filter(id=version_id)
        .first()
    )
    if chosen is None or version is None or version.document.live_version_id != version.id:
        return 0
    passages = _passages(version, chosen.pk)
    warned = 0
    for answer in CuratedAnswer.objects.filter(id__in=passages).iterator():
        found = _warning(answer, version, passages[answer.pk])
        warned += _put(answer, version, found)
    stale = CuratedAnswer.objects.filter(warned_by=version.document_id).exclude(id__in=passages)
    stale.update(warning="", warning_key="", warned_by=None)
    return warned


def compare_new_versions(most: int = MOST_VERSIONS) -> int:
    """Compare the versions that became ready since the last look; return how many were looked at."""
    waiting = Version.objects.filter(state=State.READY, compared_at__isnull=True)
    found = list(waiting.order_by("finished_at").values_list("id", flat=True)[:most])
    for version_id in found:
        review_against(version_id)
    Version.objects.filter(id__in=found).update(compared_at=Now())
    return len(found)


def _passages(version: Version, set_id: int) -> dict[int, list[str]]:
    """Return the texts near each answer's questions."""
    questions = list(
        CuratedQuestion.objects.filter(
            answer__collection=version.document.collection_id, answer__is_enabled=True
        )
        .order_by("id")
        .values_list("id", flat=True)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for first in range(0, len(questions), BATCH):
        for answer_id, text in _near(version.id, set_id, questions[first : first + BATCH]):
            if text not in found[answer_id]:
                found[answer_id].append(text)
    return dict(found)


def _near(version_id: uuid.UUID, set_id: int, questions: Sequence[int]) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "version": version_id,
        "set": set_id,
        "passages": PASSAGES,
        "questions": list(questions),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _warning(answer: CuratedAnswer, version: Version, texts: Sequence[str]) -> Warned | None:
    """Return the first contradiction that staff have not confirmed, else whether it is a duplicate."""
    document = version.document
    ours = _sentences(answer.text, answer.language)
    theirs = [sentence for text in texts for sentence in _sentences(text, answer.language)]
    for mine, other in contradictions(ours, theirs, answer.language):
        key = sha256(f"{document.id}\n{mine}\n{other}".encode()).hexdigest()
        if key not in answer.confirmed:
            words = {"title": document.title, "other": other[:LONGEST_SHOWN], "mine": mine[:LONGEST_SHOWN]}
            return Warned(_("“%(title)s” says: “%(other)s” This answer says: “%(mine)s”") % words, key)
    # The document that an answer links to says the same by design.
    if document.id != answer.document_id and duplicates(ours, theirs, answer.language):
        key = sha256(f"{document.id}\n{answer.text}".encode()).hexdigest()
        if key not in answer.confirmed:
            said = _("“%(title)s” says the same: this answer may not be needed any more.")
            return Warned(said % {"title": document.title}, key)
    return None


def contradictions(ours: Sequence[str], theirs: Sequence[str], language: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of sentences of nearly the same words that differ in a number, a code or a denial.

    A sentence that stands there unchanged too is in doubt no more: it is left alone.
    """
    for mine in ours:
        near = [other for other in theirs if overlap(mine, other, language) >= NEAR]
        if not any(agree(mine, other) for other in near):
            yield from ((mine, other) for other in near)


def duplicates(ours: Sequence[str], theirs: Sequence[str], language: str) -> bool:
    """Say whether each of our sentences stands among theirs."""
    return bool(ours) and all(
        any(overlap(mine, other, language) >= SAME and agree(mine, other) for other in theirs)
        for mine in ours
    )


def _sentences(text: str, language: str) -> list[str]:
    """Return the sentences that say something, as single lines."""
    lines = (" ".join(text[start:end].split()) for start, end in sentences(text, language))
    return [line for line in lines if len(line.split()) > 2 or any(letter > "\u2e80" for letter in line)]


def _put(answer: CuratedAnswer, version: Version, found: Warned | None) -> int:
    """Store a warning, or clear the one that this document gave; one statement, no lock."""
    row = CuratedAnswer.objects.filter(id=answer.pk)
    if found is not None:
        return row.update(warning=found.text, warning_key=found.key, warned_by=version.document_id)
    row.filter(warned_by=version.document_id).update(warning="", warning_key="", warned_by=None)
    return 0
