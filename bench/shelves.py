"""Shelves: retrieval sets in the product's own database, taken in by its own ingestion.

They are the scratch collections that ``evaluate --beir --keep`` makes: a set that is there whole is
used as it is.
"""

from pathlib import Path

from chat.learning.retrieval_sets import RetrievalSet, load
from knowledge.models import Document
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search
from supportbot.measuring.scratch import scratch, take_in

PASSAGES = 8


def opened(folder: Path) -> tuple[RetrievalSet, Scope]:
    """Return a set and whose eyes see its documents; take them in if nobody has."""
    wanted = load(folder)
    with scratch(folder, keep=True) as shelf:
        there = Document.objects.filter(collection=shelf, live_version__isnull=False).count()
        if there < len({document.text or document.title for document in wanted.documents}):
            take_in(wanted.documents, shelf)
    return wanted, Scope((shelf.audience,), (shelf.slug,))


def found(question: str, scope: Scope, earlier: tuple[str, ...] = ()) -> list[Passage]:
    """Return the passages that the product's search finds."""
    return search(question, scope, PASSAGES, earlier)
