"""Exchange: many curated answers at once, from a file into the collections and out again.

Importing is all or nothing unless the caller wants bad rows skipped, and may be repeated:
an answer whose question is known in its collection is updated.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import cached_property

from knowledge.acts import record_on
from knowledge.curated.agreeing import normalised
from knowledge.curated.keeping import lock_wordings, put_questions
from knowledge.curated.planning import CuratedPlan, checked
from knowledge.curated.records import Record, record_of
from knowledge.curated.tasks import ring
from knowledge.errors import PermanentError
from knowledge.models import Collection, CuratedAnswer, Document

BATCH = 500  # answers read at a time
MOST_PROBLEMS = 50  # sentences about bad rows; whoever has more has another problem


class ImportRefused(PermanentError):
    """Rows of a file cannot be imported, and nothing was; ``problems`` has a sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problems[:3]) + (" …" if len(problems) > 3 else ""))


@dataclass(slots=True)
class Imported:
    """What an import did; ``problems`` are the sentences about the rows that were skipped."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)


def export_answers(collections: Sequence[str] = ()) -> Iterator[Record]:
    """Yield the curated answers of some collections (by slug; empty: all), oldest first."""
    answers = CuratedAnswer.objects.select_related("collection").prefetch_related("questions").order_by("id")
    if collections:
        answers = answers.filter(collection__slug__in=collections)
    yield from map(record_of, answers.iterator(chunk_size=BATCH))


def import_answers(
    rows: Iterable[tuple[str, Record | PermanentError]],
    default: Collection | None = None,
    by: User | None = None,
    skip_bad: bool = False,
) -> Imported:
    """Import records in one transaction; vectors are made afterwards, by a task.

    Args:
        rows: Where each record stands ("Line 7"), and the record or why it cannot be read.
        default: The collection of records that name none.
        by: Who imports.
        skip_bad: Import the good rows although others are bad.

    Raises:
        ImportRefused: A row is bad, and nothing was imported.
    """
    done = Imported()
    importer = _Importer(default, by)
    with transaction.atomic():
        for place, row in rows:
            try:
                if isinstance(row, PermanentError):
                    raise row
                with transaction.atomic():
                    _count(done, importer.take(row))
            except PermanentError as error:
                done.problems.append(f"{place}: {error}")
                if not skip_bad and len(done.problems) >= MOST_PROBLEMS:
                    break
        if done.problems and not skip_bad:
            raise ImportRefused(done.problems)
        if done.added or done.changed:
            record_on(
                "Curated answers", "curated answers imported", by, added=done.added, changed=done.changed
            )
            transaction.on_commit(ring)
    return done


def _count(done: Imported, outcome: str) -> None:
    setattr(done, outcome, getattr(done, outcome) + 1)


class _Importer:
    """Takes records one by one, within one transaction."""

    def __init__(self, default: Collection | None, by: User | None) -> None:
        self._default = default
        self._by = by
        self._locked: set[int] = set()
        self._seen: set[tuple[int, str]] = set()

    @cached_property
    def _collections(self) -> dict[str, Collection]:
        return {collection.slug: collection for collection in Collection.objects.all()}

    def take(self, record: Record) -> str:
        """Store a record; return "added", "changed" or "unchanged"."""
        plan = self._plan(record)
        key = (plan.collection.pk, normalised(plan.question))
        if key in self._seen:
            raise PermanentError(f"“{plan.question}” stands in the file twice: keep one of them.")
        self._lock(plan.collection)
        known = self._known(plan)
        outcome = "added" if known is None else "changed"
        if known is not None and _is_same(known, record):
            outcome = "unchanged"
        else:
            self._store(known, plan)
        self._seen.add(key)
        return outcome

    def _plan(self, record: Record) -> CuratedPlan:
        collection = self._collections.get(record.collection) if record.collection else self._default
        if collection is None and record.collection:
            raise PermanentError(f"There is no collection “{record.collection}”: make it first.")
        if collection is None:
            raise PermanentError("It names no collection: fill in that column, or choose one for all rows.")
        return CuratedPlan(
            collection=collection,
            question=record.question,
            text=record.answer,
            variants=record.variants,
            language=record.language,
            audience=record.audience,
            document=_document(record.document),
            source_url=record.source_url,
            expires_on=record.expires_on,
            is_enabled=record.enabled,
        )

    def _lock(self, collection: Collection) -> None:
        if collection.pk not in self._locked:
            lock_wordings(collection)
            self._locked.add(collection.pk)

    def _known(self, plan: CuratedPlan) -> CuratedAnswer | None:
        found: QuerySet[CuratedAnswer] = CuratedAnswer.objects.select_related("collection").filter(
            collection=plan.collection,
            questions__wording=normalised(plan.question),
            questions__ordinal=0,
        )
        return found.first()

    def _store(self, known: CuratedAnswer | None, plan: CuratedPlan) -> None:
        values = checked(plan)
        if known is None:
            answer = CuratedAnswer.objects.create(**values, made_by=self._by)
        else:
            answer = known
            if answer.text != values["text"]:
                values |= {"warning": "", "warning_key": "", "warned_by": None}
            for name, value in values.items():
                setattr(answer, name, value)
            answer.save()
        put_questions(answer, plan)


def _is_same(answer: CuratedAnswer, record: Record) -> bool:
    return record_of(answer) == record


def _document(number: str) -> Document | None:
    if not number:
        return None
    try:
        document = Document.objects.filter(id=uuid.UUID(number)).first()
    except ValueError:
        document = None
    if document is None:
        raise PermanentError(f"There is no document with the id “{number[:40]}”: leave that column empty.")
    return document
