"""Querysets of knowledge: from what staff look for to the rows that match, without the heavy columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from knowledge.models import Audience, Chunk, Collection, Document, Version

# A version carries its whole text and all its blocks; lists never need them.
_HEAVY = ("text", "blocks")
_HEAVY_OF_DOCUMENT = [f"{role}__{column}" for role in ("live_version", "latest_version") for column in _HEAVY]


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """What staff narrow the list of documents down to; empty means any."""

    words: str = ""
    collection: Collection | None = None
    state: str = ""
    audience: str = ""
    language: str = ""
    published: bool | None = None


def documents_in_shelves() -> QuerySet[Document]:
    """Return the documents of all real collections, with their versions and ``chunk_count``."""
    chunks = Chunk.objects.filter(version=OuterRef("live_version")).order_by().values("version")
    count = Subquery(chunks.annotate(n=Count("*")).values("n"), output_field=IntegerField())
    return (
        Document.objects.filter(collection__is_scratch=False)
        .select_related("collection", "live_version", "latest_version", "created_by")
        .defer(*_HEAVY_OF_DOCUMENT)
        .annotate(chunk_count=Coalesce(count, 0))
    )


def documents_matching(filters: DocumentFilters) -> QuerySet[Document]:
    """Return the documents that staff look for, in no particular order."""
    found = documents_in_shelves()
    if filters.words:
        found = found.filter(Q(title__icontains=filters.words) | Q(file_name__icontains=filters.words))
    if filters.collection is not None:
        found = found.filter(collection=filters.collection)
    if filters.published is not None:
        found = found.filter(is_published=filters.published)
    exactly = {
        "latest_version__state": filters.state,
        "audience": filters.audience,
        "language": filters.language,
    }
    return found.filter(**{column: value for column, value in exactly.items() if value})


def document_languages() -> list[str]:
    """Return the languages that documents are written in, in alphabetical order."""
    return _languages("SELECT id FROM knowledge_collection WHERE NOT is_scratch", {})


def languages_of(collections: Sequence[int]) -> list[str]:
    """Return the languages of what some collections hold, in alphabetical order.

    Steps through an index from each language to the next: to look at every document for its
    language took longer than the search itself (30 ms for 100,000).
    """
    return _languages("SELECT unnest(%(collections)s::bigint[])", {"collections": list(collections)})


def _languages(shelves: str, values: Mapping[str, list[int]]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute((WRITTEN + LANGUAGES).format(shelves=shelves), values)
        return [language for (language,) in cursor.fetchall()]


# Rows of shelf and language; each shelf ends with NULL.
WRITTEN = """
WITH RECURSIVE written AS (
    SELECT shelf, (
        SELECT min(d.language) FROM knowledge_document d
        WHERE d.collection_id = shelf AND d.language > ''
    ) AS language
    FROM ({shelves}) AS shelves (shelf)
    UNION ALL
    SELECT shelf, (
        SELECT min(d.language) FROM knowledge_document d
        WHERE d.collection_id = shelf AND d.language > written.language
    )
    FROM written WHERE language IS NOT NULL
)
"""
LANGUAGES = "SELECT DISTINCT language FROM written WHERE language IS NOT NULL ORDER BY language"


def versions_of(document: Document) -> QuerySet[Version]:
    """Return the versions of ``document``, newest first."""
    return document.versions.defer(*_HEAVY).order_by("-number")


def chunks_of(version: Version | None, words: str = "") -> QuerySet[Chunk]:
    """Return the chunks of ``version`` in reading order, only those with ``words`` when given."""
    if version is None:
        return Chunk.objects.none()
    chunks = Chunk.objects.filter(version=version).defer("lexemes").order_by("ordinal")
    return chunks.filter(text__icontains=words) if words else chunks


def shelves() -> QuerySet[Collection]:
    """Return the collections that staff work with, by name; those of evaluations are left out."""
    return Collection.objects.filter(is_scratch=False).order_by("name")


def shelves_with_counts() -> QuerySet[Collection]:
    """Return ``shelves`` with the number of documents on each as ``document_count``."""
    return shelves().annotate(document_count=Count("documents"))


def shelf_names() -> list[tuple[str, str]]:
    """Return slug and name of each collection: all that chat needs to offer a choice of them.

    The name of one that customers never see says so.
    """
    return [
        (
            shelf.slug,
            f"{shelf.name} · {shelf.get_audience_display()}"
            if shelf.audience == Audience.INTERNAL
            else shelf.name,
        )
        for shelf in shelves()
    ]
