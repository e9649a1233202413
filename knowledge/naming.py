"""Naming: from what people call a document to the documents, for callers that know no table of ours."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower

from knowledge.models import Document


@dataclass(frozen=True, slots=True)
class Named:
    """A document that goes by a name, and the collection (by slug) it stands in."""

    document_id: uuid.UUID
    collection: str


def documents_called(names: Iterable[str]) -> dict[str, tuple[Named, ...]]:
    """Return for each name the documents with this number, file name or title, in any case of letters."""
    wanted = {name: name.strip().casefold() for name in names}
    texts = {text for text in wanted.values() if text}
    numbers = [number for text in texts if (number := _number(text)) is not None]
    rows = (
        Document.objects.filter(collection__is_scratch=False)
        .annotate(lower_title=Lower("title"), lower_name=Lower("file_name"))
        .filter(Q(lower_title__in=texts) | Q(lower_name__in=texts) | Q(pk__in=numbers))
        .values_list("pk", "collection__slug", "lower_title", "lower_name")
        .order_by("pk")
    )
    found: dict[str, list[Named]] = {}
    for key, slug, *called in rows:
        for text in {*called, str(key)}:
            found.setdefault(text, []).append(Named(key, slug))
    return {name: tuple(found.get(text, ())) for name, text in wanted.items()}


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
