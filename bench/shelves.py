"""Shelves: retrieval sets in the product's own database, taken in as customers' documents are.

A set whose collection ("set-" and its name) is there with all it needs is used as it is.
"""

import tempfile
from pathlib import Path

from chat.learning.retrieval_sets import RetrievalSet, load
from knowledge.ingestion.accept import accept_file
from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search

PASSAGES = 8


def opened(folder: Path) -> tuple[RetrievalSet, Scope]:
    """Return a set and whose eyes see its documents; take them in if nobody has."""
    wanted = load(folder)
    slug = f"set-{folder.name.replace('_', '-')}"
    shelf, _ = Collection.objects.get_or_create(slug=slug, defaults={"name": slug, "is_scratch": True})
    if not shelf.chunk_count:
        with tempfile.TemporaryDirectory() as place:
            for number, document in enumerate(wanted.documents):
                path = Path(place) / f"{number}.txt"
                path.write_text(f"{document.title}\n\n{document.text}".strip(), encoding="utf-8")
                ingest(accept_file(path, f"{document.id}.txt"[-200:].replace("/", "_"), shelf).version.id)
    return wanted, Scope(collections=(slug,))


def found(question: str, scope: Scope) -> list[Passage]:
    """Return the passages that the product's search finds."""
    return search(question, scope, PASSAGES)
